package optim

import (
	"math"

	"descent/core/knob"
)

// adagrad divides by the root of the sum of all squared gradients so far:
// s ← s + g², u = g / (√s + ε) / (1 + (t − 1) η_decay).
// Duchi, Hazan, Singer 2011, as torch.optim.Adagrad.
type adagrad struct {
	Eps, LRDecay, Initial float64
	sum                   []float64
}

func (a *adagrad) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.lr_decay", &a.LRDecay, 0, 1, knob.Log, "how fast the rate falls with each update").WithZero("off").WithScale(knob.Log, 1e-6),
		knob.Float("optimizer.initial_accumulator_value", &a.Initial, 0, 1e6, knob.Log, "where the sum of squares starts, when the optimizer starts").WithScale(knob.Log, 1e-3),
		epsKnob(&a.Eps),
	}
}

func epsKnob(v *float64) knob.Knob {
	return knob.Float("optimizer.eps", v, 0, 1, knob.Log, "keeps the division finite").WithScale(knob.Log, 1e-12)
}

func (a *adagrad) Init(layout knob.Layout) {
	a.sum = make([]float64, layout.Size())
}

func (a *adagrad) State() []knob.Buffer {
	return []knob.Buffer{{Name: "adagrad/square sum", Data: a.sum}}
}

func (a *adagrad) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		u, sum := s.Of(update), s.Of(a.sum)
		if s.Age == 1 {
			for i := range sum {
				sum[i] = a.Initial
			}
		}
		slow := 1 + float64(float64(s.Age-1)*a.LRDecay)
		for i, g := range u {
			sum[i] += float64(g * g)
			u[i] = g / (math.Sqrt(sum[i]) + a.Eps) / slow
		}
	}
}
