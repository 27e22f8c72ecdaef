package loss

import (
	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

var mseDoc = knob.Doc{
	Formula: "L = (1/N) Σ (ŷᵢ − yᵢ)², over all N elements\n" +
		"∂L/∂ŷᵢ = 2 (ŷᵢ − yᵢ) / N",
	Source:  "C. F. Gauss, “Theoria motus corporum coelestium”, 1809 (method of least squares)",
	PyTorch: "torch.nn.MSELoss()",
	When:    "The default for regression: it estimates the conditional mean and assumes errors of the same variance. A few outliers dominate it: then take huber or mae. For classes take cross-entropy.",
	Range:   knob.None,
}

// mse is the mean squared error.
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
	return pointwise(grad, out, target.Values, func(_ int, o, t float64) (float64, float64) {
		d := o - t
		return float64(d * d), 2 * d
	})
}
