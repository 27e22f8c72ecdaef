package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// nesterov is Nesterov momentum, in the form of torch.optim.SGD.
type nesterov struct {
	Mu     float64
	buffer []float64
}

const sutskeverPaper = "I. Sutskever, J. Martens, G. Dahl, G. Hinton, “On the importance of initialization and momentum" +
	" in deep learning”, ICML 2013"

var nesterovDoc = knob.Doc{
	Formula: "bₜ = μ bₜ₋₁ + gₜ\n" +
		"θₜ = θₜ₋₁ − η (gₜ + μ bₜ)",
	Source: "Y. Nesterov, “A method of solving a convex programming problem with convergence rate O(1/k²)”, Soviet" +
		" Mathematics Doklady 27, 1983; " + sutskeverPaper + " (there with the gradient at θ + μ v; here, as in PyTorch, rewritten for the gradient at θₜ₋₁)",
	PyTorch: "torch.optim.SGD(lr, momentum, nesterov=True, weight_decay)",
	When: "In place of momentum: the newest gradient counts more, and it oscillates less at high μ. The" +
		" gain over momentum is small where batches are noisy.",
	Range: "η from 1e-3 to 1; 1e-2 to begin with, at μ = 0.9",
}

func (n *nesterov) Knobs() []knob.Knob {
	return []knob.Knob{momentumKnob(&n.Mu, knob.Doc{
		Formula: "bₜ = μ bₜ₋₁ + gₜ\n" +
			"θₜ = θₜ₋₁ − η (gₜ + μ bₜ)",
		Source:  sutskeverPaper + ", equations 3 and 4 (there with the gradient at θ + μ v)",
		PyTorch: "torch.optim.SGD(momentum, nesterov=True)",
		When: "A steady gradient is amplified by 1 / (1 − μ): when you raise μ, lower η. High values smooth noisy gradients" +
			" but overshoot in narrow valleys.",
		Range: "0.8 to 0.99; 0.9 to begin with",
	})}
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

func (n *nesterov) pass(of *run[float64], s Span) (finite bool) {
	return nesterovPass(n, of, s, n.buffer)
}

func (n *nesterov) single(of *run[float32], s Span, state [][]float32) (finite bool) {
	return nesterovPass(n, of, s, state[0])
}

func nesterovPass[T kernel.Float](n *nesterov, of *run[T], s Span, buffer []T) (finite bool) {
	keep := n.Mu
	if s.Age == 1 {
		keep = 0
	}
	return of.part(s).Nesterov(within(s, buffer), keep, n.Mu)
}

func (n *nesterov) stability(int, At) Stability {
	return Stability{Limit: 2 * (1 + n.Mu) / (1 + float64(2*n.Mu)), Formula: "(2 + 2μ) / ((1 + 2μ) η)", Source: edgePaper + ", appendix B"}
}

func (n *nesterov) worked(w *Worked) {
	w.Title = "Nesterov momentum"
	w.Set("μ", n.Mu)
	if w.Before("bₜ₋₁", "nesterov/momentum"); w.Age() == 1 {
		w.Line("bₜ", "gₜ")
	} else {
		w.Line("bₜ", "μ bₜ₋₁ + gₜ")
	}
	w.Line("uₜ", "gₜ + μ bₜ")
	w.Hand("uₜ")
}
