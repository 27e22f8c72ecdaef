package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

var stepDoc = knob.Doc{
	Formula: "ηₜ = η γ^⌊t / step_size⌋",
	Source:  knob.None,
	PyTorch: "torch.optim.lr_scheduler.StepLR(step_size, gamma), stepped after every update, not every epoch",
	When:    "Classical for convolutional networks with SGD: train at a high rate until the loss levels off, then lower it. A cosine decay needs no step_size and is usually as good.",
	Range:   "step_size a third of the run, γ = 0.1",
}

var multiStepDoc = knob.Doc{
	Formula: "ηₜ = η γ^(number of milestones ≤ t)",
	Source:  "K. He, X. Zhang, S. Ren, J. Sun, “Deep Residual Learning for Image Recognition”, CVPR 2016, section 4.2 (used there)",
	PyTorch: "torch.optim.lr_scheduler.MultiStepLR(milestones, gamma), stepped after every update, not every epoch",
	When:    "Where a published recipe gives the epochs at which the rate is divided by ten, or where the loss is seen to level off.",
	Range:   "milestones at a half and three quarters of the run, γ = 0.1",
}

var exponentialDoc = knob.Doc{
	Formula: "ηₜ = η γᵗ",
	Source:  knob.None,
	PyTorch: "torch.optim.lr_scheduler.ExponentialLR(gamma), stepped after every update, not every epoch",
	When:    "A smooth decay whose speed does not depend on the length of the run. γ must be close to 1, since it acts at every step: 0.999 divides the rate by about e every 1000 steps.",
	Range:   "γ from 0.99 to 0.9999; 0.999 to begin with",
}

var linearDoc = knob.Doc{
	Formula: "ηₜ = η (start_factor + (end_factor − start_factor) min(t, T) / T), T = total_iters",
	Source:  knob.None,
	PyTorch: "torch.optim.lr_scheduler.LinearLR(start_factor, end_factor, total_iters), stepped after every update, not every epoch",
	When:    "At the defaults, a short warm-up. For the linear decay that is usual in fine-tuning set start_factor 1, end_factor 0 and total_iters 0 (train.steps).",
	Range:   "from 1 to 0 over the whole run",
}

var polynomialDoc = knob.Doc{
	Formula: "ηₜ = η (1 − min(t, T) / T)^power, T = total_iters",
	Source:  knob.None,
	PyTorch: "torch.optim.lr_scheduler.PolynomialLR(total_iters, power), stepped after every update, not every epoch",
	When:    "A decay to exactly 0 at a known step; usual for semantic segmentation with power 0.9. Set total_iters to 0 (train.steps): at the default of 5 training stops after five steps.",
	Range:   "power from 0.9 to 2; 1 to begin with",
}

const vaswaniPaper = "A. Vaswani et al., “Attention Is All You Need”, NIPS 2017"

var inverseSqrtDoc = knob.Doc{
	Formula: "ηₜ = η √(T / max(t, T)), T = timescale",
	Source:  vaswaniPaper + ", equation 3 (there with a warm-up; here that is schedule.warmup)",
	PyTorch: knob.None,
	When:    "Transformers trained for an unknown number of steps: the decay does not depend on the length of the run. Where that is known, cosine or linear decay ends at a lower loss.",
	Range:   "timescale from 1000 to 10000, with as many steps of warm-up",
}

const wsdPaper = "S. Hu et al., “MiniCPM: Unveiling the Potential of Small Language Models with Scalable Training Strategies”, arXiv 2404.06395, 2024, section 4 (which leaves the form of the decay open)"

var wsdDoc = knob.Doc{
	Formula: "ηₜ = η for t < T − D, with T = train.steps and D = decay · T\n" +
		"ηₜ = η_min + (η − η_min)(T − t) / D from there to T, η_min after it",
	Source:  wsdPaper,
	PyTorch: knob.None,
	When:    "Runs that may be continued: branch off from the constant phase at any time, and decay. Set the warm-up by schedule.warmup. At the same length it does about as well as cosine.",
	Range:   "decay from 0.1 to 0.3; 0.2 to begin with",
}

// stepped is step decay.
type stepped struct {
	Size  int
	Gamma float64
}

func gammaKnob(v *float64) knob.Knob {
	return knob.Float("schedule.gamma", v, 0, 10, knob.Complement, "γ: multiplicative factor of learning rate decay").Explained(knob.Doc{
		Formula: "η ← γ η",
		Source:  knob.None,
		PyTorch: "gamma of torch.optim.lr_scheduler.StepLR, MultiStepLR and ExponentialLR",
		When:    "The factor of a single decay: small where decays are rare, just below 1 where every step is one.",
		Range:   "step and multi-step: 0.1 to 0.5; exponential: 0.99 to 0.9999",
	})
}

func (s *stepped) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("schedule.step_size", &s.Size, 1, 1<<40, "period of learning rate decay, in steps").WithScale(knob.Log, 10).Explained(knob.Doc{
			Formula: "ηₜ = η γ^⌊t / step_size⌋",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.StepLR(step_size), there usually counted in epochs",
			When:    "Long enough for the loss to level off before the next decay.",
			Range:   "a third of train.steps",
		}),
		gammaKnob(&s.Gamma),
	}
}

func (s *stepped) Rate(base float64, step, _ int) float64 {
	return base * kernel.Power(s.Gamma, step/s.Size)
}

