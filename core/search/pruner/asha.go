package pruner

import (
	"math"
	"slices"

	"descent/core/knob"
)

var ashaDoc = knob.Doc{
	Formula: "rungs R, R/η, R/η², …; of the n trials that have reached a rung t, the best ⌊n/η⌋ by f(t) + (f(t) − f(t/2))/2 go on",
	Source:  "Li et al., A System for Massively Parallel Hyperparameter Tuning, MLSys 2020 (arXiv 1810.05934), algorithm 2, where trials are compared by f(t)",
	PyTorch: knob.None,
	When:    "for most searches with many trials and any number of workers: a trial that waits continues from its snapshot, and no step is trained twice. A trial that is slow at first is judged by its slope too; where curves cross later than a third of the run, use hyperband or a smaller factor.",
	Range:   "η 2 to 4: with 3 about 0.3 of the steps are trained, with 4 about 0.2. The first rung is at 1/9 of the steps, or 1/16",
}

// asha is successive halving without synchronisation.
type asha struct{ factor, first int }

func newASHA(o Options) Pruner { return asha{factor: factorOf(o), first: o.MinSteps} }

func factorOf(o Options) int {
	if o.Factor < 2 {
		return 3
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

// longRun is the number of steps from which there is one more rung, or two.
const longRun = 20_000

// Rungs are the steps at which successive halving with a factor compares trials that
// are trained for steps, ascending; the last is steps itself. first is the lowest, and
// the next is factor times as high, as long as that is no more than half of steps. If
// first is 0, they are counted from the end: steps/factor, steps/factor², … as long as
// that is at least 1/16 of steps, or 1/64 of 20,000 steps or more.
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

// ahead is how far a curve is continued beyond a rung, as a fraction of what it fell or
// rose from half of the steps to the rung. A loss of a + b/t falls by 2/3 of it until
// three times the steps, one that falls exponentially by less.
const ahead = 0.5

// member is a trial that has come to a rung.
type member struct {
	number int
	value  float64 // that is expected of it from the rung on, +Inf if it diverged
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
		m.value = math.MaxFloat64
		return m, true
	}
	m.value = v
	if half, ok := p.At(rungs[k] / 2); ok && !math.IsInf(half, 1) && !math.IsInf(v, 1) {
		m.value += float64(ahead * (v - half))
	}
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
