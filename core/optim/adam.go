package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// adam is Adam, and AdamW with decoupled weight decay.
type adam struct {
	Beta1, Beta2, Eps     float64
	AMSGrad               bool
	mean, square, largest []float64
}

const adamHelp = "adaptive moment estimation: momentum and an adaptive rate per parameter"

var adamDoc = knob.Doc{
	Formula: "mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ\n" +
		"vₜ = β₂ vₜ₋₁ + (1 − β₂) gₜ²\n" +
		"m̂ₜ = mₜ / (1 − β₁ᵗ)\n" +
		"v̂ₜ = vₜ / (1 − β₂ᵗ)\n" +
		"θₜ = θₜ₋₁ − η m̂ₜ / (√v̂ₜ + ε)",
	Source:  adamPaper + ", algorithm 1",
	PyTorch: "torch.optim.Adam(lr, betas=(β₁, β₂), eps, weight_decay, amsgrad)",
	When: "The usual first choice: it needs little tuning and copes with gradients of very different sizes. For weight decay take" +
		" adamw. On image classifiers, SGD with momentum and a tuned schedule often generalises better. Stable" +
		" while the largest eigenvalue of the Hessian divided by √v̂ₜ + ε is below (2 + 2β₁)/((1 − β₁) η), 38/η at β₁ = 0.9.",
	Range: "η from 1e-4 to 1e-2; 1e-3 to begin with",
}

var adamwDoc = knob.Doc{
	Formula: "mₜ = β₁ mₜ₋₁ + (1 − β₁) gₜ\n" +
		"vₜ = β₂ vₜ₋₁ + (1 − β₂) gₜ²\n" +
		"m̂ₜ = mₜ / (1 − β₁ᵗ)\n" +
		"v̂ₜ = vₜ / (1 − β₂ᵗ)\n" +
		"θₜ = θₜ₋₁ − η (m̂ₜ / (√v̂ₜ + ε) + λ θₜ₋₁)",
	Source:  decoupledPaper + ", algorithm 2 (there λ is multiplied by the schedule alone; here, as in PyTorch, by η)",
	PyTorch: "torch.optim.AdamW(lr, betas=(β₁, β₂), eps, weight_decay, amsgrad)",
	When: "The usual choice for transformers and for fine-tuning, and wherever Adam is used with weight decay: all weights" +
		" decay at the same relative rate, whatever the size of their gradients.",
	Range: "η from 1e-5 (fine-tuning) to 1e-2, 1e-3 to begin with; λ from 0 to 0.1, 0.01 to begin with",
}

func (a *adam) Knobs() []knob.Knob {
	return append(momentKnobs(&a.Beta1, &a.Beta2, &a.Eps),
		knob.Bool("optimizer.amsgrad", &a.AMSGrad, "AMSGrad: divide by the largest second moment so far instead of the present one").Explained(knob.Doc{
			Formula: "vₜᵐᵃˣ = max(vₜ₋₁ᵐᵃˣ, vₜ)\n" +
				"θₜ = θₜ₋₁ − η m̂ₜ / (√(vₜᵐᵃˣ / (1 − β₂ᵗ)) + ε)",
			Source:  "S. J. Reddi, S. Kale, S. Kumar, “On the Convergence of Adam and Beyond”, ICLR 2018, algorithm 2 (there without bias correction)",
			PyTorch: "torch.optim.Adam(amsgrad=True), torch.optim.AdamW(amsgrad=True)",
			When: "The denominator no longer shrinks once large gradients are past, which restores convergence on convex problems" +
				" where Adam provably fails. On networks it seldom changes the result; leave it off unless training diverges late.",
			Range: "off; on to compare",
		}))
}

func (a *adam) Init(layout knob.Layout) {
	n := layout.Size()
	a.mean, a.square, a.largest = make([]float64, n), make([]float64, n), make([]float64, n)
}

func (a *adam) State() []knob.Buffer {
	return []knob.Buffer{
		{Name: "adam/mean", Data: a.mean},
		{Name: "adam/square mean", Data: a.square},
		{Name: "adam/largest square mean", Data: a.largest},
	}
}

func (a *adam) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		f := adamFactors(a.Beta1, a.Beta2, a.Eps, s.Age)
		if !a.AMSGrad {
			kernel.Adam(s.Of(update), s.Of(a.mean), s.Of(a.square), f)
			continue
		}
		for i := s.From; i < s.To; i++ {
			g := update[i]
			a.mean[i] = float64(a.Beta1*a.mean[i]) + float64((1-a.Beta1)*g)
			a.square[i] = float64(a.Beta2*a.square[i]) + float64((1-a.Beta2)*float64(g*g))
			a.largest[i] = max(a.largest[i], a.square[i])
			update[i] = a.mean[i] * f.Unbias / (math.Sqrt(a.largest[i])/f.Root + a.Eps)
		}
	}
}

func (a *adam) pass(of *run[float64], s Span) (finite bool) {
	return adamPass(a, of, s, a.mean, a.square, a.largest)
}

func (a *adam) single(of *run[float32], s Span, state [][]float32) (finite bool) {
	return adamPass(a, of, s, state[0], state[1], state[2])
}

func adamPass[T kernel.Float](a *adam, of *run[T], s Span, mean, square, largest []T) (finite bool) {
	p, f := of.part(s), adamFactors(a.Beta1, a.Beta2, a.Eps, s.Age)
	if a.AMSGrad {
		return p.AMSGrad(within(s, mean), within(s, square), within(s, largest), f)
	}
	return p.Adam(within(s, mean), within(s, square), f)
}

func (a *adam) stability(size int, at At) Stability {
	square := a.square
	if a.AMSGrad {
		square = a.largest
	}
	return Stability{
		Limit: heavyBall(a.Beta1, 1-a.Beta1), Formula: "(2 + 2β₁) / ((1 − β₁) η)", Source: adaptiveEdgePaper + ", section 2",
		Scale: at.inverse(size, func(s Span, i int) float64 {
			return math.Sqrt(square[i])/adamFactors(a.Beta1, a.Beta2, a.Eps, s.Age).Root + a.Eps
		}),
	}
}

func (a *adam) worked(w *Worked) {
	w.Title = "Adam"
	workMoments(w, "adam", a.Beta1, a.Beta2, a.Eps)
	w.Line("m̂ₜ", "mₜ / (1 − β₁ᵗ)")
	if a.AMSGrad {
		w.Before("vₜ₋₁ᵐᵃˣ", "adam/largest square mean")
		w.Line("vₜᵐᵃˣ", "max(vₜ₋₁ᵐᵃˣ, vₜ)")
		w.Line("v̂ₜ", "vₜᵐᵃˣ / (1 − β₂ᵗ)")
	} else {
		w.Line("v̂ₜ", "vₜ / (1 − β₂ᵗ)")
	}
	w.Line("uₜ", "m̂ₜ / (√v̂ₜ + ε)")
	w.Hand("uₜ")
}