// multiStep is step decay at given milestones.
type multiStep struct {
	Milestones []int
	Gamma      float64
}

func (m *multiStep) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Ints("schedule.milestones", &m.Milestones, "steps at which the learning rate is multiplied by γ, as [600, 900]").Explained(knob.Doc{
			Formula: "ηₜ = η γ^(number of milestones ≤ t)",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.MultiStepLR(milestones), there usually counted in epochs",
			When:    "Set each where the loss has levelled off at the present rate.",
			Range:   "a half and three quarters of train.steps",
		}),
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

// exponential decays at every step.
type exponential struct{ Gamma float64 }

func (e *exponential) Knobs() []knob.Knob { return []knob.Knob{gammaKnob(&e.Gamma)} }

func (e *exponential) Rate(base float64, step, _ int) float64 {
	return base * kernel.Power(e.Gamma, step)
}

// linear interpolates between two factors of the rate.
type linear struct {
	Start, End float64
	Total      int
}

func (l *linear) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("schedule.start_factor", &l.Start, 0, 1e3, knob.Linear, "factor of the learning rate at the start").WithStep(0.05).Explained(knob.Doc{
			Formula: "η₀ = η · start_factor",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.LinearLR(start_factor)",
			When:    "Below end_factor for a warm-up, above it for a linear decay.",
			Range:   "1/3 for a warm-up, 1 for a decay",
		}),
		knob.Float("schedule.end_factor", &l.End, 0, 1e3, knob.Linear, "factor of the learning rate at the end, and after it").WithStep(0.05).Explained(knob.Doc{
			Formula: "ηₜ = η · end_factor for t ≥ total_iters",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.LinearLR(end_factor)",
			When:    "1 after a warm-up; 0 to let the rate decay to nothing by the end of training.",
			Range:   "1 for a warm-up, 0 to 0.1 for a decay",
		}),
		totalKnob(&l.Total),
	}
}

func totalKnob(v *int) knob.Knob {
	return knob.Int("schedule.total_iters", v, 0, 1<<40, "number of steps over which the learning rate changes").WithZero("train.steps").WithScale(knob.Log, 10).Explained(knob.Doc{
		Formula: "T in ηₜ = η · f(min(t, T) / T)",
		Source:  knob.None,
		PyTorch: "total_iters of torch.optim.lr_scheduler.LinearLR and PolynomialLR (default 5, as here)",
		When:    "Set it to 0 (train.steps) for a decay over the whole run; the default of 5 is PyTorch's and suits a warm-up counted in epochs.",
		Range:   "train.steps for a decay, 1 % to 10 % of it for a warm-up",
	})
}

// progress is the fraction of total that is over, where 0 stands for the planned
// length of the run.
func progress(step, total, planned int) float64 {
	if total == 0 {
		total = max(planned, 1)
	}
	return float64(min(step, total)) / float64(total)
}

func (l *linear) Rate(base float64, step, total int) float64 {
	return base * (l.Start + float64((l.End-l.Start)*progress(step, l.Total, total)))
}

// polynomial decays to 0.
type polynomial struct {
	Total int
	Power float64
}

func (p *polynomial) Knobs() []knob.Knob {
	return []knob.Knob{
		totalKnob(&p.Total),
		knob.Float("schedule.power", &p.Power, 0, 20, knob.Linear, "exponent of the polynomial decay; 1 is linear").WithStep(0.5).Explained(knob.Doc{
			Formula: "ηₜ = η (1 − min(t, T) / T)^power",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.PolynomialLR(power)",
			When:    "Above 1 the rate decays early and ends gently; below 1 it stays high for longer.",
			Range:   "0.9 to 2; 1 to begin with",
		}),
	}
}

func (p *polynomial) Rate(base float64, step, total int) float64 {
	return base * power(1-progress(step, p.Total, total), p.Power)
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

// inverseSqrt is constant up to the timescale, then decays as 1/√t.
type inverseSqrt struct{ Timescale int }

func (i *inverseSqrt) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("schedule.timescale", &i.Timescale, 1, 1<<40, "number of steps before the decay starts").WithScale(knob.Log, 10).Explained(knob.Doc{
			Formula: "T in ηₜ = η √(T / max(t, T))",
			Source:  vaswaniPaper + ", equation 3 (there warmup_steps)",
			PyTorch: knob.None,
			When:    "Usually the length of the warm-up; larger values keep the learning rate high for longer.",
			Range:   "1000 to 10000; 1000 to begin with",
		}),
	}
}

func (i *inverseSqrt) Rate(base float64, step, _ int) float64 {
	return base * math.Sqrt(float64(i.Timescale)/float64(max(step, i.Timescale)))
}

// wsd is constant, then decays linearly to eta_min over the last steps. The warm-up
// of warmup-stable-decay is a knob of all schedules.
type wsd struct {
	Decay  float64
	EtaMin float64
}

func (w *wsd) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("schedule.decay", &w.Decay, 0, 1, knob.Linear, "length of the decay phase at the end, as a fraction of train.steps").WithStep(0.05).Explained(knob.Doc{
			Formula: "D = decay · train.steps",
			Source:  wsdPaper,
			PyTorch: knob.None,
			When:    "The loss drops during the decay. Short phases suffice in long runs; 0 leaves the rate constant.",
			Range:   "0.1 to 0.3; 0.2 to begin with",
		}),
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
