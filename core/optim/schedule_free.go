package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// scheduleFree is schedule-free AdamW: the parameters that train are y, at which
// gradients are taken; z is kept as state, and x = y + (1 − 1/β₁)(z − y) is
// evaluated.
type scheduleFree struct {
	Beta1, Beta2, Eps float64
	decay             *decay
	base, square      []float64
	average           []float64
	weight            []float64 // two numbers: the sum of the rates squared, the largest rate
}

const scheduleFreePaper = "A. Defazio, X. Yang, H. Mehta, K. Mishchenko, A. Khaled, A. Cutkosky, “The Road Less Scheduled”, NeurIPS 2024"

var scheduleFreeDoc = knob.Doc{
	Formula: "yₜ = (1 − β₁) zₜ + β₁ xₜ, gₜ = ∇L(yₜ)\n" +
		"vₜ = β₂ vₜ₋₁ + (1 − β₂) gₜ², v̂ₜ = vₜ / (1 − β₂ᵗ)\n" +
		"zₜ₊₁ = zₜ − ηₜ (gₜ / (√v̂ₜ + ε) + λ yₜ)\n" +
		"cₜ₊₁ = γₜ² / (γ₁² + … + γₜ²), γₜ the largest of η₁, …, ηₜ\n" +
		"xₜ₊₁ = (1 − cₜ₊₁) xₜ + cₜ₊₁ zₜ₊₁; x is evaluated",
	Source:  scheduleFreePaper + ", algorithm 1 (there the bias correction is part of the learning rate)",
	PyTorch: "not in torch; AdamWScheduleFree(lr, betas, eps, weight_decay) of the authors' package schedulefree",
	When: "Where the length of training is not known beforehand: the average x is about as good at every step as the end of a" +
		" schedule of that length. Leave the schedule constant; a short warm-up helps.",
	Range: "η from 1e-3 to 1e-2, higher than AdamW's; 2.5e-3 to begin with",
}

func (s *scheduleFree) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("optimizer.beta1", &s.Beta1, 0.01, 0.999999999, knob.Complement, "β₁: interpolation between the iterate z and the average x where gradients are taken").Explained(knob.Doc{
			Formula: "yₜ = (1 − β₁) zₜ + β₁ xₜ",
			Source:  scheduleFreePaper + ", algorithm 1",
			PyTorch: knob.None,
			When:    "It takes the place of momentum. Raise it for long runs.",
			Range:   "0.9 to 0.98; 0.9 to begin with",
		}),
		beta2Knob(&s.Beta2),
		epsKnob(&s.Eps, adamEpsDoc),
	}
}

func (s *scheduleFree) Init(layout knob.Layout) {
	n := layout.Size()
	s.base, s.square, s.average = make([]float64, n), make([]float64, n), make([]float64, n)
	s.weight = make([]float64, 2)
}

func (s *scheduleFree) State() []knob.Buffer {
	return []knob.Buffer{
		{Name: "schedule-free/base", Data: s.base},
		{Name: "schedule-free/square mean", Data: s.square},
		{Name: "schedule-free/weight", Data: s.weight},
	}
}

func (s *scheduleFree) Apply(update, params []float64, at At) {
	if s.weight[1] == 0 {
		copy(s.base, params) // x = y = z at the start
	}
	s.weight[1] = max(s.weight[1], at.LR)
	w := float64(s.weight[1] * s.weight[1])
	s.weight[0] += w
	c := 0.0
	if s.weight[0] > 0 {
		c = w / s.weight[0]
	}
	stride := 1 - float64(s.Beta1*(1-c))
	for _, span := range at.spans(len(update), 0) {
		if !s.decay.Decoupled {
			s.apply(update, params, at, span, c, stride, 0)
			continue
		}
		if at.Decays == nil {
			s.apply(update, params, at, span, c, stride, s.decay.Weight)
			continue
		}
		for _, g := range at.Decays {
			if part := span; part.From < g.To && g.From < part.To {
				part.From, part.To = max(part.From, g.From), min(part.To, g.To)
				s.apply(update, params, at, part, c, stride, g.Of(s.decay.Weight))
			}
		}
	}
}

func (s *scheduleFree) apply(update, params []float64, at At, span Span, c, stride, decay float64) {
	unbias := 1 - kernel.Power(s.Beta2, span.Age)
	for i := span.From; i < span.To; i++ {
		scale, g := at.scale(i), update[i]
		if scale == 0 { // frozen: z stays too
			update[i] = 0
			continue
		}
		rate := float64(at.LR * scale)
		s.square[i] = float64(s.Beta2*s.square[i]) + float64((1-s.Beta2)*float64(g*g))
		d := g/(math.Sqrt(s.square[i]/unbias)+s.Eps) + float64(decay*params[i])
		update[i] = float64(c*(params[i]-s.base[i])) + float64(float64(rate*stride)*d)
		s.base[i] -= float64(rate * d)
	}
}

// EvalParams is x = y + (1 − 1/β₁)(z − y).
func (s *scheduleFree) EvalParams(params []float64) []float64 {
	if s.weight == nil || s.weight[1] == 0 {
		return params
	}
	back := 1 - 1/s.Beta1
	for i, y := range params {
		s.average[i] = y + float64(back*(s.base[i]-y))
	}
	return s.average
}

func (s *scheduleFree) worked(w *Worked) {
	w.Title = "schedule-free AdamW"
	w.Note = "the weights are y, where gradients are taken; the average x is evaluated"
	w.Set("β₁", s.Beta1)
	w.Set("β₂", s.Beta2)
	w.Set("ε", s.Eps)
	w.Before("vₜ₋₁", "schedule-free/square mean")
	w.Before("zₜ", "schedule-free/base")
	if before := w.Saved("schedule-free/weight"); len(before) < 2 || before[1] == 0 {
		w.Set("zₜ", w.Get("θₜ₋₁"))
	}
	c := 0.0
	if s.weight[0] > 0 {
		c = float64(s.weight[1]*s.weight[1]) / s.weight[0]
	}
	w.Set("ηₜ", float64(w.At.LR*w.At.scale(w.I)))
	w.Line("vₜ", "β₂ vₜ₋₁ + (1 − β₂) gₜ²")
	w.Line("v̂ₜ", "vₜ / (1 − β₂ᵗ)")
	decay := w.At.decay(w.I, s.decay.Weight)
	if w.Line("dₜ", "gₜ / (√v̂ₜ + ε)"); s.decay.Decoupled && decay != 0 {
		w.Set("λ", decay)
		w.Line("dₜ", "dₜ + λ θₜ₋₁")
	}
	w.Given("cₜ₊₁", c)
	w.Line("Δθₜ", "−cₜ₊₁ (θₜ₋₁ − zₜ) − ηₜ (1 − β₁ (1 − cₜ₊₁)) dₜ")
	w.Line("zₜ₊₁", "zₜ − ηₜ dₜ")
	w.Hand("Δθₜ")
}
