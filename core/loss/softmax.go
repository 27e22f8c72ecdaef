package loss

import (
	"fmt"

	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// softmax is a row of outputs made ready: pⱼ = e^(xⱼ − Top) / Total and
// −log pⱼ = LogTotal + (Top − xⱼ), which neither overflow nor underflow.
type softmax struct{ Top, Total, LogTotal float64 }

// Softmax overwrites each row with its softmax.
func Softmax(out blas64.General) {
	for r := range out.Rows {
		x := row(out, r)
		s := softmaxOf(x, x, false)
		for j := range x {
			x[j] /= s.Total
		}
	}
}

// softmaxOf reads the row x, and writes e^(xⱼ − Top) to e, which is not wanted
// where it is nil. With ready, exponentials has filled e already.
func softmaxOf(e, x []float64, ready bool) softmax {
	s := softmax{Top: largest(x)}
	if ready {
		for _, exp := range e {
			s.Total += exp
		}
		s.LogTotal = kernel.Log(s.Total)
		return s
	}
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
		if v > top || v != v { // so that NaN passes
			top = v
		}
	}
	return top
}

// exponentials fills grad with e^(x − the row's largest) for the whole batch in
// one go, and tells whether it could.
func exponentials(grad, out blas64.General) bool {
	if grad.Data == nil || grad.Stride != grad.Cols || out.Stride != out.Cols {
		return false
	}
	n := out.Rows * out.Cols
	g, x := grad.Data[:n], out.Data[:n]
	for ; len(x) > 0; g, x = g[out.Cols:], x[out.Cols:] {
		top := largest(x[:out.Cols])
		for j, v := range x[:out.Cols] {
			g[j] = v - top
		}
	}
	kernel.ExpAll(grad.Data[:n], grad.Data[:n])
	return true
}

// surprise is −log of the probability of an output v.
func (s softmax) surprise(v float64) float64 { return s.LogTotal + (s.Top - v) }

// gradRow is a row of a gradient, nil if it is not wanted.
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
