package optim

import "descent/core/knob"

// lion moves every parameter by the sign of an interpolation of momentum and
// gradient.
type lion struct {
	Beta1, Beta2 float64
	mean         []float64
}

const lionPaper = "X. Chen et al., “Symbolic Discovery of Optimization Algorithms”, NeurIPS 2023"

var lionDoc = knob.Doc{
	Formula: "uₜ = sign(β₁ mₜ₋₁ + (1 − β₁) gₜ)\n" +
		"θₜ = θₜ₋₁ − η (uₜ + λ θₜ₋₁)\n" +
		"mₜ = β₂ mₜ₋₁ + (1 − β₂) gₜ",
	Source:  lionPaper + ", algorithm 2",
	PyTorch: knob.None,
	When: "Large models and batches, with half of Adam's state. Every parameter moves by η at every step, so take a third" +
		" to a tenth of AdamW's η, three to ten times its weight decay, and a schedule that ends near 0.",
	Range: "η from 1e-5 to 1e-3; 1e-4 to begin with",
}

func (l *lion) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.beta1", &l.Beta1, 0, 0.999999999, knob.Complement, "β₁: weight of the momentum in the interpolation whose sign is the update").Explained(knob.Doc{
			Formula: "θₜ = θₜ₋₁ − η sign(β₁ mₜ₋₁ + (1 − β₁) gₜ)",
			Source:  lionPaper + ", algorithm 2",
			PyTorch: knob.None,
			When:    "Lower it to react faster to the newest gradient. For stability in long runs the paper takes 0.95.",
			Range:   "0.9 to 0.95; 0.9 to begin with",
		}),
		knob.Float("optimizer.beta2", &l.Beta2, 0, 0.999999999, knob.Complement, "β₂: decay rate of the momentum (exponential moving average of the gradient)").Explained(knob.Doc{
			Formula: "mₜ = β₂ mₜ₋₁ + (1 − β₂) gₜ",
			Source:  lionPaper + ", algorithm 2",
			PyTorch: knob.None,
			When: "It reaches back over about 1 / (1 − β₂) gradients, longer than β₁. For stability in long runs the paper" +
				" takes 0.98.",
			Range: "0.98 to 0.99; 0.99 to begin with",
		}),
	}
}

func (l *lion) Init(layout knob.Layout) { l.mean = make([]float64, layout.Size()) }

func (l *lion) State() []knob.Buffer { return []knob.Buffer{{Name: "lion/mean", Data: l.mean}} }

func (l *lion) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		u, mean := s.Of(update), s.Of(l.mean)
		for i, g := range u {
			u[i] = sign(float64(l.Beta1*mean[i]) + float64((1-l.Beta1)*g))
			mean[i] = float64(l.Beta2*mean[i]) + float64((1-l.Beta2)*g)
		}
	}
}

func (l *lion) pass(of *run[float64], s Span) (finite bool) {
	return of.part(s).Lion(s.Of(l.mean), l.Beta1, l.Beta2)
}

func (l *lion) worked(w *Worked) {
	w.Title = "Lion"
	w.Set("β₁", l.Beta1)
	w.Set("β₂", l.Beta2)
	w.Before("mₜ₋₁", "lion/mean")
	w.Line("uₜ", "sign(β₁ mₜ₋₁ + (1 − β₁) gₜ)")
	w.Line("mₜ", "β₂ mₜ₋₁ + (1 − β₂) gₜ")
	w.Hand("uₜ")
}
