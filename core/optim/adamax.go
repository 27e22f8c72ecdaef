package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// adamax is Adam with the infinity norm of the gradient in place of the second
// moment.
type adamax struct {
	Beta1, Beta2, Eps float64
	mean, largest     []float64
}

var adamaxDoc = knob.Doc{
	Formula: "mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ\n" +
		"uₜ = max(β₂ uₜ₋₁, |gₜ| + ε)\n" +
		"θₜ = θₜ₋₁ − η / (1 − β₁ᵗ) · mₜ / uₜ",
	Source:  adamPaper + ", algorithm 2 (there without ε)",
	PyTorch: "torch.optim.Adamax(lr, betas=(β₁, β₂), eps, weight_decay)",
	When: "As Adam, where single large gradients should limit the steps for a long time after them: embeddings and sparse" +
		" gradients. Otherwise adam is the better known choice.",
	Range: "η from 1e-4 to 1e-2; 2e-3 to begin with",
}

func (a *adamax) Knobs() []knob.Knob {
	return []knob.Knob{
		beta1Knob(&a.Beta1),
		knob.Float("optimizer.beta2", &a.Beta2, 0, 0.999999999, knob.Complement,
			"β₂: decay rate of the infinity norm (running maximum of the absolute gradient)").Explained(knob.Doc{
			Formula: "uₜ = max(β₂ uₜ₋₁, |gₜ| + ε)",
			Source:  adamPaper + ", algorithm 2",
			PyTorch: "betas[1] of torch.optim.Adamax",
			When: "A large gradient limits the steps of its parameter until the maximum has decayed, over about 1 / (1 − β₂)" +
				" steps. Lower it where steps stay too small after an outlier.",
			Range: "0.99 to 0.9999; 0.999 to begin with",
		}),
		epsKnob(&a.Eps, knob.Doc{
			Formula: "ε in uₜ = max(β₂ uₜ₋₁, |gₜ| + ε)",
			Source:  knob.None,
			PyTorch: "torch.optim.Adamax(eps)",
			When:    "Rarely worth tuning: it keeps uₜ above 0 where a gradient is 0.",
			Range:   "1e-8",
		}),
	}
}

func (a *adamax) Init(layout knob.Layout) {
	a.mean, a.largest = make([]float64, layout.Size()), make([]float64, layout.Size())
}

func (a *adamax) State() []knob.Buffer {
	return []knob.Buffer{{Name: "adamax/mean", Data: a.mean}, {Name: "adamax/largest", Data: a.largest}}
}

func (a *adamax) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		unbias := 1 / (1 - kernel.Power(a.Beta1, s.Age))
		for i := s.From; i < s.To; i++ {
			g := update[i]
			a.mean[i] = float64(a.Beta1*a.mean[i]) + float64((1-a.Beta1)*g)
			a.largest[i] = max(float64(a.Beta2*a.largest[i]), math.Abs(g)+a.Eps)
			update[i] = a.mean[i] * unbias / a.largest[i]
		}
	}
}

func (a *adamax) pass(of *run[float64], s Span) (finite bool) {
	return of.part(s).Adamax(s.Of(a.mean), s.Of(a.largest), adamFactors(a.Beta1, a.Beta2, a.Eps, s.Age))
}

func (a *adamax) stability(size int, at At) Stability {
	return Stability{
		Limit: heavyBall(a.Beta1, 1-a.Beta1), Formula: "(2 + 2β₁) / ((1 − β₁) η)", Source: adaptiveEdgePaper + ", section 2 (there for Adam)",
		Scale: at.inverse(size, func(_ Span, i int) float64 { return a.largest[i] }),
	}
}

func (a *adamax) worked(w *Worked) {
	w.Title = "Adamax"
	w.Set("β₁", a.Beta1)
	w.Set("β₂", a.Beta2)
	w.Set("ε", a.Eps)
	w.Before("mₜ₋₁", "adamax/mean")
	w.Before("uₜ₋₁", "adamax/largest")
	w.Line("mₜ", "β₁ mₜ₋₁ + (1 − β₁) gₜ")
	w.Line("uₜ", "max(β₂ uₜ₋₁, |gₜ| + ε)")
	w.Line("dₜ", "mₜ / (1 − β₁ᵗ) / uₜ")
	w.Hand("dₜ")
}
