package optim

import "descent/core/knob"

// momentum is the heavy ball: b ← μ b + (1 − τ) g, u = b; the first b is g.
// Polyak 1964, in the form of torch.optim.SGD.
type momentum struct {
	Mu, Dampening float64
	buffer        []float64
}

func (m *momentum) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.momentum", &m.Mu, 0, 1, knob.Complement, "how much of the last update carries on"),
		knob.Float("optimizer.dampening", &m.Dampening, 0, 1, knob.Linear, "how much of the new gradient is held back"),
	}
}

func (m *momentum) Init(layout knob.Layout) { m.buffer = make([]float64, layout.Size()) }

func (m *momentum) State() []knob.Buffer {
	return []knob.Buffer{{Name: "momentum/momentum", Data: m.buffer}}
}

func (m *momentum) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		u, buffer := s.Of(update), s.Of(m.buffer)
		if s.Age == 1 {
			copy(buffer, u)
			continue
		}
		for i, g := range u {
			buffer[i] = float64(m.Mu*buffer[i]) + float64((1-m.Dampening)*g)
			u[i] = buffer[i]
		}
	}
}
