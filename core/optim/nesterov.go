package optim

import "descent/core/knob"

// nesterov looks ahead along its own momentum: b ← μ b + g, u = g + μ b.
// Nesterov 1983, in the form of torch.optim.SGD.
type nesterov struct {
	Mu     float64
	buffer []float64
}

func (n *nesterov) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.momentum", &n.Mu, 0, 1, knob.Complement, "how much of the last update carries on"),
	}
}

func (n *nesterov) Init(layout knob.Layout) { n.buffer = make([]float64, layout.Size()) }

func (n *nesterov) State() []knob.Buffer {
	return []knob.Buffer{{Name: "nesterov/momentum", Data: n.buffer}}
}

func (n *nesterov) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		keep := n.Mu
		if s.Age == 1 {
			keep = 0
		}
		u, buffer := s.Of(update), s.Of(n.buffer)
		for i, g := range u {
			buffer[i] = float64(keep*buffer[i]) + g
			u[i] = g + float64(n.Mu*buffer[i])
		}
	}
}
