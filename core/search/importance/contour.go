package importance

import (
	"math"
	"slices"

	"descent/core/kernel"
	"descent/core/search"
)

// The smoothing of a contour, as fractions of an axis: the bandwidth times the distance
// that trials spread evenly have, its limits, and how many bandwidths from the nearest
// trial none is near.
const (
	bandwidth = 0.6
	narrowest = 0.03
	widest    = 0.15
	nearBands = 2.5
)

// Contour is the objective over two axes as h rows of w columns, along a from left to
// right and along b from the first row to the last, from low to high. It is interpolated
// between the trials by Gaussian weights, and NaN where no trial is near. What is
// averaged are ranks; the mean rank is translated to the objective by the quantiles of
// the trials, so that one huge value does not hide all others. Failed trials rank last,
// and count as the greatest value there is; a pruned trial has the value of its last
// report. Between choices nothing is interpolated. The result is nil if no trial has a
// value on both axes.
func Contour(trials []search.Trial, a, b search.Axis, objective, w, h int) [][]float64 {
	sources, values := ranks(trials, a, b, objective)
	if len(sources) == 0 || w <= 0 || h <= 0 {
		return nil
	}
	alongA, alongB := weights(a, w, band(len(sources), a, b)), weights(b, h, band(len(sources), b, a))
	sum, weight := make([]float64, w*h), make([]float64, w*h) // spread along a alone
	for _, s := range sources {
		x, y := min(int(float64(s.u*float64(w))), w-1), min(int(float64(s.v*float64(h))), h-1)
		for i, k := range alongA[x] {
			sum[y*w+i] += float64(k * s.rank)
			weight[y*w+i] += k
		}
	}
	least := kernel.Exp(-nearBands * nearBands / 2)
	out := make([][]float64, h)
	for y := range out {
		out[y] = make([]float64, w)
		total := make([]float64, w)
		for from, k := range alongB[y] {
			if k == 0 {
				continue
			}
			for x := range w {
				out[y][x] += float64(k * sum[from*w+x])
				total[x] += float64(k * weight[from*w+x])
			}
		}
		for x, t := range total {
			if t < least {
				out[y][x] = math.NaN()
			} else {
				out[y][x] = between(values, out[y][x]/t)
			}
		}
	}
	return out
}

// source is a trial of a contour.
type source struct{ u, v, rank float64 }

// ranks are the trials that have a value on both axes and their ranks by the objective,
// and the objective by rank.
func ranks(trials []search.Trial, a, b search.Axis, objective int) (sources []source, values []float64) {
	for i := range trials {
		t := &trials[i]
		u, ok := position(a, t.Point)
		v, also := position(b, t.Point)
		if y, known := measured(t, objective); ok && also && known {
			sources = append(sources, source{u, v, y}) // its rank is to come
			values = append(values, y)
		}
	}
	slices.Sort(values)
	for i, s := range sources {
		first, _ := slices.BinarySearch(values, s.rank)
		last := first
		for last+1 < len(values) && values[last+1] == s.rank {
			last++
		}
		sources[i].rank = float64(first+last) / 2
	}
	finite, _ := slices.BinarySearch(values, math.Inf(1))
	if finite == 0 {
		return nil, nil
	}
	for i := range values[finite:] {
		values[finite+i] = values[finite-1]
	}
	return sources, values
}

// between is the value at a rank that need not be whole.
func between(values []float64, rank float64) float64 {
	rank = min(max(rank, 0), float64(len(values)-1))
	i := int(rank)
	if i == len(values)-1 {
		return values[i]
	}
	return values[i] + float64((rank-float64(i))*(values[i+1]-values[i]))
}

// band is the bandwidth along an axis, given how many trials there are and the other
// axis, whose choices divide them.
func band(n int, a, other search.Axis) float64 {
	if a.Kind == search.Choice {
		return 0
	}
	gap := 1 / math.Sqrt(float64(n))
	if other.Kind == search.Choice {
		gap = float64(len(other.Choices)) / float64(n)
	}
	return min(max(float64(bandwidth*gap), narrowest), widest)
}

// weights are, for each of n cells along an axis, the weights of what lies in each cell.
func weights(a search.Axis, n int, band float64) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		for j := range out[i] {
			if a.Kind == search.Choice {
				u, v := (float64(i)+0.5)/float64(n), (float64(j)+0.5)/float64(n)
				if choiceAt(u, len(a.Choices)) == choiceAt(v, len(a.Choices)) {
					out[i][j] = 1
				}
				continue
			}
			d := float64(i-j) / float64(n) / band
			if d = float64(d * d); d < 16 {
				out[i][j] = kernel.Exp(-d / 2)
			}
		}
	}
	return out
}
