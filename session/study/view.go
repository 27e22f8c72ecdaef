package study

import (
	"cmp"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"descent/core/search"
)

// Reading is what is known now. It is cheap where nothing has changed.
func (s *Study) Reading() *Reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading != nil && s.made == s.changes {
		return s.reading
	}
	s.reading, s.made = s.view(), s.changes
	return s.reading
}

func (s *Study) view() *Reading {
	r := &Reading{Dir: s.dir, Spec: s.spec, Plan: s.plan, Best: -1, Notes: slices.Clone(s.notes), Events: slices.Clone(s.decisions)}
	s.current()
	r.Plan.Queue = pending(s.plan.Queue, s.told)
	r.Trials = make([]*Trial, len(s.trials))
	for i, t := range s.trials {
		if t.shown == nil {
			t.shown = s.show(t)
		}
		shown := t.shown
		if shown.State == search.Running && s.dead(shown.Claim.Worker) { // it goes on when somebody works again
			left := *shown
			left.State, left.Why = search.Waiting, "its worker has ended; whoever works next goes on with it"
			shown = &left
		}
		r.Trials[i] = shown
		r.Steps += shown.Step
		r.Counts.Total++
		switch shown.State {
		case search.Running:
			r.Counts.Running++
		case search.Waiting:
			r.Counts.Waiting++
		case search.Complete:
			r.Counts.Complete++
		case search.Failed:
			r.Counts.Failed++
		default:
			r.Counts.Pruned++
		}
	}
	r.Front = front(r.Trials)
	if len(r.Front) > 0 {
		r.Best = r.Front[0]
	}
	s.lookForEnd()
	if r.Ending = s.ending(); r.Ending {
		r.Candidates, r.Over = s.candidates(r)
	}
	s.showWorkers(r)
	return r
}

// show makes a trial for the screen.
func (s *Study) show(t *trial) *Trial {
	j := t.last()
	out := &Trial{Trial: s.asTold(t, t.known()), Claim: j.claim(), Rung: j.Rung}
	if out.Claim.Point == nil {
		out.Claim.Point = t.point()
	}
	out.Point = t.point()
	out.Outside = !s.plan.Space.Contains(out.Point)
	for _, j := range t.rungs {
		if j.result == nil {
			out.Reports = append(out.Reports, j.reports...)
			continue
		}
		out.Reports = append(out.Reports, j.result.Reports...)
		out.Why, out.Hash, out.Stopped = j.result.Why, j.result.Hash, j.result.Outcome == Stopped
		out.Waits = j.result.Outcome == Waiting
		out.Metrics = map[string]float64{}
		for name, v := range j.result.Metrics {
			out.Metrics[name] = float64(v)
		}
		out.Seeds = nil
		for _, v := range j.result.Seeds {
			out.Seeds = append(out.Seeds, floats(v))
		}
	}
	if out.Waits && s.plan.Stop[out.Number] {
		out.State, out.Waits, out.Stopped, out.Why = search.Pruned, false, true, "stopped by hand"
	}
	if t.lost {
		out.Why = "what it was is not known: its claim is damaged or missing"
		return out
	}
	if j.result == nil {
		out.State, out.Waits = search.Running, false
		if n := len(out.Reports); n > 0 {
			out.Values = floats(out.Reports[n-1].Values)
			out.Step = max(out.Step, out.Reports[n-1].Step)
		}
	}
	return out
}

// front are the numbers of the complete trials that meet the constraints and that no
// other dominates, by the first objective; with one objective the best alone.
func front(trials []*Trial) (out []int) {
	var ok []*Trial
	for _, t := range trials {
		if t.State == search.Complete && t.Violation == 0 && len(t.Values) > 0 && !slices.ContainsFunc(t.Values, math.IsNaN) && t.Claim.Imported == "" {
			ok = append(ok, t)
		}
	}
	if len(ok) > 0 && len(ok[0].Values) == 1 {
		return []int{slices.MinFunc(ok, func(a, b *Trial) int { return cmp.Compare(a.Values[0], b.Values[0]) }).Number}
	}
	slices.SortStableFunc(ok, func(a, b *Trial) int { return slices.Compare(a.Values, b.Values) })
	second := math.Inf(1)
	for _, t := range ok {
		if t.Values[1] < second {
			second = t.Values[1]
			out = append(out, t.Number)
		}
	}
	return out
}

// lookForEnd notices that the sampler has nothing left, where nobody works any more who
// would. It asks only where that can be.
func (s *Study) lookForEnd() {
	all := s.plan.Space.Count()
	switch s.plan.Sampler {
	case "list":
		all = len(s.spec.List)
	case "grid":
		all = search.GridPoints(s.plan.Space, search.Options{Points: s.spec.Trials})
	}
	if all == 0 || len(s.trials) < all || len(s.open) > 0 || s.begun() {
		return
	}
	if _, err := s.propose(s.plan, s.told, len(s.trials)); errors.Is(err, search.ErrExhausted) {
		s.exhausted = true
	}
}

