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
		fromTop(row(out, r), row(out, r))
	}
	exps(out)
	for r := range out.Rows {
		x := row(out, r)
		total := sum(x)
		for j := range x {
			x[j] /= total
		}
	}
}

// fromTop writes x − max x, and returns max x.
func fromTop(to, x []float64) (top float64) {
	top = largest(x)
	for j, v := range x {
		to[j] = v - top
	}
	return top
}

// exps overwrites a matrix with its exponentials.
func exps(m blas64.General) {
	if m.Stride == m.Cols {
		all := m.Data[:m.Rows*m.Cols]
		kernel.ExpAll(all, all)
		return
	}
	for r := range m.Rows {
		kernel.ExpAll(row(m, r), row(m, r))
	}
}

func sum(x []float64) (total float64) {
	for _, v := range x {
		total += v
	}
	return total
}

func largest(x []float64) float64 {
	top := x[0]
	for _, v := range x[1:] {
		top = max(top, v) // NaN passes
	}
	return top
}

// softmaxes is the softmax of every row of a batch.
type softmaxes struct{ tops, totals, logs, own []float64 }

// read works out the softmax of every row of out, and returns e^(x − max x) of each: in
// the place of grad, unless that has no data. Its buffers grow as needed.
func (b *softmaxes) read(grad, out blas64.General) (e blas64.General) {
	if e = grad; e.Data == nil {
		b.own = sized(b.own, out.Rows*out.Cols)
		e = blas64.General{Rows: out.Rows, Cols: out.Cols, Stride: out.Cols, Data: b.own}
	}
	b.tops, b.totals, b.logs = sized(b.tops, out.Rows), sized(b.totals, out.Rows), sized(b.logs, out.Rows)
	n := out.Cols
	for r := range b.tops {
		from := out.Data[r*out.Stride:]
		top := from[0]
		for j := 1; j < n; j++ {
			top = max(top, from[j]) // NaN passes
		}
		to := e.Data[r*e.Stride:]
		for j := range n {
			to[j] = from[j] - top
		}
		b.tops[r] = top
	}
	exps(e)
	for r := range b.totals {
		from := e.Data[r*e.Stride:]
		total := 0.0
		for j := range n {
			total += from[j]
		}
		b.totals[r] = total
	}
	kernel.LogAll(b.logs, b.totals)
	return e
}

// sized is a buffer of n numbers, the given one if it is large enough.
func sized(buffer []float64, n int) []float64 {
	if cap(buffer) < n {
		return make([]float64, n)
	}
	return buffer[:n]
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
