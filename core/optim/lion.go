package optim

import "descent/core/knob"

// lion moves every weight by the sign of an interpolated momentum:
// u = sign(β₁ m + (1 − β₁) g), then m ← β₂ m + (1 − β₂) g.
// Chen et al. 2023, algorithm 2.
type lion struct {
	Beta1, Beta2 float64
	mean         []float64
}

func (l *lion) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.beta1", &l.Beta1, 0, 0.999999999, knob.Complement, "how much of the momentum the sign is taken of"),
		knob.Float("optimizer.beta2", &l.Beta2, 0, 0.999999999, knob.Complement, "how long gradients are remembered"),
	}
}

func (l *lion) Init(layout knob.Layout) { l.mean = make([]float64, layout.Size()) }

func (l *lion) State() []knob.Buffer { return []knob.Buffer{{Name: "lion/mean", Data: l.mean}} }

func (l *lion) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		u, mean := s.Of(update), s.Of(l.mean)
		for i, g := range u {
			u[i] = sign(float64(l.Beta1*mean[i]) + float64((1-l.Beta1)*g))
			mean[i] = float64(l.Beta2*mean[i]) + float64((1-l.Beta2)*g)
		}
	}
}
