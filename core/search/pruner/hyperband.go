package pruner

import "descent/core/knob"

var hyperbandDoc = knob.Doc{
	Formula: "brackets s = 0 … m of successive halving with the first rung rηˢ; bracket s gets ⌈(m + 1) η^(m−s) / (m − s + 1)⌉ trials of each round",
	Source:  "Li et al., Hyperband: A Novel Bandit-Based Approach to Hyperparameter Optimization, JMLR 2018, algorithm 1",
	PyTorch: knob.None,
	When:    "when it is not known how early the good trials can be recognised. It costs more than asha, since some trials are trained to their end at once.",
	Range:   "η 3 or 4",
}

// hyperband runs several ashas side by side, each with a later first rung than the one
// before. The number of a trial says to which it belongs.
type hyperband struct{ factor, first int }

func newHyperband(o Options) Pruner { return hyperband{factor: factorOf(o), first: o.MinSteps} }

func (hyperband) Stop(Progress, []Progress) bool { return false }

func (h hyperband) Budget(number, reached, steps int) int {
	rungs := Rungs(steps, h.factor, h.first)
	return above(rungs[Bracket(number, len(rungs), h.factor):], reached)
}

func (h hyperband) Promote(all []Progress, steps int) (number int, ok bool) {
	return h.each(all, steps, promote)
}

func (h hyperband) Finish(all []Progress, steps int) (number int, ok bool) {
	return h.each(all, steps, finish)
}

// each asks the brackets in turn.
func (h hyperband) each(all []Progress, steps int, ask func([]Progress, []int, int) (int, bool)) (number int, ok bool) {
	rungs := Rungs(steps, h.factor, h.first)
	brackets := make([][]Progress, len(rungs))
	round := roundOf(len(rungs), h.factor)
	for _, p := range all {
		s := round[p.Number%len(round)]
		brackets[s] = append(brackets[s], p)
	}
	for s, members := range brackets {
		if number, ok = ask(members, rungs[s:], h.factor); ok {
			return number, true
		}
	}
	return 0, false
}

// Bracket is the bracket of a trial, from 0; bracket s begins at rung s.
func Bracket(number, brackets, factor int) int {
	round := roundOf(brackets, factor)
	return round[number%len(round)]
}

// roundOf is the bracket of each trial of a round, in which every bracket gets its
// number of trials, spread evenly.
func roundOf(brackets, factor int) []int {
	count := make([]int, brackets)
	total := 0
	for s := range count {
		left := brackets - 1 - s
		n := brackets
		for range left {
			n *= factor
		}
		count[s] = (n + left) / (left + 1)
		total += count[s]
	}
	given := make([]int, brackets)
	round := make([]int, total)
	for i := range round {
		most := 0 // which is furthest behind
		for s := range count {
			if count[s]*(i+1)-given[s]*total > count[most]*(i+1)-given[most]*total {
				most = s
			}
		}
		given[most]++
		round[i] = most
	}
	return round
}
