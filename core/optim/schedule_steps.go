package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// stepped: η = η_base γ^⌊t / step_size⌋, as torch's StepLR.
type stepped struct {
	Size  int
	Gamma float64
}

func gammaKnob(v *float64) knob.Knob {
	return knob.Float("schedule.gamma", v, 0, 10, knob.Complement, "what the rate is multiplied by")
}

func (s *stepped) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("schedule.step_size", &s.Size, 1, 1<<40, "steps from one fall to the next").WithScale(knob.Log, 10),
		gammaKnob(&s.Gamma),
	}
}

func (s *stepped) Rate(base float64, step, _ int) float64 {
	return base * kernel.Power(s.Gamma, step/s.Size)
}

// multiStep: η = η_base γ^k after the k-th milestone, as torch's MultiStepLR.
type multiStep struct {
	Milestones []int
	Gamma      float64
}

func (m *multiStep) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Ints("schedule.milestones", &m.Milestones, "the steps at which the rate falls: [600, 900]"),
		gammaKnob(&m.Gamma),
	}
}

func (m *multiStep) Rate(base float64, step, _ int) float64 {
	passed := 0
	for _, at := range m.Milestones {
		if step >= at {
			passed++
		}
	}
	return base * kernel.Power(m.Gamma, passed)
}

// exponential: η = η_base γᵗ, as torch's ExponentialLR.
type exponential struct{ Gamma float64 }

func (e *exponential) Knobs() []knob.Knob { return []knob.Knob{gammaKnob(&e.Gamma)} }

func (e *exponential) Rate(base float64, step, _ int) float64 {
	return base * kernel.Power(e.Gamma, step)
}

// linear goes from start_factor to end_factor in total_iters steps, as torch's LinearLR.
type linear struct {
	Start, End float64
	Total      int
}

func (l *linear) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("schedule.start_factor", &l.Start, 0, 1e3, knob.Linear, "times the rate, at the start").WithStep(0.05),
		knob.Float("schedule.end_factor", &l.End, 0, 1e3, knob.Linear, "times the rate, at the end").WithStep(0.05),
		totalKnob(&l.Total),
	}
}

func totalKnob(v *int) knob.Knob {
	return knob.Int("schedule.total_iters", v, 0, 1<<40, "steps from the start to the end").WithZero("train.steps").WithScale(knob.Log, 10)
}

// share is how much of total is over, total standing for its default where it is 0.
func share(step, total, planned int) float64 {
	if total == 0 {
		total = max(planned, 1)
	}
	return float64(min(step, total)) / float64(total)
}

func (l *linear) Rate(base float64, step, total int) float64 {
	return base * (l.Start + float64((l.End-l.Start)*share(step, l.Total, total)))
}

// polynomial: η = η_base (1 − t / total_iters)^power, as torch's PolynomialLR.
type polynomial struct {
	Total int
	Power float64
}

func (p *polynomial) Knobs() []knob.Knob {
	return []knob.Knob{
		totalKnob(&p.Total),
		knob.Float("schedule.power", &p.Power, 0, 20, knob.Linear, "1 falls in a straight line").WithStep(0.5),
	}
}

func (p *polynomial) Rate(base float64, step, total int) float64 {
	return base * power(1-share(step, p.Total, total), p.Power)
}

// power is x^p for x ≥ 0.
func power(x, p float64) float64 {
	switch {
	case p == 0 || x == 1:
		return 1
	case x == 0:
		return 0
	case p == math.Trunc(p):
		return kernel.Power(x, int(p))
	}
	return kernel.Exp(p * kernel.Log(x))
}

// inverseSqrt: η = η_base √(T / max(t, T)): level, then falling as 1/√t.
type inverseSqrt struct{ Timescale int }

func (i *inverseSqrt) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("schedule.timescale", &i.Timescale, 1, 1<<40, "the step from which the rate falls").WithScale(knob.Log, 10),
	}
}

func (i *inverseSqrt) Rate(base float64, step, _ int) float64 {
	return base * math.Sqrt(float64(i.Timescale)/float64(max(step, i.Timescale)))
}

// wsd is level, then falls in a straight line to eta_min over the last steps;
// with schedule.warmup it is warm-up, stable, decay. Hu et al. 2024.
type wsd struct {
	Decay  float64
	EtaMin float64
}

func (w *wsd) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("schedule.decay", &w.Decay, 0, 1, knob.Linear, "the share of train.steps over which the rate falls").WithStep(0.05),
		etaMinKnob(&w.EtaMin),
	}
}

func (w *wsd) Rate(base float64, step, total int) float64 {
	length := w.Decay * float64(total)
	left := float64(max(total-step, 0))
	if left >= length {
		return base
	}
	return w.EtaMin + float64((base-w.EtaMin)*(left/length))
}
