package loss

import (
	"math"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// smoothL1 is ½d²/β where |d| < β and |d| − ½β beyond, the mean over every
// element, as torch.nn.SmoothL1Loss: Huber's loss divided by its bend.
// Girshick 2015, eq. 3.
type smoothL1 struct{ Beta float64 }

func (s *smoothL1) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.beta", &s.Beta, 0, 1e6, knob.Log, "where the loss turns from squared to straight, in units of the target").WithZero("nowhere").WithScale(knob.Log, 1e-3),
	}
}

func (s *smoothL1) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(o, t float64) (float64, float64) {
		d := o - t
		if math.Abs(d) < s.Beta {
			return float64(0.5*float64(d*d)) / s.Beta, d / s.Beta
		}
		return math.Abs(d) - float64(0.5*s.Beta), sign(d)
	})
}
