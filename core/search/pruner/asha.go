package pruner

import (
	"math"
	"slices"

	"descent/core/knob"
)

var ashaDoc = knob.Doc{
	Formula: "rungs r, rη, rη², …, R; of the n trials that have reached a rung, the best ⌊n/η⌋ go on",
	Source:  "Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020 (arXiv 1810.05934), algorithm 2",
	PyTorch: knob.None,
	When:    "for most searches with many trials and any number of workers: a trial that waits goes on from its snapshot, and nothing is trained twice. Curves that cross late need a later first rung.",
	Range:   "η 2 to 4; the first rung at 1/16 of the steps, 1/64 of long runs",
}

// asha is successive halving without synchronisation.
type asha struct{ factor, first int }

func newASHA(o Options) Pruner { return asha{factor: factorOf(o), first: o.MinSteps} }

func factorOf(o Options) int {
	if o.Factor < 2 {
		return 4
	}
	return o.Factor
}

func (asha) Stop(Progress, []Progress) bool { return false }

func (a asha) Budget(_, reached, steps int) int {
	return above(Rungs(steps, a.factor, a.first), reached)
}

func (a asha) Promote(all []Progress, steps int) (number int, ok bool) {
	return promote(all, Rungs(steps, a.factor, a.first), a.factor)
}

func (a asha) Finish(all []Progress, steps int) (number int, ok bool) {
	return finish(all, Rungs(steps, a.factor, a.first), a.factor)
}

// longRun is the number of steps from which the first rung lies at 1/64 of a run.
const longRun = 6400

// Rungs are the steps at which successive halving with a factor compares trials that
// are trained for steps, ascending; the last is steps itself. first is the lowest, and
// the next is factor times as high, as long as that is no more than half of steps. If
// first is 0, they are counted from the end: steps/factor, steps/factor², … down to
// 1/16 of steps, and to 1/64 of 6400 steps or more.
func Rungs(steps, factor, first int) []int {
	rungs := []int{steps}
	if first > 0 {
		for r := first; r <= steps/2; r *= factor {
			rungs = append(rungs, r)
		}
		slices.Sort(rungs)
		return rungs
	}
	most := 16
	if steps >= longRun {
		most = 64
	}
	for d := factor; d <= most && steps/d >= 1; d *= factor {
		rungs = append(rungs, steps/d)
	}
	slices.Reverse(rungs)
	return rungs
}

// above is the first rung above reached, the last if there is none.
func above(rungs []int, reached int) int {
	for _, r := range rungs {
		if r > reached {
			return r
		}
	}
	return rungs[len(rungs)-1]
}

// member is a trial that has come to a rung.
type member struct {
	*Progress
	value float64 // at the rung, +Inf if it diverged
}

// deserving reports whether a member waits, and is not known to have diverged.
func (m member) deserving(next int) bool {
	return m.Waits && !m.Over && m.Reached < next && !math.IsInf(m.value, 1)
}

// membersOf are the trials that have come to rung k, the best first, those that have gone
// on from there too. One that ended on the way to it counts as the worst.
func membersOf(all []Progress, rungs []int, k int) []member {
	before := 0
	if k > 0 {
		before = rungs[k-1]
	}
	var out []member
	for i := range all {
		p := &all[i]
		m := member{p, math.Inf(1)}
		switch {
		case p.Reached >= rungs[k]:
			v, ok := p.At(rungs[k])
			if !ok { // nothing is known against it
				v = math.MaxFloat64
			}
			m.value = v
		case !p.Over || p.Reached <= before:
			continue
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b member) int {
		switch {
		case a.value < b.value:
			return -1
		case a.value > b.value:
			return 1
		}
		return a.Number - b.Number
	})
	return out
}

// promote returns the best trial that waits among the best ⌊n/factor⌋ of a rung, the
// highest rung first.
func promote(all []Progress, rungs []int, factor int) (number int, ok bool) {
	for k := len(rungs) - 2; k >= 0; k-- {
		members := membersOf(all, rungs, k)
		for _, m := range members[:len(members)/factor] {
			if m.deserving(rungs[k+1]) {
				return m.Number, true
			}
		}
	}
	return 0, false
}

// finish is promote; if it has nobody, and nobody is under way, the best that waits on
// the highest rung from which nobody came to the next.
func finish(all []Progress, rungs []int, factor int) (number int, ok bool) {
	if number, ok = promote(all, rungs, factor); ok {
		return number, true
	}
	highest := 0
	for _, p := range all {
		if !p.Over && !p.Waits {
			return 0, false
		}
		highest = max(highest, p.Reached)
	}
	for k := len(rungs) - 2; k >= 0 && highest < rungs[k+1]; k-- {
		for _, m := range membersOf(all, rungs, k) {
			if m.deserving(rungs[k+1]) {
				return m.Number, true
			}
		}
	}
	return 0, false
}