// ending reports whether no trial will be begun or trained on any more: then the best run
// on fresh seeds.
func (s *Study) ending() bool {
	if len(s.trials) == 0 && !s.plan.Finish && !s.exhausted {
		return false
	}
	if !s.begun() || len(s.open) > 0 {
		return false
	}
	if s.plan.Finish {
		return true
	}
	_, promoted := s.promote(true)
	return !promoted && !s.forks()
}

// ranked are the complete trials that meet the constraints, the best first.
func (s *Study) ranked() []int {
	var out []int
	s.current()
	told := s.told
	for _, t := range told {
		if t.State == search.Complete && t.Violation == 0 && len(t.Values) > 0 && !math.IsNaN(t.Values[0]) && s.trials[t.Number].rungs[0].claims[0].Imported == "" {
			out = append(out, t.Number)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(told[a].Values[0], told[b].Values[0]) })
	return out
}

// freshJobs are the runs on fresh seeds: of the preset's own values, and of the best.
func (s *Study) freshJobs() (out []Job) {
	if s.spec.Confirm <= 0 || s.spec.Fresh <= 0 {
		return nil
	}
	best := s.ranked()
	for seed := range s.spec.Fresh {
		out = append(out, Job{Trial: 0, Rung: seed, Fresh: true})
		for _, n := range best[:min(s.spec.Confirm, len(best))] {
			out = append(out, Job{Trial: n + 1, Rung: seed, Fresh: true})
		}
	}
	return out
}

// candidates are what the fresh seeds have shown.
func (s *Study) candidates(r *Reading) (out []Candidate, over bool) {
	over = true
	for _, of := range s.freshJobs() {
		i := slices.IndexFunc(out, func(c Candidate) bool { return c.Trial == of.Trial-1 })
		if i < 0 {
			i = len(out)
			c := Candidate{Trial: of.Trial - 1, Of: s.spec.Fresh, Claimed: math.NaN(), Point: search.Point{}}
			if of.Trial > 0 {
				t := r.Trials[of.Trial-1]
				c.Point, c.Claimed = t.Point, t.Values[0]
			}
			out = append(out, c)
		}
		j := s.fresh[of]
		if j == nil || j.result == nil {
			over = false
			continue
		}
		v := math.Inf(1) // a run that diverged
		if len(j.result.Values) > 0 && j.result.Outcome == Done && !math.IsNaN(float64(j.result.Values[0])) {
			v = float64(j.result.Values[0])
		}
		out[i].Values = append(out[i].Values, v)
	}
	for i := range out {
		out[i].Low, out[i].Median, out[i].High = Quartiles(out[i].Values)
	}
	return out, over
}

// Compare orders numbers, those that are none last.
func Compare(a, b float64) int {
	switch {
	case a < b || a == a && b != b:
		return -1
	case a > b || a != a && b == b:
		return 1
	}
	return 0
}

// Quartiles are the quartiles of some values, NaN of none. There is no interpolation to
// an infinity.
func Quartiles(v []float64) (low, median, high float64) {
	sorted := slices.Sorted(slices.Values(v))
	at := func(share float64) float64 {
		if len(sorted) == 0 {
			return math.NaN()
		}
		x := share * float64(len(sorted)-1)
		i := int(x)
		if rest := x - float64(i); rest > 0 {
			if math.IsInf(sorted[i+1], 0) {
				return sorted[i+1]
			}
			return sorted[i] + rest*(sorted[i+1]-sorted[i])
		}
		return sorted[i]
	}
	return at(0.25), at(0.5), at(0.75)
}

// showWorkers says who works on what.
func (s *Study) showWorkers(r *Reading) {
	at := map[string]*Job{}
	note := func(j *job) {
		if j.result == nil {
			at[j.claim().Worker] = &j.Job
		}
	}
	for n := range s.open {
		note(s.trials[n].last())
	}
	for _, j := range s.fresh {
		note(j)
	}
	for id, w := range s.workers {
		if !w.closed {
			r.Workers = append(r.Workers, Working{Worker: w.Worker, Job: at[id], Lost: s.dead(id)})
		}
	}
	slices.SortFunc(r.Workers, func(a, b Working) int { return cmp.Compare(a.ID, b.ID) })
}

// Times are when a trial was begun and when it ended, by the clocks of whoever wrote the
// files; zero for what has not happened. Nothing hangs on them.
func (s *Study) Times(trial int) (begun, ended time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if trial < 0 || trial >= len(s.trials) {
		return begun, ended
	}
	t := s.trials[trial]
	if info, err := os.Stat(filepath.Join(s.dir, t.rungs[0].claimFile(0))); err == nil {
		begun = info.ModTime()
	}
	if info, err := os.Stat(filepath.Join(s.dir, t.last().resultFile())); err == nil {
		ended = info.ModTime()
	}
	return begun, ended
}
