package loss

import (
	"fmt"

	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// softmax is a row of outputs made ready: pⱼ = e^(xⱼ − Top) / Total and
// −log pⱼ = LogTotal + (Top − xⱼ), which neither overflow nor underflow.
type softmax struct{ Top, Total, LogTotal float64 }

// softmaxOf reads the row x, and writes e^(xⱼ − Top) to e, which is not wanted
// where it is nil.
func softmaxOf(e, x []float64) softmax {
	s := softmax{Top: x[0]}
	for _, v := range x[1:] {
		if v > s.Top || v != v { // so that NaN passes
			s.Top = v
		}
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
