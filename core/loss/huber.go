package loss

import (
	"math"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

const huberPaper = "P. J. Huber, “Robust Estimation of a Location Parameter”, Annals of Mathematical Statistics 35(1), 1964"

var huberDoc = knob.Doc{
	Formula: "d = ŷᵢ − yᵢ\n" +
		"l(d) = ½ d² for |d| ≤ δ, δ (|d| − ½ δ) beyond\n" +
		"L = (1/N) Σ l(dᵢ)",
	Source:  huberPaper,
	PyTorch: "torch.nn.HuberLoss(delta)",
	When:    "Regression with outliers: quadratic for small errors, linear for large ones, so the gradient is at most δ. δ is in the units of the target: standardize the target, or take δ from the size of typical errors.",
	Range:   "δ from 0.1 to 10 standard deviations of the error; 1 to begin with",
}

// huber is the Huber loss.
type huber struct{ Delta float64 }

func (h *huber) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.delta", &h.Delta, 1e-6, 1e6, knob.Log, "δ: error at which the loss turns from quadratic to linear, in units of the target").WithScale(knob.Log, 1e-3).Explained(knob.Doc{
			Formula: "l(d) = ½ d² for |d| ≤ δ, δ (|d| − ½ δ) beyond",
			Source:  huberPaper,
			PyTorch: "torch.nn.HuberLoss(delta)",
			When:    "Errors above δ are treated as outliers. Small values come close to δ · mae, large ones to mse / 2.",
			Range:   "0.1 to 10 standard deviations of the error; 1 to begin with",
		}),
	}
}

func (h *huber) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(_ int, o, t float64) (float64, float64) {
		d := o - t
		if a := math.Abs(d); a > h.Delta {
			return float64(h.Delta * (a - float64(0.5*h.Delta))), math.Copysign(h.Delta, d)
		}
		return float64(0.5 * float64(d*d)), d
	})
}
