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
	number int
	value  float64 // at the rung, +Inf if it diverged
}

// before is the order of members: by value, then by number.
func (m member) before(o member) bool {
	return m.value < o.value || m.value == o.value && m.number < o.number
}

// at is a trial as a member of rung k; ok is false if it has not come there. One that
// ended on the way to the rung counts as the worst.
func at(p *Progress, rungs []int, k int) (m member, ok bool) {
	m = member{p.Number, math.Inf(1)}
	if p.Reached < rungs[k] {
		return m, p.Over && p.Reached > 0 && (k == 0 || p.Reached > rungs[k-1])
	}
	v, ok := p.At(rungs[k])
	if !ok { // nothing is known against it
		v = math.MaxFloat64
	}
	m.value = v
	return m, true
}

// best is the best of the trials that wait on rung k and are not known to have diverged.
func best(all []Progress, rungs []int, k int) (first member, ok bool) {
	for i := range all {
		p := &all[i]
		if !p.Waits || p.Over || p.Reached < rungs[k] || p.Reached >= rungs[k+1] {
			continue
		}
		if m, _ := at(p, rungs, k); !math.IsInf(m.value, 1) && (!ok || m.before(first)) {
			first, ok = m, true
		}
	}
	return first, ok
}

// promote returns the best trial that waits on a rung, if it is among the best ⌊n/factor⌋
// of all that have come there, those that have gone on counted too; the highest rung
// first.
func promote(all []Progress, rungs []int, factor int) (number int, ok bool) {
	for k := len(rungs) - 2; k >= 0; k-- {
		first, ok := best(all, rungs, k)
		if !ok {
			continue
		}
		n, better := 0, 0
		for i := range all {
			if m, ok := at(&all[i], rungs, k); ok {
				n++
				if m.before(first) {
					better++
				}
			}
		}
		if better < n/factor {
			return first.number, true
		}
	}
	return 0, false
}

// finish is promote; if it has nobody, and nobody is under way or complete, the best that
// waits on the highest rung on which somebody does.
func finish(all []Progress, rungs []int, factor int) (number int, ok bool) {
	if number, ok = promote(all, rungs, factor); ok {
		return number, true
	}
	for i := range all {
		if p := &all[i]; p.Complete || !p.Over && !p.Waits {
			return 0, false
		}
	}
	for k := len(rungs) - 2; k >= 0; k-- {
		if m, ok := best(all, rungs, k); ok {
			return m.number, true
		}
	}
	return 0, false
}
