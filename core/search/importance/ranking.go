package importance

import (
	"math"
	"slices"

	"descent/core/search"
)

// Fewest is the number of trials below which nothing is said of an axis.
const Fewest = 10

// place is how good a trial is, compared with others: first class, then order.
type place struct {
	class int
	order [2]float64 // ascending, the second where the first ties
}

// The classes of trials, the best first.
const (
	complete = iota
	stopped  // the further it came the better, then by value
	violates // a constraint: the less the better
	diverged
)

// placeOf grades a trial by an objective; ok is false for one of which nothing is known.
func placeOf(t *search.Trial, objective int) (p place, ok bool) {
	v := math.NaN()
	if objective < len(t.Values) {
		v = t.Values[objective]
	}
	known := !math.IsNaN(v) && !math.IsInf(v, 0)
	switch {
	case t.State == search.Running:
		return p, false
	case t.Violation > 0 && !math.IsInf(t.Violation, 1):
		return place{violates, [2]float64{t.Violation}}, true
	case t.State == search.Failed || !known || t.Violation > 0 || math.IsNaN(t.Violation):
		return place{class: diverged}, true
	case t.State == search.Pruned || t.State == search.Waiting:
		return place{stopped, [2]float64{-float64(t.Step), v}}, true
	}
	return place{complete, [2]float64{v}}, true
}

func compare(a, b place) int {
	switch {
	case a.class != b.class:
		return a.class - b.class
	case a.order[0] < b.order[0]:
		return -1
	case a.order[0] > b.order[0]:
		return 1
	case a.order[1] < b.order[1]:
		return -1
	case a.order[1] > b.order[1]:
		return 1
	}
	return 0
}

// graded is a trial with its rank.
type graded struct {
	index int // among the trials
	rank  int // from 0; equal for trials that tie
	place place
}

// ranking are the trials of which something is known, the best first.
func ranking(trials []search.Trial, objective int) []graded {
	out := make([]graded, 0, len(trials))
	for i := range trials {
		if p, ok := placeOf(&trials[i], objective); ok {
			out = append(out, graded{index: i, place: p})
		}
	}
	slices.SortFunc(out, func(a, b graded) int {
		if c := compare(a.place, b.place); c != 0 {
			return c
		}
		return a.index - b.index
	})
	for i := 1; i < len(out); i++ {
		out[i].rank = out[i-1].rank
		if compare(out[i].place, out[i-1].place) != 0 {
			out[i].rank = i
		}
	}
	return out
}
