package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// adam: m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g²,
// u = m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
// With amsgrad the largest v so far stands for v.
// Kingma, Ba 2015, algorithm 1; Reddi, Kale, Kumar 2018; as torch.optim.Adam.
type adam struct {
	Beta1, Beta2, Eps     float64
	AMSGrad               bool
	mean, square, largest []float64
}

func (a *adam) Knobs() []knob.Knob {
	return append(betasAndEps(&a.Beta1, &a.Beta2, &a.Eps),
		knob.Bool("optimizer.amsgrad", &a.AMSGrad, "never let the mean of squares fall"))
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

// adamFactors are what Adam's formula takes at an age.
func adamFactors(beta1, beta2, eps float64, age int) kernel.AdamFactors {
	return kernel.AdamFactors{
		Beta1: beta1, Beta2: beta2, Eps: eps,
		Unbias: 1 / (1 - kernel.Power(beta1, age)), Root: math.Sqrt(1 - kernel.Power(beta2, age)),
	}
}
