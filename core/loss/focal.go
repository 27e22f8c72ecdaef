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
		"L = (1/N) Σ −α_y (1 − p)^γ log p, over the rows",
	Source:  focalPaper,
	PyTorch: "none; torchvision.ops.sigmoid_focal_loss for binary targets",
	When:    "Classification with many easy rows, as in object detection or with very unbalanced classes: rows that are already classified well count less. Its probabilities are less confident than those of cross-entropy.",
	Range:   "γ from 0.5 to 5; 2 to begin with",
}

// focal is the focal loss on a softmax. At γ = 0 it is cross-entropy; α weighs the
// terms of the sum, and leaves the mean one over rows, as in the paper.
type focal struct {
	Gamma float64
	Alpha []float64
	ignored

	softmaxes softmaxes
}

func (f *focal) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("loss.gamma", &f.Gamma, 0, 20, knob.Linear, "γ: focusing parameter; the higher, the less well-classified rows count").WithZero("cross-entropy").WithStep(0.5).Explained(knob.Doc{
			Formula: "(1 − p)^γ",
			Source:  focalPaper,
			PyTorch: "gamma of torchvision.ops.sigmoid_focal_loss",
			When:    "At γ = 2 a row with p = 0.9 counts a hundredth of what it does in cross-entropy. High values leave a few hard, perhaps mislabelled rows to decide.",
			Range:   "0.5 to 5; 2 to begin with",
		}),
		knob.Floats("loss.alpha", &f.Alpha, 1e6, "α: weight of each class, as [0.25, 0.75]; classes not listed weigh 1").WithZero("equal").Explained(knob.Doc{
			Formula: "L = (1/N) Σ −α_y (1 − p)^γ log p",
			Source:  focalPaper + " (α-balanced, equation 5)",
			PyTorch: "alpha of torchvision.ops.sigmoid_focal_loss, there one number for two classes",
			When:    "For unbalanced classes, beside γ. The mean is over rows, not over weights: the loss scales with α. As γ grows, the weight of the rare class should fall; the paper's best are 0.25 for it at γ = 2.",
			Range:   "0.25 to 1, or inverse class frequencies",
		}),
		f.ignored.knob(),
	}
}

// Weight returns the number of rows of a batch that count.
func (f *focal) Weight(target Target) float64 { return f.count(target.Classes) }

func (f *focal) alpha(class int) float64 {
	if class < len(f.Alpha) {
		return f.Alpha[class]
	}
	return 1
}

func (f *focal) Eval(grad, out blas64.General, target Target) float64 {
	checkClasses(out, target)
	mean := 0.0
	if rows := f.Weight(target); rows > 0 { // else all rows are ignored, and there is no gradient
		mean = 1 / rows
	}
	sum, exps := 0.0, f.softmaxes.read(grad, out)
	for r := range out.Rows {
		x, class, g := row(out, r), target.Classes[r], gradRow(grad, r)
		if f.Ignores(class) {
			clear(g)
			continue
		}
		scale := float64(f.alpha(class) * mean)
		s, e := f.softmaxes.row(r), row(exps, r)
		rest := 0.0 // 1 − p, not as a difference
		for j, v := range e {
			if j != class {
				rest += v
			}
		}
		rest /= s.Total
		nll := s.negLog(x[class])
		focus := raise(rest, f.Gamma)
		sum += float64(float64(f.alpha(class)*focus) * nll)
		if g == nil {
			continue
		}
		p := e[class] / s.Total
		steep := focus // −dL/dlog p
		if f.Gamma > 0 && rest > 0 {
			steep += float64(float64(f.Gamma*float64(p*nll)) * (focus / rest))
		}
		for j, e := range e {
			g[j] = steep * (e / s.Total) * scale
		}
		g[class] = -steep * rest * scale
	}
	return sum * mean
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
