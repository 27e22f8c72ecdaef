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
	unbias := 1 / (1 - kernel.Power(a.Beta1, at.Age))
	root := math.Sqrt(1 - kernel.Power(a.Beta2, at.Age))
	if !a.AMSGrad {
		kernel.Adam(update, a.mean, a.square, kernel.AdamFactors{
			Beta1: a.Beta1, Beta2: a.Beta2, Unbias: unbias, Root: root, Eps: a.Eps,
		})
		return
	}
	for i, g := range update {
		a.mean[i] = float64(a.Beta1*a.mean[i]) + float64((1-a.Beta1)*g)
		a.square[i] = float64(a.Beta2*a.square[i]) + float64((1-a.Beta2)*float64(g*g))
		a.largest[i] = max(a.largest[i], a.square[i])
		update[i] = a.mean[i] * unbias / (math.Sqrt(a.largest[i])/root + a.Eps)
	}
}
