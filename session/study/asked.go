package study

import (
	"strconv"
	"strings"

	"descent/core/search"
	"descent/core/search/pruner"
)

// propose asks for a trial: what was asked for by a decision, or what the sampler says. It
// reads nothing of the study that changes.
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

// queuedBy begins the note of a trial that a decision asked for.
const queuedBy = "asked for by decision "

func queueNote(decision int) string { return queuedBy + strconv.Itoa(decision) }

// pending are the points in the queue that no trial has taken.
func pending(queue []Queued, told []search.Trial) (out []Queued) {
	if len(queue) == 0 {
		return nil
	}
	taken := map[int]bool{}
	for i := range told {
		if text, ok := strings.CutPrefix(told[i].Note, queuedBy); ok {
			if n, err := strconv.Atoi(text); err == nil {
				taken[n] = true
			}
		}
	}
	for _, q := range queue {
		if !taken[q.Decision] {
			out = append(out, q)
		}
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

// promote is the trial that waits and is trained on next, by results alone; last tells that
// no new trial is begun any more.
func (s *Study) promote(last bool) (number int, ok bool) {
	if s.spec.Population > 0 {
		return 0, false
	}
	s.current()
	p := s.prunerOf(s.plan)
	if last {
		number, ok = p.Finish(s.settled, s.spec.Steps)
	} else {
		number, ok = p.Promote(s.settled, s.spec.Steps)
	}
	return number, ok && s.waits(number)
}

// waits reports whether the next rung of a trial can be claimed.
func (s *Study) waits(n int) bool { return s.resting[n] && !s.plan.Stop[n] }

// budget is the step to which a trial is trained next.
func (s *Study) budget(plan Plan, number, reached int) int {
	steps := s.spec.Steps
	if s.spec.Population > 0 {
		return min(reached+s.interval(), steps)
	}
	return min(max(s.prunerOf(plan).Budget(number, reached, steps), reached+1), steps)
}

// interval is how many steps a member of a population is trained between two decisions.
func (s *Study) interval() int {
	if s.spec.Interval > 0 {
		return s.spec.Interval
	}
	return max(s.spec.Steps/20, 1)
}

// begun reports whether all trials that there may be have been begun.
func (s *Study) begun() bool {
	if s.plan.Finish || s.exhausted {
		return true
	}
	limit := s.plan.Trials
	if s.spec.Population > 0 {
		limit = s.spec.Population
	}
	if limit <= 0 || len(s.trials)-s.imported < limit {
		return false
	}
	s.current()
	return len(pending(s.plan.Queue, s.told)) == 0
}
