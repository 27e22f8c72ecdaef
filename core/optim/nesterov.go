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
	keep := n.Mu
	if at.Age == 1 {
		keep = 0
	}
	for i, g := range update {
		n.buffer[i] = float64(keep*n.buffer[i]) + g
		update[i] = g + float64(n.Mu*n.buffer[i])
	}
}
