package loss

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// quantile is the pinball loss max(τe, (τ − 1)e) of e = y − ŷ, the mean over
// every element: its minimum is the τ-quantile of the targets, at ½ their
// median. Its slope on the target is 0. Koenker, Bassett 1978.
type quantile struct{ Tau float64 }

func (q *quantile) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.tau", &q.Tau, 0, 1, knob.Linear, "the share of targets that should lie below the output").WithStep(0.05),
	}
}

func (q *quantile) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(o, t float64) (float64, float64) {
		e := t - o
		switch {
		case e > 0:
			return float64(q.Tau * e), -q.Tau
		case e < 0:
			return float64((q.Tau - 1) * e), 1 - q.Tau
		}
		return e, e // 0, or NaN
	})
}
