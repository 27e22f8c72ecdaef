package loss

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

const hingePaper = "J. Weston, C. Watkins, “Support Vector Machines for Multi-Class Pattern Recognition”, ESANN 1999"

var hingeDoc = knob.Doc{
	Formula: "L = (1/N) Σ Σⱼ≠y max(0, m − x_y + xⱼ) / C, over N rows and C classes",
	Source:  hingePaper + " (there without the factor 1/C)",
	PyTorch: "torch.nn.MultiMarginLoss(margin)",
	When:    "Where only the decision counts, as in support vector machines: rows beyond the margin have no gradient. It gives no probabilities; for those take cross-entropy.",
	Range:   "m = 1",
}

// hinge is the multi-class margin loss of power 1.
type hinge struct{ Margin float64 }

func (h *hinge) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.margin", &h.Margin, 0, 1e6, knob.Log, "m: margin by which the logit of the right class has to lead").WithScale(knob.Log, 1e-2).Explained(knob.Doc{
			Formula: "max(0, m − x_y + xⱼ)",
			Source:  hingePaper,
			PyTorch: "torch.nn.MultiMarginLoss(margin)",
			When:    "It sets the scale of the logits; without weight decay the network can reach any margin by larger weights.",
			Range:   "1",
		}),
	}
}

func (h *hinge) Eval(grad, out blas64.General, target Target) float64 {
	checkClasses(out, target)
	scale := 1 / float64(out.Rows*out.Cols)
	sum := 0.0
	for r := range out.Rows {
		x, class, g := row(out, r), target.Classes[r], gradRow(grad, r)
		violations := 0.0 // wrong classes within the margin
		for j, v := range x {
			slope := 0.0
			if lack := h.Margin - x[class] + v; j != class && !(lack <= 0) { // so that NaN passes
				sum += lack
				slope = 1
				violations++
			}
			if g != nil {
				g[j] = slope * scale
			}
		}
		if g != nil {
			g[class] = -violations * scale
		}
	}
	return sum * scale
}
