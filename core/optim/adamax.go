package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// adamax is Adam with the largest gradient in place of the mean square:
// m ← β₁ m + (1 − β₁) g, s ← max(β₂ s, |g| + ε), u = m / (1 − β₁ᵗ) / s.
// Kingma, Ba 2015, algorithm 2, as torch.optim.Adamax.
type adamax struct {
	Beta1, Beta2, Eps float64
	mean, largest     []float64
}

func (a *adamax) Knobs() []knob.Knob { return betasAndEps(&a.Beta1, &a.Beta2, &a.Eps) }

// betasAndEps are the knobs of Adam and its relatives.
func betasAndEps(beta1, beta2, eps *float64) []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.beta1", beta1, 0, 0.999999999, knob.Complement, "how long gradients are remembered"),
		knob.Float("optimizer.beta2", beta2, 0, 0.999999999, knob.Complement, "how long squared gradients are remembered"),
		epsKnob(eps),
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
