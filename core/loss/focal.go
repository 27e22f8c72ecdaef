package loss

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

const focalPaper = "T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollár, “Focal Loss for Dense Object Detection”, ICCV 2017, equation 4"

var focalDoc = knob.Doc{
	Formula: "p = softmax(x)_y, of the right class\n" +
		"L = (1/N) Σ −(1 − p)^γ log p, over the rows",
	Source:  focalPaper,
	PyTorch: "none; torchvision.ops.sigmoid_focal_loss for binary targets",
	When:    "Classification with many easy rows, as in object detection or with very unbalanced classes: rows that are already classified well count less. Its probabilities are less confident than those of cross-entropy.",
	Range:   "γ from 0.5 to 5; 2 to begin with",
}

// focal is the focal loss on a softmax. At γ = 0 it is cross-entropy.
type focal struct{ Gamma float64 }

func (f *focal) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.gamma", &f.Gamma, 0, 20, knob.Linear, "γ: focusing parameter; the higher, the less well-classified rows count").WithZero("cross-entropy").WithStep(0.5).Explained(knob.Doc{
			Formula: "(1 − p)^γ",
			Source:  focalPaper,
			PyTorch: "gamma of torchvision.ops.sigmoid_focal_loss",
			When:    "At γ = 2 a row with p = 0.9 counts a hundredth of what it does in cross-entropy. High values leave a few hard, perhaps mislabelled rows to decide.",
			Range:   "0.5 to 5; 2 to begin with",
		}),
	}
}

func (f *focal) Eval(grad, out blas64.General, target Target) float64 {
	checkClasses(out, target)
	scale := 1 / float64(out.Rows)
	sum := 0.0
	for r := range out.Rows {
		x, class, g := row(out, r), target.Classes[r], gradRow(grad, r)
		s := softmaxOf(g, x)
		rest := 0.0 // 1 − p, not as a difference
		for j, v := range x {
			if j != class {
				rest += kernel.Exp(v - s.Top)
			}
		}
		rest /= s.Total
		nll := s.negLog(x[class])
		focus := raise(rest, f.Gamma)
		sum += float64(focus * nll)
		if g == nil {
			continue
		}
		p := g[class] / s.Total
		steep := focus // −dL/dlog p
		if f.Gamma > 0 && rest > 0 {
			steep += float64(float64(f.Gamma*float64(p*nll)) * (focus / rest))
		}
		for j, e := range g {
			g[j] = steep * (e / s.Total) * scale
		}
		g[class] = -steep * rest * scale
	}
	return sum * scale
}

// raise is x^p for x ≥ 0 and p ≥ 0.
func raise(x, p float64) float64 {
	switch {
	case p == math.Trunc(p):
		return kernel.Power(x, int(p))
	case x == 0:
		return 0
	}
	return kernel.Exp(float64(p * kernel.Log(x)))
}
