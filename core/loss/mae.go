package loss

import (
	"math"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

var maeDoc = knob.Doc{
	Formula: "L = (1/N) Σ |ŷᵢ − yᵢ|\n" +
		"∂L/∂ŷᵢ = sign(ŷᵢ − yᵢ) / N, 0 on the target",
	Source:  knob.None,
	PyTorch: "torch.nn.L1Loss()",
	When:    "Regression with outliers: it estimates the conditional median. Its gradient does not shrink near the target, so let the learning rate decay, or take huber.",
	Range:   knob.None,
}

// mae is the mean absolute error; its derivative on the target is 0.
type mae struct{}

func (mae) Knobs() []knob.Knob { return nil }

func (mae) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(_ int, o, t float64) (float64, float64) {
		d := o - t
		return math.Abs(d), sign(d)
	})
}

// sign is −1, 0 or 1; NaN stays NaN.
func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}
