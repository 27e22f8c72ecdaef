package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// momentum is the heavy-ball method, in the form of torch.optim.SGD.
type momentum struct {
	Mu, Dampening float64
	buffer        []float64
}

const polyakPaper = "B. T. Polyak, “Some methods of speeding up the convergence of iteration methods”," +
	" USSR Computational Mathematics and Mathematical Physics 4(5), 1964"

const momentumHelp = "SGD with momentum (heavy-ball method)"

var momentumDoc = knob.Doc{
	Formula: "bₜ = μ bₜ₋₁ + (1 − τ) gₜ, b₁ = g₁\n" +
		"θₜ = θₜ₋₁ − η bₜ",
	Source:  polyakPaper + " (heavy-ball method)",
	PyTorch: "torch.optim.SGD(lr, momentum, dampening, weight_decay)",
	When: "The standard for convolutional networks, with a schedule that lowers η: it needs more tuning than Adam and often" +
		" generalises better. It speeds up long, narrow valleys, where plain SGD zigzags. Stable while the largest curvature is" +
		" below (2 + 2μ)/η.",
	Range: "η from 1e-3 to 1; 1e-2 to begin with, at μ = 0.9",
}

// momentumKnob is the momentum coefficient; doc says of which recursion.
func momentumKnob(v *float64, doc knob.Doc) knob.Knob {
	return knob.Float("optimizer.momentum", v, 0, 1, knob.Complement, "μ: momentum coefficient (decay rate of the momentum buffer)").Explained(doc)
}

func (m *momentum) Knobs() []knob.Knob {
	return []knob.Knob{
		momentumKnob(&m.Mu, knob.Doc{
			Formula: "bₜ = μ bₜ₋₁ + (1 − τ) gₜ",
			Source:  polyakPaper,
			PyTorch: "torch.optim.SGD(momentum)",
			When: "A steady gradient is amplified by 1 / (1 − μ): when you raise μ, lower η. High values smooth noisy gradients" +
				" but overshoot in narrow valleys.",
			Range: "0.8 to 0.99; 0.9 to begin with",
		}),
		knob.Float("optimizer.dampening", &m.Dampening, 0, 1, knob.Linear, "τ: fraction of the new gradient that is left out of the momentum buffer").Explained(knob.Doc{
			Formula: "bₜ = μ bₜ₋₁ + (1 − τ) gₜ",
			Source:  knob.None,
			PyTorch: "torch.optim.SGD(dampening)",
			When: "With τ = μ the buffer is an exponential moving average of the gradient, and the size of a step no longer" +
				" depends on μ.",
			Range: "0 to begin with; μ for a moving average",
		}),
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

func (m *momentum) pass(of *run[float64], s Span) (finite bool) {
	return momentumPass(m, of, s, m.buffer)
}

func (m *momentum) single(of *run[float32], s Span, state [][]float32) (finite bool) {
	return momentumPass(m, of, s, state[0])
}

func momentumPass[T kernel.Float](m *momentum, of *run[T], s Span, buffer []T) (finite bool) {
	if s.Age == 1 {
		return of.part(s).Begin(within(s, buffer))
	}
	return of.part(s).Momentum(within(s, buffer), m.Mu, 1-m.Dampening)
}

func (m *momentum) stability(int, At) Stability {
	formula := "(2 + 2μ) / η"
	if m.Dampening > 0 {
		formula = "(2 + 2μ) / ((1 − τ) η)"
	}
	return Stability{Limit: heavyBall(m.Mu, 1-m.Dampening), Formula: formula, Source: edgePaper + ", appendix B"}
}

func (m *momentum) worked(w *Worked) {
	w.Title = "momentum"
	w.Set("μ", m.Mu)
	w.Set("τ", m.Dampening)
	w.Before("bₜ₋₁", "momentum/momentum")
	switch {
	case w.Age() == 1:
		w.Line("bₜ", "gₜ")
	case m.Dampening == 0:
		w.Line("bₜ", "μ bₜ₋₁ + gₜ")
	default:
		w.Line("bₜ", "μ bₜ₋₁ + (1 − τ) gₜ")
	}
	w.Hand("bₜ")
}
