package optim

import (
	"math"

	"descent/core/knob"
)

// adagrad divides by the root of the sum of all squared gradients.
type adagrad struct {
	Eps, LRDecay, Initial float64
	sum                   []float64
}

const adagradPaper = "J. Duchi, E. Hazan, Y. Singer, “Adaptive Subgradient Methods for Online Learning and Stochastic" +
	" Optimization”, JMLR 12, 2011"

var adagradDoc = knob.Doc{
	Formula: "sₜ = sₜ₋₁ + gₜ², s₀ = initial_accumulator_value\n" +
		"θₜ = θₜ₋₁ − ηₜ gₜ / (√sₜ + ε)\n" +
		"ηₜ = η / (1 + (t − 1) · lr_decay)",
	Source:  adagradPaper + ", figure 1",
	PyTorch: "torch.optim.Adagrad(lr, lr_decay, weight_decay, initial_accumulator_value, eps)",
	When: "For sparse features, whose parameters keep a high rate until their features have been seen, and for convex" +
		" problems. In long training of deep networks the steps shrink too far: take rmsprop or adam.",
	Range: "η from 1e-3 to 1; 1e-2 to begin with",
}

func (a *adagrad) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.lr_decay", &a.LRDecay, 0, 1, knob.Log, "decay of the learning rate with the number of updates").WithZero("off").WithScale(knob.Log, 1e-6).Explained(knob.Doc{
			Formula: "ηₜ = η / (1 + (t − 1) · lr_decay)",
			Source:  knob.None,
			PyTorch: "torch.optim.Adagrad(lr_decay)",
			When:    "Adagrad's steps shrink by themselves already; a decay on top is for long runs on noisy gradients.",
			Range:   "0 to 1e-2; off to begin with",
		}),
		knob.Float("optimizer.initial_accumulator_value", &a.Initial, 0, 1e6, knob.Log, "initial value of the sum of squared gradients").WithScale(knob.Log, 1e-3).Explained(knob.Doc{
			Formula: "s₀, in sₜ = s₀ + g₁² + … + gₜ²",
			Source:  knob.None,
			PyTorch: "torch.optim.Adagrad(initial_accumulator_value)",
			When: "At 0 the first step moves every parameter by η, whatever the size of its gradient. A positive value makes the" +
				" first steps smaller; it is read at the first step of the optimizer.",
			Range: "0 to 1; 0 to begin with (Keras takes 0.1)",
		}),
		epsKnob(&a.Eps, knob.Doc{
			Formula: "ε in η gₜ / (√sₜ + ε)",
			Source:  adagradPaper + ", figure 1 (δ there)",
			PyTorch: "torch.optim.Adagrad(eps)",
			When:    "Rarely worth tuning: it matters only where the gradients of a parameter are tiny.",
			Range:   "1e-10 to 1e-6; 1e-10 to begin with",
		}),
	}
}

func (a *adagrad) Init(layout knob.Layout) {
	a.sum = make([]float64, layout.Size())
}

func (a *adagrad) State() []knob.Buffer {
	return []knob.Buffer{{Name: "adagrad/square sum", Data: a.sum}}
}

func (a *adagrad) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		u, sum, slow := s.Of(update), a.begun(s), a.slow(s)
		for i, g := range u {
			sum[i] += float64(g * g)
			u[i] = g / (math.Sqrt(sum[i]) + a.Eps) / slow
		}
	}
}

// begun is the sums of a span before its update.
func (a *adagrad) begun(s Span) []float64 {
	sum := s.Of(a.sum)
	if s.Age == 1 {
		for i := range sum {
			sum[i] = a.Initial
		}
	}
	return sum
}

func (a *adagrad) slow(s Span) float64 { return 1 + float64(float64(s.Age-1)*a.LRDecay) }

func (a *adagrad) pass(of *run[float64], s Span) (finite bool) {
	return of.part(s).Adagrad(a.begun(s), a.Eps, a.slow(s))
}

func (a *adagrad) stability(size int, at At) Stability {
	return Stability{
		Limit: 2, Formula: "2/ηₜ", Source: adaptiveEdgePaper + ", section 2",
		Scale: at.inverse(size, func(s Span, i int) float64 {
			return (math.Sqrt(a.sum[i]) + a.Eps) * (1 + float64(float64(max(s.Age-1, 0))*a.LRDecay))
		}),
	}
}

func (a *adagrad) worked(w *Worked) {
	w.Title = "Adagrad"
	w.Set("ε", a.Eps)
	if w.Before("sₜ₋₁", "adagrad/square sum"); w.Age() == 1 {
		w.Set("sₜ₋₁", a.Initial)
	}
	w.Line("sₜ", "sₜ₋₁ + gₜ²")
	if a.LRDecay == 0 {
		w.Line("uₜ", "gₜ / (√sₜ + ε)")
	} else {
		w.Set("lr_decay", a.LRDecay)
		w.Line("uₜ", "gₜ / (√sₜ + ε) / (1 + (t − 1) lr_decay)")
	}
	w.Hand("uₜ")
}
