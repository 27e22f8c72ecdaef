package loss

import (
	"fmt"

	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// softmax holds what gives the softmax of a row x without overflow or underflow:
// pⱼ = e^(xⱼ − Top) / Total and −log pⱼ = LogTotal + (Top − xⱼ).
type softmax struct{ Top, Total, LogTotal float64 }

// Softmax overwrites each row of out with its softmax.
func Softmax(out blas64.General) {
	for r := range out.Rows {
		x := row(out, r)
		s := softmaxOf(x, x)
		for j := range x {
			x[j] /= s.Total
		}
	}
}

// softmaxOf returns the softmax of the row x, and writes e^(xⱼ − Top) to e unless it is
// nil.
func softmaxOf(e, x []float64) softmax {
	s := softmax{Top: largest(x)}
	for j, v := range x {
		exp := kernel.Exp(v - s.Top)
		s.Total += exp
		if e != nil {
			e[j] = exp
		}
	}
	s.LogTotal = kernel.Log(s.Total)
	return s
}

func largest(x []float64) float64 {
	top := x[0]
	for _, v := range x[1:] {
		top = max(top, v) // NaN passes
	}
	return top
}

// softmaxes is the softmax of every row of a batch.
type softmaxes struct{ tops, totals, logs []float64 }

// read overwrites grad with e^(x − max x) of each row, and reports whether it could:
// both matrices have to be contiguous. Its buffers grow as needed.
func (b *softmaxes) read(grad, out blas64.General) bool {
	if grad.Data == nil || grad.Stride != grad.Cols || out.Stride != out.Cols {
		return false
	}
	if cap(b.tops) < out.Rows {
		b.tops, b.totals, b.logs = make([]float64, out.Rows), make([]float64, out.Rows), make([]float64, out.Rows)
	}
	b.tops, b.totals, b.logs = b.tops[:out.Rows], b.totals[:out.Rows], b.logs[:out.Rows]
	n, cols := out.Rows*out.Cols, out.Cols
	g, x := grad.Data[:n], out.Data[:n]
	for r := range b.tops {
		from := x[r*cols : (r+1)*cols]
		top := largest(from)
		b.tops[r] = top
		to := g[r*cols : (r+1)*cols]
		for j, v := range from {
			to[j] = v - top
		}
	}
	kernel.ExpAll(g, g)
	for r := range b.totals {
		total := 0.0
		for _, e := range g[r*cols : (r+1)*cols] {
			total += e
		}
		b.totals[r] = total
	}
	kernel.LogAll(b.logs, b.totals)
	return true
}

func (b *softmaxes) row(r int) softmax { return softmax{b.tops[r], b.totals[r], b.logs[r]} }

// negLog is the negative logarithm of the probability of an output v.
func (s softmax) negLog(v float64) float64 { return s.LogTotal + (s.Top - v) }

// gradRow is a row of a gradient, nil if that has no data.
func gradRow(grad blas64.General, r int) []float64 {
	if grad.Data == nil {
		return nil
	}
	return row(grad, r)
}

func checkClasses(out blas64.General, target Target) {
	if len(target.Classes) != out.Rows {
		panic(fmt.Sprintf("loss: %d rows of outputs against %d classes", out.Rows, len(target.Classes)))
	}
}
