package optim

import (
	"math"

	"descent/core/knob"
)

// adadelta scales by the ratio of past updates to past gradients, so that
// units agree: v ← ρ v + (1 − ρ) g², u = √(d + ε) / √(v + ε) · g,
// d ← ρ d + (1 − ρ) u². Zeiler 2012, algorithm 1, as torch.optim.Adadelta.
type adadelta struct {
	Rho, Eps       float64
	square, deltas []float64
}

func (a *adadelta) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.rho", &a.Rho, 0, 1, knob.Complement, "how long squares are remembered"),
		epsKnob(&a.Eps),
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
