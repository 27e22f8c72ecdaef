package optim

import (
	"math"

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
	return []knob.Knob{
		knob.Float("optimizer.beta1", &a.Beta1, 0, 0.999999999, knob.Complement, "how long gradients are remembered"),
		knob.Float("optimizer.beta2", &a.Beta2, 0, 0.999999999, knob.Complement, "how long squared gradients are remembered"),
		epsKnob(&a.Eps),
		knob.Bool("optimizer.amsgrad", &a.AMSGrad, "never let the mean of squares fall"),
	}
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
	unbias := 1 / (1 - math.Pow(a.Beta1, float64(at.Age)))
	root := math.Sqrt(1 - math.Pow(a.Beta2, float64(at.Age)))
	m, v := a.mean[:len(update)], a.square[:len(update)]
	for i, g := range update {
		m[i] = a.Beta1*m[i] + (1-a.Beta1)*g
		v[i] = a.Beta2*v[i] + (1-a.Beta2)*g*g
		square := v[i]
		if a.AMSGrad {
			square = max(a.largest[i], square)
			a.largest[i] = square
		}
		update[i] = m[i] * unbias / (math.Sqrt(square)/root + a.Eps)
	}
}
