package study

import (
	"math"
	"slices"

	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/journal"
)

// asTold is a trial as a sampler is told it, with the results of its first rungs.
func (s *Study) asTold(t *trial, known int) search.Trial {
	first := t.rungs[0].claims[0]
	out := search.Trial{Number: first.Trial, Point: first.Point, State: search.Running, Note: first.Note}
	if known == 0 {
		return out
	}
	for _, j := range t.rungs[1:known] {
		if p := j.claims[0].Point; p != nil {
			out.Point = p
		}
	}
	r := t.rungs[known-1].result
	out.Step, out.Values = r.Steps, floats(r.Values)
	out.Violation = s.violation(r)
	switch r.Outcome {
	case Done:
		out.State = search.Complete
	case Failed:
		out.State, out.Values = search.Failed, nil
	case Waiting:
		out.State = search.Waiting
	default:
		out.State = search.Pruned
	}
	return out
}

// violation is by how much a result violates the constraints.
func (s *Study) violation(r *Result) float64 {
	sum := 0.0
	for _, c := range s.spec.Where {
		v, ok := r.Metrics[c.Metric]
		if !ok { // it did not come so far
			continue
		}
		sum += c.Violation(float64(v))
	}
	return sum
}

func floats(v []journal.Float) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = float64(x)
	}
	return out
}

// everything is what a sampler is told of all trials now, and how that is written.
func (s *Study) everything() (told []search.Trial, known knowledge) {
	told, known = make([]search.Trial, len(s.trials)), make(knowledge, len(s.trials))
	for i, t := range s.trials {
		if t.told == nil {
			one := s.asTold(t, t.known())
			t.told = &one
		}
		told[i], known[i] = *t.told, t.known()
	}
	return told, known
}

// propose asks for the next trial. queued is the number of the decision that asked for
// it, 0 if the sampler did.
func (s *Study) propose(plan Plan, told []search.Trial, number int) (p search.Proposal, err error) {
	if q := pending(plan.Queue, told); len(q) > 0 {
		return search.Proposal{Point: q[0].Point, Note: queueNote(q[0].Decision)}, nil
	}
	row, ok := search.Find(plan.Sampler)
	if !ok {
		return p, checkSampler(plan.Sampler)
	}
	asked := search.Question{Space: plan.Space, Told: told, Number: number, Seed: s.spec.Seed, Objectives: len(s.spec.Objectives)}
	return row.New(search.Options{Greed: plan.Greed, List: s.spec.List, Points: s.spec.Trials}).Ask(asked)
}

// pending are the points in the queue that no trial has taken.
func pending(queue []Queued, told []search.Trial) (out []Queued) {
	if len(queue) == 0 {
		return nil
	}
	taken := map[string]bool{}
	for _, t := range told {
		taken[t.Note] = true
	}
	for _, q := range queue {
		if !taken[queueNote(q.Decision)] {
			out = append(out, q)
		}
	}
	return out
}

// progress is how far a trial has come, for the pruner.
func (t *trial) progressed(stopped bool) pruner.Progress {
	if t.progress != nil {
		return *t.progress
	}
	p := pruner.Progress{Number: t.rungs[0].Trial}
	add := func(reports []Report) {
		for _, r := range reports {
			v := math.NaN()
			if len(r.Values) > 0 {
				v = float64(r.Values[0])
			}
			p.Reports = append(p.Reports, pruner.Report{Seed: r.Seed, Step: r.Step, Value: v})
			if r.Seed == 0 {
				p.Reached = max(p.Reached, r.Step)
			}
		}
	}
	for _, j := range t.rungs {
		if j.result != nil {
			add(j.result.Reports)
			p.Reached = j.claims[0].Steps
			continue
		}
		add(j.reports)
	}
	if r := t.last().result; r != nil {
		p.Waits, p.Over, p.Complete = r.Outcome == Waiting, r.Outcome != Waiting, r.Outcome == Done
	}
	if stopped && !p.Over {
		p.Waits, p.Over = false, p.Waits
	}
	t.progress = &p
	return p
}

// progress is how far all trials have come.
func (s *Study) progress() []pruner.Progress {
	out := make([]pruner.Progress, len(s.trials))
	for i, t := range s.trials {
		out[i] = t.progressed(s.plan.Stop[i])
	}
	return out
}

// prunerOf is the pruner of a plan.
func (s *Study) prunerOf(p Plan) pruner.Pruner {
	if row, ok := pruner.Find(p.Pruner); ok {
		return row.New(s.spec.Prune)
	}
	return pruner.None{}
}

// promote is the trial that waits and is trained on next; last tells that no new trial is
// begun any more.
func (s *Study) promote(last bool) (number int, ok bool) {
	if s.spec.Population > 0 {
		return 0, false
	}
	p := s.prunerOf(s.plan)
	if last {
		number, ok = p.Finish(s.progress(), s.spec.Steps)
	} else {
		number, ok = p.Promote(s.progress(), s.spec.Steps)
	}
	return number, ok && number >= 0 && number < len(s.trials) && s.waits(number)
}

func (s *Study) waits(n int) bool {
	r := s.trials[n].last().result
	return r != nil && r.Outcome == Waiting && !s.plan.Stop[n]
}

// begun reports whether all trials that there may be have been begun.
func (s *Study) begun(told []search.Trial) bool {
	if s.plan.Finish || s.exhausted {
		return true
	}
	limit := s.plan.Trials
	if s.spec.Population > 0 {
		limit = s.spec.Population
	}
	return limit > 0 && len(s.trials) >= limit && len(pending(s.plan.Queue, told)) == 0
}

// forks reports whether population-based training goes on with members that wait.
func (s *Study) forks() bool {
	return s.spec.Population > 0 && slices.ContainsFunc(s.trials, func(t *trial) bool {
		return s.waits(t.rungs[0].Trial)
	})
}
