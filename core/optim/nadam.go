package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// nadam is Adam with Nesterov's look-ahead: with μₜ = β₁ (1 − ½ · 0.96^(t ψ)),
// u = (μₜ₊₁ m / (1 − Πμ·μₜ₊₁) + (1 − μₜ) g / (1 − Πμ)) / (√v̂ + ε).
// Dozat 2016, as torch.optim.NAdam; where version 1.13 counts μₜ twice in the
// product for t+1, the paper holds.
type nadam struct {
	Beta1, Beta2, Eps, Decay float64
	mean, square             []float64
	product                  []float64 // one number: Πμ
}

func (n *nadam) Knobs() []knob.Knob {
	return append(betasAndEps(&n.Beta1, &n.Beta2, &n.Eps),
		knob.Float("optimizer.momentum_decay", &n.Decay, 0, 1, knob.Log, "how fast the momentum warms up").WithScale(knob.Log, 1e-4))
}

func (n *nadam) Init(layout knob.Layout) {
	n.mean, n.square = make([]float64, layout.Size()), make([]float64, layout.Size())
	n.product = make([]float64, 1)
}

func (n *nadam) State() []knob.Buffer {
	return []knob.Buffer{
		{Name: "nadam/mean", Data: n.mean},
		{Name: "nadam/square mean", Data: n.square},
		{Name: "nadam/momentum product", Data: n.product},
	}
}

func (n *nadam) momentum(t int) float64 {
	return float64(n.Beta1 * (1 - float64(0.5*kernel.Exp(float64(t)*n.Decay*log096))))
}

const log096 = -0.040821994520255166 // log 0.96

func (n *nadam) Apply(update, _ []float64, at At) {
	now, next := n.momentum(at.Age), n.momentum(at.Age+1)
	if at.Age == 1 {
		n.product[0] = 1
	}
	n.product[0] = float64(n.product[0] * now)
	fromGrad := (1 - now) / (1 - n.product[0])
	fromMean := next / (1 - float64(n.product[0]*next))
	unbias := 1 - kernel.Power(n.Beta2, at.Age)
	for i, g := range update {
		n.mean[i] = float64(n.Beta1*n.mean[i]) + float64((1-n.Beta1)*g)
		n.square[i] = float64(n.Beta2*n.square[i]) + float64((1-n.Beta2)*float64(g*g))
		update[i] = (float64(fromGrad*g) + float64(fromMean*n.mean[i])) / (math.Sqrt(n.square[i]/unbias) + n.Eps)
	}
}
