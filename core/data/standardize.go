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
	out, column := make([]spread, width), make([]float64, len(rows))
	for j := range width {
		for i, r := range rows {
			column[i] = x[r*width+j]
		}
		s := spreadOf(column, lax, former)
		for i := j; i < len(x); i += width {
			x[i] = s.of(x[i])
		}
		out[j] = s
	}
	return out
}

// standardizeBytes is standardize of numbers kept as bytes: what they stand for is
// shifted and scaled, of each column by itself.
func standardizeBytes(p *byteRows, rows []int, lax, former bool) (*byteRows, []spread) {
	const together = 16 // columns that are gathered at a time
	n := len(rows)
	out, made, columns := make([]spread, p.width), *p, make([]float64, together*n)
	made.values, made.own = make([]float64, 256*p.width), true
	for from := 0; from < p.width; from += together {
		to := min(from+together, p.width)
		for i, r := range rows {
			for j, b := range p.data[r*p.width+from : r*p.width+to] {
				columns[j*n+i] = p.values[b]
			}
		}
		for j := range to - from {
			s := spreadOf(columns[j*n:(j+1)*n], lax, former)
			for b, v := range p.values {
				made.values[b*p.width+from+j] = s.of(v)
			}
			out[from+j] = s
		}
	}
	return &made, out
}

// of is a number of the column, shifted and scaled.
func (s spread) of(v float64) float64 {
	return transform.Standardized(v, s.mean, s.deviation, s.scale)
}

// spreadOf is what a column is shifted and scaled by, of the numbers that count.
func spreadOf(column []float64, lax, former bool) spread {
	mean, deviation, square := moments(column, 0)
	scale := 0
	if !lax && (math.IsInf(square, 0) || math.IsNaN(square) || square < 0x1p-900) {
		top := 0.0
		for _, v := range column {
			top = max(top, math.Abs(v))
		}
		if _, scale = math.Frexp(top); top == 0 || constant(mean, column) {
			scale = 0
		}
		if scale != 0 {
			mean, deviation, _ = moments(column, -scale)
		}
	}
	if deviation <= float64(1e-13*math.Abs(mean)) { // constant but for rounding
		mean, deviation, scale = math.Ldexp(mean, scale), 1, 0
		if v := column[0]; !former && constant(v, column) {
			mean = v
		}
	}
	return spread{mean, deviation, scale}
}

// moments are the mean and deviation of a column, each number
// scaled by a power of two, and the mean square of the distance from the mean.
func moments(column []float64, scale int) (mean, deviation, square float64) {
	n := float64(len(column))
	for _, v := range column {
		mean += scaled(v, scale)
	}
	mean /= n
	for _, v := range column {
		d := scaled(v, scale) - mean
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
func constant(mean float64, column []float64) bool {
	for _, v := range column {
		if v != mean {
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
