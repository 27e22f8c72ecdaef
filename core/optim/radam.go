package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// radam is Adam that waits for its mean of squares to mean something: while
// the length ρₜ of the averaged sample is at most 5, u = m̂; then
// u = r m̂ / √v̂ with r = √((ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ)).
// Liu et al. 2020, algorithm 2, as torch.optim.RAdam (ε is added to √v).
type radam struct {
	Beta1, Beta2, Eps float64
	mean, square      []float64
}

func (r *radam) Knobs() []knob.Knob { return betasAndEps(&r.Beta1, &r.Beta2, &r.Eps) }

func (r *radam) Init(layout knob.Layout) {
	r.mean, r.square = make([]float64, layout.Size()), make([]float64, layout.Size())
}

func (r *radam) State() []knob.Buffer {
	return []knob.Buffer{{Name: "radam/mean", Data: r.mean}, {Name: "radam/square mean", Data: r.square}}
}

func (r *radam) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		r.apply(s.Of(update), s.Of(r.mean), s.Of(r.square), s.Age)
	}
}

func (r *radam) apply(update, means, squares []float64, age int) {
	t := float64(age)
	power := kernel.Power(r.Beta2, age)
	longest := 2/(1-r.Beta2) - 1
	length := longest - 2*t*power/(1-power)
	unbias := 1 - kernel.Power(r.Beta1, age)
	rectified, root := 0.0, math.Sqrt(1-power)
	if length > 5 {
		rectified = math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
	}
	for i, g := range update {
		means[i] = float64(r.Beta1*means[i]) + float64((1-r.Beta1)*g)
		squares[i] = float64(r.Beta2*squares[i]) + float64((1-r.Beta2)*float64(g*g))
		update[i] = means[i] / unbias
		if length > 5 {
			update[i] *= rectified * (root / (math.Sqrt(squares[i]) + r.Eps))
		}
	}
}
