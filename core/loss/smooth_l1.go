package loss

import (
	"math"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

const girshickPaper = "R. Girshick, “Fast R-CNN”, ICCV 2015, equation 3 (there β = 1)"

var smoothL1Doc = knob.Doc{
	Formula: "d = ŷᵢ − yᵢ\n" +
		"l(d) = ½ d² / β for |d| < β, |d| − ½ β beyond\n" +
		"L = (1/N) Σ l(dᵢ)",
	Source:  girshickPaper,
	PyTorch: "torch.nn.SmoothL1Loss(beta)",
	When:    "Bounding boxes in object detection, and wherever huber is used: it is huber divided by its threshold, so the slope of the linear part stays 1 whatever β is.",
	Range:   "β from 0.01 to 1; 1 to begin with",
}

// smoothL1 is the Huber loss divided by its threshold.
type smoothL1 struct{ Beta float64 }

func (s *smoothL1) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.beta", &s.Beta, 0, 1e6, knob.Log, "β: error at which the loss turns from quadratic to linear, in units of the target").WithZero("mae").WithScale(knob.Log, 1e-3).Explained(knob.Doc{
			Formula: "l(d) = ½ d² / β for |d| < β, |d| − ½ β beyond",
			Source:  girshickPaper,
			PyTorch: "torch.nn.SmoothL1Loss(beta)",
			When:    "The gradient is 1 beyond β and falls to 0 within: smaller values keep it large closer to the target.",
			Range:   "0.01 to 1; 1 to begin with",
		}),
	}
}

func (s *smoothL1) Eval(grad, out blas64.General, target Target) float64 {
	return pointwise(grad, out, target.Values, func(_ int, o, t float64) (float64, float64) {
		d := o - t
		if math.Abs(d) < s.Beta {
			return float64(0.5*float64(d*d)) / s.Beta, d / s.Beta
		}
		return math.Abs(d) - float64(0.5*s.Beta), sign(d)
	})
}
