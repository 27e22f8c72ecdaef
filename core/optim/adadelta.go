package optim

import (
	"math"

	"descent/core/knob"
)

// adadelta scales the gradient by the ratio of the root mean squares of past updates
// and past gradients.
type adadelta struct {
	Rho, Eps       float64
	square, deltas []float64
}

const adadeltaPaper = "M. D. Zeiler, “ADADELTA: An Adaptive Learning Rate Method”, arXiv 1212.5701, 2012"

var adadeltaDoc = knob.Doc{
	Formula: "vₜ = ρ vₜ₋₁ + (1 − ρ) gₜ²\n" +
		"uₜ = √(dₜ₋₁ + ε) / √(vₜ + ε) · gₜ\n" +
		"dₜ = ρ dₜ₋₁ + (1 − ρ) uₜ²\n" +
		"θₜ = θₜ₋₁ − η uₜ",
	Source:  adadeltaPaper + ", algorithm 1 (there without η)",
	PyTorch: "torch.optim.Adadelta(lr, rho, eps, weight_decay)",
	When: "Where no learning rate can be tuned: the update has the units of the parameters by itself, and η stays at 1." +
		" It starts slowly; Adam usually reaches a lower loss with as little tuning.",
	Range: "η from 0.1 to 1; 1 to begin with",
}

func (a *adadelta) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.rho", &a.Rho, 0, 1, knob.Complement, "ρ: decay rate of both averages, of squared gradients and of squared updates").Explained(knob.Doc{
			Formula: "vₜ = ρ vₜ₋₁ + (1 − ρ) gₜ²\n" +
				"dₜ = ρ dₜ₋₁ + (1 − ρ) uₜ²",
			Source:  adadeltaPaper + ", algorithm 1",
			PyTorch: "torch.optim.Adadelta(rho)",
			When:    "The averages reach back over about 1 / (1 − ρ) steps. Raise it for noisy gradients, lower it to adapt faster.",
			Range:   "0.9 to 0.99; 0.9 to begin with (the paper takes 0.95)",
		}),
		epsKnob(&a.Eps, knob.Doc{
			Formula: "ε in √(dₜ₋₁ + ε) / √(vₜ + ε) · gₜ",
			Source:  adadeltaPaper + ", algorithm 1",
			PyTorch: "torch.optim.Adadelta(eps)",
			When: "It sets the size of the first steps, since d₀ = 0: raise it where training is slow to start, lower it" +
				" where it starts too wildly.",
			Range: "1e-8 to 1e-4; 1e-6 to begin with",
		}),
	}
}

func (a *adadelta) Init(layout knob.Layout) {
	a.square, a.deltas = make([]float64, layout.Size()), make([]float64, layout.Size())
}

func (a *adadelta) State() []knob.Buffer {
	return []knob.Buffer{{Name: "adadelta/square mean", Data: a.square}, {Name: "adadelta/update square mean", Data: a.deltas}}
}

func (a *adadelta) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		a.apply(s.Of(update), s.Of(a.square), s.Of(a.deltas))
	}
}

func (a *adadelta) apply(update, square, deltas []float64) {
	for i, g := range update {
		square[i] = float64(a.Rho*square[i]) + float64((1-a.Rho)*float64(g*g))
		u := math.Sqrt(deltas[i]+a.Eps) / math.Sqrt(square[i]+a.Eps) * g
		deltas[i] = float64(a.Rho*deltas[i]) + float64((1-a.Rho)*float64(u*u))
		update[i] = u
	}
}

func (a *adadelta) pass(of *run[float64], s Span) (finite bool) {
	return of.part(s).Adadelta(s.Of(a.square), s.Of(a.deltas), a.Rho, a.Eps)
}

func (a *adadelta) worked(w *Worked) {
	w.Title = "Adadelta"
	w.Set("ρ", a.Rho)
	w.Set("ε", a.Eps)
	w.Before("vₜ₋₁", "adadelta/square mean")
	w.Before("dₜ₋₁", "adadelta/update square mean")
	w.Line("vₜ", "ρ vₜ₋₁ + (1 − ρ) gₜ²")
	w.Line("uₜ", "√(dₜ₋₁ + ε) / √(vₜ + ε) · gₜ")
	w.Line("dₜ", "ρ dₜ₋₁ + (1 − ρ) uₜ²")
	w.Hand("uₜ")
}
