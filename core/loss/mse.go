package loss

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// mse is the mean of (ŷ − y)² over every element, as torch.nn.MSELoss.
type mse struct{}

func (mse) Knobs() []knob.Knob { return nil }

func (mse) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(o, t float64) (float64, float64) {
		d := o - t
		return d * d, 2 * d
	})
}
