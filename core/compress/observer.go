package compress

import (
	"math"

	"descent/core/nn"
)

// The observers: what range a grid spans.
const (
	byExtent     = "min-max"
	byAverage    = "moving average"
	byPercentile = "percentile"
	byError      = "mse"
)

// shares is of how many ranges the observer by error takes the best.
const shares = 100

// span is a range of numbers.
type span struct{ low, high float64 }

// unclipped holds every number.
var unclipped = span{math.Inf(-1), math.Inf(1)}

// gate zeroes the gradient of the numbers that lie outside.
func (s span) gate(dv, v []float64) {
	if s == unclipped {
		return
	}
	for i, x := range v {
		if x < s.low || x > s.high {
			dv[i] = 0
		}
	}
}

// clips tells whether the observer leaves numbers out.
func (q *Quant) clips() bool { return q.Observer == byPercentile || q.Observer == byError }

// observe is the range that a grid for v spans; it holds 0. A symmetric one
// is ±top.
//
//	min-max, moving average: all of v
//	percentile: top is the p-quantile of |v|; an affine range reaches from the
//	(1 − p)- to the p-quantile of v; between two numbers lies their line
//	mse: of the shares 1, 0.99, ..., 0.01 of all of v, the widest of least
//	squared error
//
// NaN among v gives a range with NaN in it for the first, and no clipping for
// the others.
func (q *Quant) observe(v []float64, symmetric bool, bits int) span {
	all := extent(v)
	if symmetric {
		top := max(-all.low, all.high)
		all = span{-top, top}
	}
	switch {
	case !q.clips() || len(v) == 0:
		return all
	case math.IsNaN(all.low) || math.IsNaN(all.high):
		return unclipped
	case q.Observer == byError:
		return leastError(v, all, symmetric, bits)
	}
	q.scratch = append(q.scratch[:0], v...)
	if symmetric {
		for i, x := range q.scratch {
			q.scratch[i] = math.Abs(x)
		}
		top := quantile(q.scratch, q.Percentile)
		return span{-top, top}
	}
	return span{min(quantile(q.scratch, 1-q.Percentile), 0), max(quantile(q.scratch, q.Percentile), 0)}
}

// extent is from the least, or 0, to the largest, or 0. NaN wins.
func extent(v []float64) span {
	var s span
	for _, x := range v {
		s.low, s.high = min(s.low, x), max(s.high, x)
	}
	return s
}

// gridOf is the grid of so many bits over a range that holds 0.
func gridOf(s span, symmetric bool, bits int) nn.Grid {
	if symmetric {
		return symmetricGrid(s.high, bits)
	}
	return affineGrid(s.low, s.high, bits)
}

// leastError takes the best of the shares of a range.
func leastError(v []float64, all span, symmetric bool, bits int) span {
	best, least := all, math.Inf(1)
	for i := shares; i > 0; i-- {
		part := float64(i) / shares
		s := span{float64(part * all.low), float64(part * all.high)}
		g := gridOf(s, symmetric, bits)
		if !(g.Scale > 0) || math.IsInf(g.Scale, 0) {
			break
		}
		if e := squaredError(v, g, least); e < least {
			best, least = s, e
		}
	}
	return best
}

// squaredError is Σ (v − rounded v)², or the part of the sum that has reached
// enough.
func squaredError(v []float64, g nn.Grid, enough float64) float64 {
	const block = 16 // less than a row of a small layer
	sum := 0.0
	for len(v) > 0 && sum < enough {
		n := min(block, len(v))
		for _, x := range v[:n] {
			d := x - g.Value(g.Whole(x))
			sum += float64(d * d)
		}
		v = v[n:]
	}
	return sum
}

// quantile is what a share p of the numbers lies below, on the line between the
// two that are nearest: place p (n − 1) in their order. It reorders v.
func quantile(v []float64, p float64) float64 {
	at := float64(p * float64(len(v)-1))
	i := int(at)
	low := smallest(v, i)
	if i+1 == len(v) {
		return low
	}
	high := v[i+1] // all behind place i are at least as large
	for _, x := range v[i+2:] {
		high = min(high, x)
	}
	return low + float64((at-float64(i))*(high-low))
}

// smallest puts the number that has place k, from 0, in the order there, no
// larger one before it and no smaller one behind it. Hoare, "Find", 1961.
func smallest(v []float64, k int) float64 {
	from, to := 0, len(v)-1
	for from < to {
		pivot := v[from+(to-from)/2]
		i, j := from, to
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for pivot < v[j] {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			to = j
		case k >= i:
			from = i
		default:
			return v[k]
		}
	}
	return v[k]
}
