// Package importance tells from the trials of a search how much each axis matters, and
// how the objective depends on one axis or on two. It is a pure function of the trials.
package importance

import (
	"cmp"
	"math"
	"slices"

	"descent/core/kernel"
	"descent/core/search"
)

// Importance is how much an axis matters, compared with the others.
type Importance struct {
	Path     string
	Fraction float64 // of the importance of all axes together
	Trials   int     // in which the axis existed, and which it was computed from
}

// The constants of PED-ANOVA: the fraction of the trials that counts as good, at least
// how many, and what is added to a probability so that it can be divided by.
const (
	good      = 0.1
	fewestTop = 2
	tiny      = 1e-12
)

// Of computes PED-ANOVA: how much the values of an axis in the best tenth of the trials
// differ from those in all of them, by Pearson's divergence
//
//	v = Σ p(x) (p_top(x)/p(x) − 1)²
//
// of densities that are estimated by Parzen windows. Watanabe, Bansal, Hutter, PED-ANOVA:
// Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces, IJCAI 2023
// (arXiv 2304.10255), section 4; constants of PedAnovaImportanceEvaluator of Optuna 4.
//
// Only the order of the trials counts. A pruned trial, or one that waits, is worse than a complete one
// and than one that came further; one that violates a constraint or has failed is worse
// than all. For an axis that exists under a condition, or that was narrowed, only trials
// that have a value on it count, and its divergence is multiplied by their fraction.
//
// The result is in the order of the axes, and sums to 1; all are 0 if the good trials
// differ in nothing. It is nil if fewer than Fewest trials are known.
func Of(space search.Space, trials []search.Trial, objective int) []Importance {
	ranked := ranking(trials, objective)
	if len(ranked) < Fewest {
		return nil
	}
	out := make([]Importance, len(space.Axes))
	grids := make([]grid, len(space.Axes))
	for i, a := range space.Axes {
		grids[i] = gridOf(a)
	}
	placed := make([]int, len(grids)*len(trials)) // the cell of each trial on each axis, −1 for none
	for number := range trials {
		for i, g := range grids {
			cell := -1
			if v, ok := trials[number].Point[space.Axes[i].Path]; ok {
				cell = g.cell(v)
			}
			placed[i*len(trials)+number] = cell
		}
	}
	at := make([]int, 0, len(ranked)) // cells of the trials that have a value on an axis, the best first
	members := make([]graded, 0, len(ranked))
	for i, g := range grids {
		at, members = at[:0], members[:0]
		for _, t := range ranked {
			if cell := placed[i*len(trials)+t.index]; cell >= 0 {
				at, members = append(at, cell), append(members, t)
			}
		}
		out[i] = Importance{Path: space.Axes[i].Path, Trials: len(at)}
		if len(at) < Fewest || g.size < 2 {
			continue
		}
		top := topOf(members)
		out[i].Fraction = pearson(g.density(at[:top]), g.density(at)) * float64(len(at)) / float64(len(ranked))
	}
	return normalized(out)
}

// Sorted returns importances in descending order.
func Sorted(all []Importance) []Importance {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b Importance) int { return cmp.Compare(b.Fraction, a.Fraction) })
	return out
}

func normalized(all []Importance) []Importance {
	sum := 0.0
	for _, v := range all {
		sum += v.Fraction
	}
	for i := range all {
		if sum > 0 {
			all[i].Fraction /= sum
		}
	}
	return all
}

// topOf is how many of ranked trials count as good: a tenth, and those that tie with the
// last of them.
func topOf(ranked []graded) int {
	n := max(fewestTop, int(math.Ceil(float64(good*float64(len(ranked))))))
	for n < len(ranked) && ranked[n].rank == ranked[n-1].rank {
		n++
	}
	return n
}

// pearson is the divergence of top from all.
func pearson(top, all []float64) float64 {
	sum := 0.0
	for i := range all {
		p := all[i] + tiny
		ratio := (top[i]+tiny)/p - 1
		sum += float64(float64(p*ratio) * ratio)
	}
	return sum
}

// density is the estimated probability of each cell, given the cells of trials: by a
// truncated normal about each, with a bandwidth by Scott's rule, and one over the whole
// range as a prior of the weight of one trial. Choices are smoothed instead.
func (g grid) density(at []int) []float64 {
	count := make([]float64, g.size)
	for _, c := range at {
		count[c]++
	}
	out := make([]float64, g.size)
	n := float64(len(at))
	if g.choice {
		kinds := 1.0 // kernels, with that of the prior
		for _, c := range count {
			if c > 0 {
				kinds++
			}
		}
		size := float64(g.size)
		row := 1 + size/kinds // sum of a kernel: 1/kinds for each choice, and 1 for its own
		for i, c := range count {
			out[i] = (float64(c/row) + float64(n/kinds/row) + float64(1/size)) / (n + 1)
		}
		return out
	}
	sigma := scott(count, n)
	for i, c := range count {
		if c > 0 {
			addNormal(out, float64(i), sigma, c/(n+1))
		}
	}
	addNormal(out, float64(g.size-1)/2, float64(g.size), 1/(n+1))
	return out
}

// leastSigma is the least bandwidth, in cells: nine tenths of a kernel lie in its own.
const leastSigma = 0.5 / 1.64

// scott is the bandwidth for counts in cells, of which there are n in all. Scott,
// Multivariate Density Estimation, 1992, with the robust estimate of the spread.
func scott(count []float64, n float64) float64 {
	mean := 0.0
	for i, c := range count {
		mean += float64(float64(i) * c)
	}
	mean /= n
	square := 0.0
	for i, c := range count {
		d := float64(i) - mean
		square += float64(float64(c*d) * d)
	}
	spread := math.Sqrt(square / max(1, n-1))
	lower, upper := -1, 0
	below := 0.0
	for i, c := range count {
		if c == 0 {
			continue
		}
		if below <= math.Floor(float64(n*3/4)) {
			upper = i // the first whose cumulated count is above, or the last
		}
		below += c
		if lower < 0 && below >= math.Floor(n/4) {
			lower = i
		}
	}
	spread = min(spread, float64(upper-lower)/1.34)
	return max(leastSigma, 1.059*spread*kernel.Exp(float64(-0.2*kernel.Log(n))))
}

// addNormal adds a normal distribution about a cell, truncated to all of them, with a
// weight.
func addNormal(p []float64, mean, sigma, weight float64) {
	scale := 1 / float64(sigma*math.Sqrt2)
	edge := func(i int) float64 { return kernel.Erf(float64((float64(i) - 0.5 - mean) * scale)) }
	weight /= edge(len(p)) - edge(0)
	left := edge(0)
	for i := range p {
		right := edge(i + 1)
		p[i] += float64(weight * (right - left))
		left = right
	}
}
