package loss

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

var logCoshDoc = knob.Doc{
	Formula: "L = (1/N) Σ log cosh(ŷᵢ − yᵢ)\n" +
		"∂L/∂ŷᵢ = tanh(ŷᵢ − yᵢ) / N",
	Source:  knob.None,
	PyTorch: "none; Keras has keras.losses.LogCosh()",
	When:    "Regression with outliers, where the loss should be twice differentiable, as for lbfgs or sophia. Close to huber with δ = 1; scale the target so that typical errors are near 1.",
	Range:   knob.None,
}

// logCosh is log cosh of the error, in two forms so that neither cancels nor overflows.
type logCosh struct{}

func (logCosh) Knobs() []knob.Knob { return nil }

func (logCosh) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(o, t float64) (float64, float64) {
		d := o - t
		a, slope := math.Abs(d), kernel.Tanh(d)
		if a < 0.8 { // ½ log(1 + sinh²): the other form would cancel
			square := float64(slope * slope)
			return float64(0.5 * kernel.Log1p(square/(1-square))), slope
		}
		return a + kernel.Log1p(kernel.Exp(-2*a)) - math.Ln2, slope
	})
}
