package loss

import (
	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// mse is the mean of (ŷ − y)² over every element, as torch.nn.MSELoss.
type mse struct{}

func (mse) Knobs() []knob.Knob { return nil }

func (mse) Eval(grad, out blas64.General, target Target) float64 {
	if (grad.Data == nil || grad.Stride == out.Cols) && out.Stride == out.Cols && target.Values.Stride == out.Cols {
		checkValues(out, target.Values)
		n := out.Rows * out.Cols
		scale := 1 / float64(n)
		g := grad.Data
		if g != nil {
			g = g[:n]
		}
		return kernel.SquaredError(g, out.Data[:n], target.Values.Data[:n], scale) * scale
	}
	return pointwise(grad, out, target.Values, func(o, t float64) (float64, float64) {
		d := o - t
		return float64(d * d), 2 * d
	})
}
