package loss

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

var bceDoc = knob.Doc{
	Formula: "p = 1 / (1 + e⁻ˣ)\n" +
		"L = −(1/N) Σ (yᵢ log pᵢ + (1 − yᵢ) log(1 − pᵢ)), over all N elements\n" +
		"computed as max(x, 0) − x y + log(1 + e^−|x|)\n" +
		"∂L/∂xᵢ = (pᵢ − yᵢ) / N",
	Source:  "D. R. Cox, “The Regression Analysis of Binary Sequences”, Journal of the Royal Statistical Society B 20(2), 1958 (logistic regression)",
	PyTorch: "torch.nn.BCEWithLogitsLoss()",
	When:    "Two classes with one output, or several labels per row (multi-label classification): outputs are logits, without a sigmoid layer. At chance level it is log 2. For one of several classes take cross-entropy.",
	Range:   knob.None,
}

// bce is binary cross-entropy with logits, in a form that does not overflow.
type bce struct{}

func (bce) Knobs() []knob.Knob { return nil }

func (bce) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(x, y float64) (float64, float64) {
		e := kernel.Exp(-math.Abs(x))
		p := 1 / (1 + e)
		if x < 0 {
			p = e / (1 + e)
		}
		positive := x
		if x <= 0 {
			positive = 0
		}
		return positive - float64(x*y) + kernel.Log1p(e), p - y
	})
}
