package optim

import "descent/core/knob"

// rprop goes by signs alone: each weight has a step of its own, longer (η⁺)
// while the sign of its gradient stays, shorter (η⁻, and no move) when it
// turns. The rate is the first step. It takes full batches, whose signs mean
// something.
// Riedmiller, Braun 1993, as torch.optim.Rprop.
type rprop struct {
	Minus, Plus, Least, Most float64
	last, steps              []float64
}

func (r *rprop) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.etaminus", &r.Minus, 0.01, 0.99, knob.Linear, "what a step shrinks by when the sign turns").WithStep(0.05),
		knob.Float("optimizer.etaplus", &r.Plus, 1.001, 10, knob.Linear, "what a step grows by while the sign stays").WithStep(0.05),
		knob.Float("optimizer.step_size_min", &r.Least, 0, 1, knob.Log, "the shortest step"),
		knob.Float("optimizer.step_size_max", &r.Most, 0, 1e6, knob.Log, "the longest step").WithScale(knob.Log, 1e-3),
	}
}

func (r *rprop) Init(layout knob.Layout) {
	r.last, r.steps = make([]float64, layout.Size()), make([]float64, layout.Size())
}

func (r *rprop) State() []knob.Buffer {
	return []knob.Buffer{{Name: "rprop/last gradient", Data: r.last}, {Name: "rprop/step size", Data: r.steps}}
}

func (r *rprop) Apply(update, _ []float64, at At) {
	for _, s := range at.spans(len(update), 0) {
		u, last, steps := s.Of(update), s.Of(r.last), s.Of(r.steps)
		if s.Age == 1 {
			for i := range steps {
				steps[i] = at.LR
			}
		}
		for i, g := range u {
			factor := 1.0
			switch turn := g * last[i]; {
			case turn > 0:
				factor = r.Plus
			case turn < 0:
				factor = r.Minus
			}
			steps[i] = min(max(float64(steps[i]*factor), r.Least), r.Most)
			if factor == r.Minus {
				g = 0
			}
			u[i] = float64(sign(g) * steps[i])
			last[i] = g
		}
	}
}

// sign is −1, 0 or 1; NaN stays NaN.
func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}
