package loss

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// focal is the mean over the rows of −(1 − p)^γ log p, with p what softmax(x)
// gives to the right class: rows that are right already count little. At γ = 0
// it is the cross-entropy. Lin et al. 2017, eq. 4.
type focal struct{ Gamma float64 }

func (f *focal) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.gamma", &f.Gamma, 0, 20, knob.Linear, "how much less a row counts that is right already").WithZero("cross-entropy").WithStep(0.5),
	}
}

func (f *focal) Eval(grad, out blas64.General, target Target) float64 {
	checkClasses(out, target)
	scale := 1 / float64(out.Rows)
	sum := 0.0
	for r := range out.Rows {
		x, class, g := row(out, r), target.Classes[r], gradRow(grad, r)
		s := softmaxOf(g, x)
		rest := 0.0 // 1 − p, not as a difference
		for j, v := range x {
			if j != class {
				rest += kernel.Exp(v - s.Top)
			}
		}
		rest /= s.Total
		surprise := s.surprise(x[class])
		focus := raise(rest, f.Gamma)
		sum += float64(focus * surprise)
		if g == nil {
			continue
		}
		p := g[class] / s.Total
		steep := focus // −dL/dlog p
		if f.Gamma > 0 && rest > 0 {
			steep += float64(float64(f.Gamma*float64(p*surprise)) * (focus / rest))
		}
		for j, e := range g {
			g[j] = steep * (e / s.Total) * scale
		}
		g[class] = -steep * rest * scale
	}
	return sum * scale
}

// raise is x^p for x ≥ 0 and p ≥ 0.
func raise(x, p float64) float64 {
	switch {
	case p == math.Trunc(p):
		return kernel.Power(x, int(p))
	case x == 0:
		return 0
	}
	return kernel.Exp(float64(p * kernel.Log(x)))
}
