package optim

import "descent/core/knob"

// rprop has a step size for each parameter, which grows while the gradient keeps its
// sign and shrinks where it changes. The learning rate is the first step size.
type rprop struct {
	Minus, Plus, Least, Most float64
	last, steps              []float64
}

const rpropPaper = "M. Riedmiller, H. Braun, “A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm”, ICNN 1993"

var rpropDoc = knob.Doc{
	Formula: "Δₜ = η⁺ Δₜ₋₁ if gₜ gₜ₋₁ > 0, η⁻ Δₜ₋₁ if gₜ gₜ₋₁ < 0, else Δₜ₋₁; Δ₀ = η\n" +
		"Δₜ is kept between step_size_min and step_size_max\n" +
		"gₜ ← 0 if gₜ gₜ₋₁ < 0\n" +
		"θₜ = θₜ₋₁ − sign(gₜ) Δₜ",
	Source:  rpropPaper + "; in the variant iRprop− of C. Igel, M. Hüsken, “Improving the Rprop Learning Algorithm”, NC 2000",
	PyTorch: "torch.optim.Rprop(lr, etas=(η⁻, η⁺), step_sizes=(min, max))",
	When: "For small networks and data sets, always on the full batch: it needs almost no tuning. On mini-batches the" +
		" signs are noise; there take rmsprop.",
	Range: "η (the first step size) from 1e-3 to 0.1; 1e-2 to begin with",
}

func (r *rprop) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.etaminus", &r.Minus, 0.01, 0.99, knob.Linear, "η⁻: factor of the step size after the gradient changes sign").WithStep(0.05).Explained(knob.Doc{
			Formula: "Δₜ = η⁻ Δₜ₋₁ if gₜ gₜ₋₁ < 0",
			Source:  rpropPaper,
			PyTorch: "torch.optim.Rprop(etas=(η⁻, η⁺))",
			When:    "A sign change means that a minimum was passed; the step is halved. Seldom worth tuning.",
			Range:   "0.3 to 0.7; 0.5 to begin with",
		}),
		knob.Float("optimizer.etaplus", &r.Plus, 1.001, 10, knob.Linear, "η⁺: factor of the step size while the gradient keeps its sign").WithStep(0.05).Explained(knob.Doc{
			Formula: "Δₜ = η⁺ Δₜ₋₁ if gₜ gₜ₋₁ > 0",
			Source:  rpropPaper,
			PyTorch: "torch.optim.Rprop(etas=(η⁻, η⁺))",
			When:    "Larger values cross plateaus faster, and overshoot more often. Seldom worth tuning.",
			Range:   "1.1 to 1.3; 1.2 to begin with",
		}),
		knob.Float("optimizer.step_size_min", &r.Least, 0, 1, knob.Log, "minimum step size of a parameter").Explained(knob.Doc{
			Formula: "Δₜ ≥ step_size_min",
			Source:  rpropPaper,
			PyTorch: "torch.optim.Rprop(step_sizes=(min, max))",
			When:    "Lower it to converge to a higher precision; it only keeps steps from vanishing.",
			Range:   "1e-9 to 1e-5; 1e-6 to begin with",
		}),
		knob.Float("optimizer.step_size_max", &r.Most, 0, 1e6, knob.Log, "maximum step size of a parameter").WithScale(knob.Log, 1e-3).Explained(knob.Doc{
			Formula: "Δₜ ≤ step_size_max",
			Source:  rpropPaper,
			PyTorch: "torch.optim.Rprop(step_sizes=(min, max))",
			When:    "Lower it where the loss jumps late in training; 50 is hardly ever reached.",
			Range:   "0.1 to 50; 50 to begin with",
		}),
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
				steps[i] = at.first(s.From + i)
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

func (r *rprop) worked(w *Worked) {
	w.Title = "Rprop"
	w.Set("η⁺", r.Plus)
	w.Set("η⁻", r.Minus)
	w.Set("Δmin", r.Least)
	w.Set("Δmax", r.Most)
	w.Before("gₜ₋₁", "rprop/last gradient")
	if w.Before("Δₜ₋₁", "rprop/step size"); w.Age() == 1 {
		w.Set("Δₜ₋₁", w.At.first(w.I))
	}
	w.Line("gₜ gₜ₋₁", "gₜ gₜ₋₁")
	switch turn := w.Get("gₜ gₜ₋₁"); {
	case turn > 0:
		w.Note = "the gradient keeps its sign: the step size grows"
		w.Line("Δₜ", "min(max(η⁺ Δₜ₋₁, Δmin), Δmax)")
	case turn < 0:
		w.Note = "the gradient changed its sign: the step size shrinks, and this step is left out"
		w.Line("Δₜ", "min(max(η⁻ Δₜ₋₁, Δmin), Δmax)")
		w.Line("gₜ", "0")
	default:
		w.Line("Δₜ", "min(max(Δₜ₋₁, Δmin), Δmax)")
	}
	w.Line("Δθₜ", "−sign(gₜ) Δₜ")
	w.Hand("Δθₜ")
}
