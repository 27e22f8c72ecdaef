package data

import (
	"math"

	"descent/core/data/transform"
)

// spread is what a column is shifted and scaled by: to (v·2⁻ˢ − mean)/deviation.
type spread struct {
	mean, deviation float64
	scale           int
}

// raw are mean and deviation in units of the column.
func (s spread) raw() (mean, deviation float64) {
	return math.Ldexp(s.mean, s.scale), math.Ldexp(s.deviation, s.scale)
}

// standardize shifts and scales each column to mean 0 and deviation 1 over the
// given rows (dividing by their number, not one less). A constant column is only
// shifted. Columns whose sum or squares would leave the range of a float64 are
// scaled by a power of two before they are squared; lax leaves that out. The mean of a
// constant column is its value, where former does not take the sum over the number for it,
// which of huge numbers is rounded far beside it.
func standardize(x []float64, width int, rows []int, lax, former bool) []spread {
	out := make([]spread, width)
	for j := range width {
		mean, deviation, square := moments(x, width, j, rows, 0)
		scale := 0
		if !lax && (math.IsInf(square, 0) || math.IsNaN(square) || square < 0x1p-900) {
			top := 0.0
			for _, r := range rows {
				top = max(top, math.Abs(x[r*width+j]))
			}
			if _, scale = math.Frexp(top); top == 0 || constant(mean, x, width, j, rows) {
				scale = 0
			}
			if scale != 0 {
				mean, deviation, _ = moments(x, width, j, rows, -scale)
			}
		}
		if deviation <= float64(1e-13*math.Abs(mean)) { // constant but for rounding
			mean, deviation, scale = math.Ldexp(mean, scale), 1, 0
			if v := x[rows[0]*width+j]; !former && constant(v, x, width, j, rows) {
				mean = v
			}
		}
		for i := j; i < len(x); i += width {
			x[i] = transform.Standardized(x[i], mean, deviation, scale)
		}
		out[j] = spread{mean, deviation, scale}
	}
	return out
}

// moments are the mean and deviation of a column over some rows, each number
// scaled by a power of two, and the mean square of the distance from the mean.
func moments(x []float64, width, j int, rows []int, scale int) (mean, deviation, square float64) {
	n := float64(len(rows))
	for _, r := range rows {
		mean += scaled(x[r*width+j], scale)
	}
	mean /= n
	for _, r := range rows {
		d := scaled(x[r*width+j], scale) - mean
		square += float64(d * d)
	}
	return mean, math.Sqrt(square / n), square / n
}

// scaled is v·2^scale.
func scaled(v float64, scale int) float64 {
	if scale == 0 {
		return v
	}
	return math.Ldexp(v, scale)
}

// constant tells whether a column is its mean throughout.
func constant(mean float64, x []float64, width, j int, rows []int) bool {
	for _, r := range rows {
		if x[r*width+j] != mean {
			return false
		}
	}
	return true
}

// raws are the means and deviations of columns in their own units.
func raws(spreads []spread) (means, deviations []float64) {
	means, deviations = make([]float64, len(spreads)), make([]float64, len(spreads))
	for j, s := range spreads {
		means[j], deviations[j] = s.raw()
	}
	return means, deviations
}

// note writes down in the columns what their inputs were standardized by.
func note(columns []transform.Column, spreads []spread) {
	for k := range columns {
		c := &columns[k]
		of := spreads[:len(c.Inputs)]
		spreads = spreads[len(of):]
		c.Mean, c.Deviation = make([]float64, len(of)), make([]float64, len(of))
		for i, s := range of {
			c.Mean[i], c.Deviation[i] = s.mean, s.deviation
			if s.scale != 0 && c.Scale == nil {
				c.Scale = make([]int, len(of))
			}
			if s.scale != 0 {
				c.Scale[i] = s.scale
			}
		}
	}
}
