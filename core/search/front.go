package search

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sort"
)

// Dominates reports whether a is no worse than b in each objective and better in one.
// Lower is better, and NaN is as bad as infinity.
func Dominates(a, b []float64) bool {
	better := false
	for i := range a {
		x, y := orInf(a[i]), orInf(b[i])
		if x > y {
			return false
		}
		better = better || x < y
	}
	return better
}

// Ranks sorts the values of one or two objectives by non-domination: rank 0 is the
// Pareto front, rank 1 the front of what is left without it, and so on. Equal values
// have equal ranks. It takes n log n comparisons (Jensen, Reducing the Run-Time
// Complexity of Multiobjective EAs, 2003, section IV-A).
func Ranks(values [][]float64) []int {
	ranks := make([]int, len(values))
	var lowest []float64 // value of the second objective in each front, so far
	last := -1
	for _, i := range ascending(values) {
		x, y := pair(values[i])
		if last >= 0 {
			if u, v := pair(values[last]); u == x && v == y {
				ranks[i] = ranks[last]
				continue
			}
		}
		last = i
		r := sort.Search(len(lowest), func(r int) bool { return lowest[r] > y })
		if r == len(lowest) {
			lowest = append(lowest, y)
		}
		lowest[r], ranks[i] = y, r
	}
	return ranks
}

// Front returns the indices of the Pareto front of one or two objectives, sorted by
// the first objective. What has no finite value is not part of it.
func Front(values [][]float64) []int {
	var front []int
	for _, i := range ascending(values) {
		x, y := pair(values[i])
		if math.IsInf(x, 1) || math.IsInf(y, 1) {
			continue
		}
		if len(front) > 0 {
			if u, v := pair(values[front[len(front)-1]]); y >= v && !(u == x && v == y) {
				continue
			}
		}
		front = append(front, i)
	}
	return front
}

// Hypervolume is the area that the values of two objectives dominate, up to a
// reference point (Zitzler, Thiele, Multiobjective Evolutionary Algorithms, 1999).
func Hypervolume(values [][]float64, reference [2]float64) float64 {
	area := 0.0
	y := reference[1]
	for _, i := range ascending(values) {
		u, v := pair(values[i])
		if u >= reference[0] || v >= y {
			continue
		}
		area += float64((reference[0] - u) * (y - v))
		y = v
	}
	return area
}

// Contributions are the areas that each of the values of two objectives dominates
// alone, up to a reference point: by so much the hypervolume is less without it.
func Contributions(values [][]float64, reference [2]float64) []float64 {
	out := make([]float64, len(values))
	var front []int // without copies: a copy takes the other's contribution
	copied := map[int]bool{}
	for _, i := range ascending(values) {
		u, v := pair(values[i])
		if u >= reference[0] || v >= reference[1] {
			continue
		}
		if n := len(front); n > 0 {
			switch x, y := pair(values[front[n-1]]); {
			case x == u && y == v:
				copied[front[n-1]] = true
				continue
			case v >= y:
				continue
			}
		}
		front = append(front, i)
	}
	dominated := func(i int, right, up float64) float64 {
		u, v := pair(values[i])
		return float64((right - u) * (up - v))
	}
	for k, i := range front {
		right, up := reference[0], reference[1]
		if k+1 < len(front) {
			right, _ = pair(values[front[k+1]])
		}
		if k > 0 {
			_, up = pair(values[front[k-1]])
		}
		if copied[i] {
			continue
		}
		out[i] = dominated(i, right, up) - Hypervolume(behind(values, i, right, up), [2]float64{right, up})
	}
	return out
}

// behind are the values, without those of i, that lie in the box between i and a corner.
func behind(values [][]float64, i int, right, up float64) [][]float64 {
	var out [][]float64
	u, v := pair(values[i])
	for j, w := range values {
		if x, y := pair(w); j != i && x >= u && y >= v && x < right && y < up {
			out = append(out, w)
		}
	}
	return out
}

// ascending are the indices of values, sorted by the first objective, then the second,
// then their place.
func ascending(values [][]float64) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		x, y := pair(values[i])
		u, v := pair(values[j])
		return cmp.Or(cmp.Compare(x, u), cmp.Compare(y, v), cmp.Compare(i, j))
	})
	return order
}

// pair are the two objectives; with one, the second is 0.
func pair(v []float64) (x, y float64) {
	switch len(v) {
	case 1:
		return orInf(v[0]), 0
	case 2:
		return orInf(v[0]), orInf(v[1])
	}
	panic(fmt.Sprintf("search: %d objectives; there are one or two", len(v)))
}

func orInf(x float64) float64 {
	if x != x {
		return math.Inf(1)
	}
	return x
}
