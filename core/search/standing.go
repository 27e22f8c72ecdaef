package search

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// class is how trials are ranked before their values count, the better first.
type class int

const (
	complete   class = iota // by their values
	pruned                  // by the step they reached, the greater first, then by their values
	infeasible              // by how much they violate the constraints
	failed                  // no values, or none that are finite
	running                 // not finished
)

// classOf is the class of a trial in a study with a number of objectives.
func classOf(t Trial, objectives int) class {
	unknown := len(t.Values) < objectives || slices.ContainsFunc(t.Values, func(v float64) bool { return v != v || math.IsInf(v, 0) })
	switch {
	case t.State == Running:
		return running
	case t.Violation > 0 && !math.IsInf(t.Violation, 1):
		return infeasible
	case t.Violation != t.Violation || t.Violation > 0 || t.State == Failed || unknown:
		return failed
	case t.State == Pruned || t.State == Waiting:
		return pruned
	}
	return complete
}

// standing is what is known of the trials, for a model of good and of bad ones.
type standing struct {
	classes  []class // of each trial
	finished []int   // the trials that are not running, the best first
	known    int     // how many of these did not fail
}

// stand ranks the trials of a question. Of two objectives, trials are ranked by fronts,
// and of the front that is cut after n trials those come first that dominate most
// together (greedy hypervolume subset selection; Guerreiro, Fonseca, Paquete, Greedy
// Hypervolume Subset Selection in Low Dimensions, 2016).
func stand(q Question, n func(finished int) int) standing {
	q.Objectives = max(q.Objectives, 1)
	s := standing{classes: make([]class, len(q.Told))}
	for i, t := range q.Told {
		s.classes[i] = classOf(t, q.Objectives)
		if s.classes[i] != running && t.Number != q.Number {
			s.finished = append(s.finished, i)
			if s.classes[i] != failed {
				s.known++
			}
		}
	}
	value := func(i int) float64 { return q.Told[i].Values[0] }
	if q.Objectives > 1 {
		value = s.fronts(q)
	}
	slices.SortStableFunc(s.finished, func(i, j int) int {
		a, b := s.classes[i], s.classes[j]
		t, u := q.Told[i], q.Told[j]
		if a != b {
			return cmp.Compare(a, b)
		}
		switch a {
		case complete:
			return cmp.Compare(value(i), value(j))
		case pruned:
			return cmp.Or(cmp.Compare(u.Step, t.Step), cmp.Compare(value(i), value(j)))
		case infeasible:
			return cmp.Compare(t.Violation, u.Violation)
		}
		return 0
	})
	if q.Objectives > 1 {
		s.cut(q, n(len(s.finished)), value)
	}
	return s
}

// fronts ranks the complete trials and, apart from them, the pruned ones by fronts.
func (s standing) fronts(q Question) func(i int) float64 {
	rank := make([]float64, len(q.Told))
	for _, of := range []class{complete, pruned} {
		var at []int
		var values [][]float64
		for _, i := range s.finished {
			if s.classes[i] == of {
				at = append(at, i)
				values = append(values, q.Told[i].Values[:2])
			}
		}
		for k, r := range Ranks(values) {
			rank[at[k]] = float64(r)
		}
	}
	return func(i int) float64 { return rank[i] }
}

// cut sorts the complete trials of the front that holds the place n.
func (s standing) cut(q Question, n int, rank func(i int) float64) {
	if n <= 0 || n >= len(s.finished) || s.classes[s.finished[n-1]] != complete || s.classes[s.finished[n]] != complete {
		return
	}
	from, to := n, n
	r := rank(s.finished[n])
	for from > 0 && rank(s.finished[from-1]) == r {
		from--
	}
	for to < len(s.finished) && s.classes[s.finished[to]] == complete && rank(s.finished[to]) == r {
		to++
	}
	values := make([][]float64, to-from)
	for k, i := range s.finished[from:to] {
		values[k] = q.Told[i].Values
	}
	sorted := slices.Clone(s.finished[from:to])
	for k, i := range greedy(values, n-from) {
		s.finished[from+k] = sorted[i]
	}
}

// greedy are the indices of values that do not dominate each other: first n that
// dominate most together, one after the other, then the rest in order.
func greedy(values [][]float64, n int) []int {
	reference := worse(values)
	var out []int
	var chosen [][2]float64 // sorted by the first objective
	in := make([]bool, len(values))
	for range n {
		best, most, at := -1, 0.0, 0
		for i, v := range values {
			if in[i] {
				continue
			}
			if gain, k := gained(chosen, [2]float64(v), reference); best < 0 || gain > most {
				best, most, at = i, gain, k
			}
		}
		in[best] = true
		out = append(out, best)
		chosen = slices.Insert(chosen, at, [2]float64(values[best]))
	}
	for i := range values {
		if !in[i] {
			out = append(out, i)
		}
	}
	return out
}

// gained is the area that v dominates besides the points of a front, and its place
// among them.
func gained(front [][2]float64, v, reference [2]float64) (area float64, at int) {
	at = sort.Search(len(front), func(i int) bool { return front[i][0] >= v[0] })
	right, up := reference[0], reference[1]
	if at < len(front) {
		right = front[at][0]
	}
	if at > 0 {
		up = front[at-1][1]
	}
	return float64((right - v[0]) * (up - v[1])), at
}

// worse is a reference point behind all values: a tenth more than the greatest of each
// objective.
func worse(values [][]float64) (out [2]float64) {
	for j := range out {
		most := math.Inf(-1)
		for _, v := range values {
			most = max(most, v[j])
		}
		out[j] = max(float64(1.1*most), float64(0.9*most))
		if out[j] == 0 {
			out[j] = 1e-12
		}
	}
	return out
}
