package loss

import (
	"math"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// huber is ½d² where |d| ≤ δ and δ(|d| − ½δ) beyond, the mean over every
// element, as torch.nn.HuberLoss. P. J. Huber, 1964.
type huber struct{ Delta float64 }

func (h *huber) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.delta", &h.Delta, 1e-6, 1e6, knob.Log, "where the loss turns from squared to straight, in units of the target").WithScale(knob.Log, 1e-3),
	}
}

func (h *huber) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(o, t float64) (float64, float64) {
		d := o - t
		if a := math.Abs(d); a > h.Delta {
			return float64(h.Delta * (a - float64(0.5*h.Delta))), math.Copysign(h.Delta, d)
		}
		return float64(0.5 * float64(d*d)), d
	})
}
