package study

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/journal"
)

// knowledge is which results were known when something was proposed: for each trial twice
// the number of its rungs whose results were, and one more if its next rung was claimed.
// Told is its written form: "0-41,43@2+" are the trials 0 to 41 with one rung each, and
// 43 with two, which is trained on. What is as in an earlier knowledge is left out; without
// one that is a trial of which no result is known.
type knowledge []int

// at is what is known of a trial.
func (k knowledge) at(i int) int {
	if i < len(k) {
		return k[i]
	}
	return 0
}

// since writes what differs from an earlier knowledge, nil for none.
func (k knowledge) since(earlier knowledge) string {
	var out strings.Builder
	for i := 0; i < len(k); {
		if k[i] == earlier.at(i) {
			i++
			continue
		}
		j := i + 1
		for j < len(k) && k[j] == k[i] && k[j] != earlier.at(j) {
			j++
		}
		if out.Len() > 0 {
			out.WriteByte(',')
		}
		out.WriteString(strconv.Itoa(i))
		if j-1 > i {
			out.WriteByte('-')
			out.WriteString(strconv.Itoa(j - 1))
		}
		if rungs := k[i] / 2; rungs != 1 {
			out.WriteByte('@')
			out.WriteString(strconv.Itoa(rungs))
		}
		if k[i]%2 == 1 {
			out.WriteByte('+')
		}
		i = j
	}
	return out.String()
}

// parseKnowledge reads what since wrote, for so many trials.
func parseKnowledge(text string, earlier knowledge, trials int) (knowledge, error) {
	k := make(knowledge, trials)
	copy(k, earlier)
	if text == "" {
		return k, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		body, further := strings.CutSuffix(part, "+")
		span, rungs, has := strings.Cut(body, "@")
		n := 1
		first, last, ranged := strings.Cut(span, "-")
		a, err := strconv.Atoi(first)
		b := a
		if err == nil && ranged {
			b, err = strconv.Atoi(last)
		}
		if err == nil && has {
			n, err = strconv.Atoi(rungs)
		}
		if err != nil || a < 0 || b < a || b >= trials || n < 0 {
			return nil, fmt.Errorf("%q does not say which of %d trials were known", part, trials)
		}
		n *= 2
		if further {
			n++
		}
		for i := a; i <= b; i++ {
			k[i] = n
		}
	}
	return k, nil
}

// wholeEvery is of how many trials the claim of one says all that was known; others say
// what has come since, so that a study of many trials stays small.
var wholeEvery = 256

// knowing completes a claim by what is known now. number is that of the trial that is
// begun, −1 for none.
func (s *Study) knowing(c Claim, number int) Claim {
	s.current()
	c.Begun, c.Decisions = len(s.trials), len(s.decisions)
	var earlier knowledge
	if number < 0 || number%wholeEvery != 0 {
		if from := (len(s.trials) - 1) / wholeEvery * wholeEvery; from > 0 {
			if k, err := s.whole(from); err == nil {
				c.Since, earlier = from, k
			}
		}
	}
	c.Told = knowledge(s.known).since(earlier)
	return c
}

// whole is what was known at a claim that says it all.
func (s *Study) whole(number int) (knowledge, error) {
	if number == s.wholeAt && s.wholeKnown != nil {
		return s.wholeKnown, nil
	}
	if number >= len(s.trials) {
		return nil, fmt.Errorf("there is no trial %d", number)
	}
	c := s.trials[number].rungs[0].claims[0]
	if s.trials[number].lost || c.Since != 0 {
		return nil, fmt.Errorf("the claim of trial %d does not say what was known", number)
	}
	k, err := parseKnowledge(c.Told, nil, c.Begun)
	if err == nil {
		s.wholeAt, s.wholeKnown = number, k
	}
	return k, err
}

// knownOf is what is known of a trial now, as in knowledge.
func knownOf(t *trial) int {
	n := t.known()
	if n > 0 && n < len(t.rungs) {
		return 2*n + 1
	}
	return 2 * n
}

// asTold is a trial as a sampler is told it, with the results of its first rungs.
func (s *Study) asTold(t *trial, known int) search.Trial {
	first := t.rungs[0].claims[0]
	out := search.Trial{Number: first.Trial, Point: first.Point, State: search.Running, Note: first.Note}
	if t.lost {
		out.State = search.Failed
		return out
	}
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

// progressed is how far a trial has come, for the pruner, with the results of its first
// rungs. further tells that the next one was claimed, and reports are what that has
// reported.
func progressed(t *trial, known int, further bool, reports []Report, stopped bool) pruner.Progress {
	p := pruner.Progress{Number: t.rungs[0].Trial, Over: t.lost}
	if t.rungs[0].claims[0].Imported != "" { // it is nobody's rival
		return pruner.Progress{Number: p.Number, Over: true}
	}
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
	for _, j := range t.rungs[:known] {
		add(j.result.Reports)
		before := p.Reached
		if p.Reached = j.claims[0].Steps; j.result.Outcome != Waiting && j.result.Outcome != Done { // it ended on the way
			p.Reached = min(max(last(j.result.Reports), before+1), max(p.Reached-1, 0))
		}
	}
	add(reports)
	if known > 0 && !further && !t.lost {
		o := t.rungs[known-1].result.Outcome
		p.Waits, p.Over, p.Complete = o == Waiting, o != Waiting, o == Done
	}
	if stopped && p.Waits {
		p.Waits, p.Over = false, true
	}
	return p
}

// last is the step of the last report of the first seed.
func last(reports []Report) (step int) {
	for _, r := range reports {
		if r.Seed == 0 {
			step = max(step, r.Step)
		}
	}
	return step
}

// current brings up to date what is made of the trials for samplers and pruners.
func (s *Study) current() {
	if len(s.dirty) == 0 && len(s.told) == len(s.trials) {
		return
	}
	for i := len(s.told); i < len(s.trials); i++ {
		s.told, s.known = append(s.told, search.Trial{}), append(s.known, 0)
		s.live, s.settled = append(s.live, pruner.Progress{}), append(s.settled, pruner.Progress{})
		s.dirty[i] = true
	}
	if s.lent { // a sampler reads the old ones
		s.told, s.lent = slices.Clone(s.told), false
	}
	for i := range s.dirty {
		t := s.trials[i]
		known := t.known()
		s.told[i], s.known[i] = s.asTold(t, known), knownOf(t)
		s.settled[i] = progressed(t, known, known < len(t.rungs), nil, s.plan.Stop[i])
		s.live[i] = s.settled[i]
		if known < len(t.rungs) {
			s.live[i] = progressed(t, known, true, t.last().reports, s.plan.Stop[i])
		}
	}
	clear(s.dirty)
}

// settledOf is what pruners are told of results that were known.
func (s *Study) settledOf(known knowledge, stop map[int]bool) []pruner.Progress {
	out := make([]pruner.Progress, len(known))
	for i, k := range known {
		out[i] = progressed(s.trials[i], k/2, k == 0 || k%2 == 1, nil, stop[i])
	}
	return out
}

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
