package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

func etaMinKnob(v *float64) knob.Knob {
	return knob.Float("schedule.eta_min", v, 0, 1e3, knob.Log, "η_min: minimum learning rate, at the end of the decay").WithScale(knob.Log, 1e-6).Explained(knob.Doc{
		Formula: "ηₜ = η_min + (η − η_min) f(t)",
		Source:  sgdrPaper + ", equation 5",
		PyTorch: "eta_min of torch.optim.lr_scheduler.CosineAnnealingLR and CosineAnnealingWarmRestarts",
		When:    "With a positive value training goes on after the end of the decay; it is a learning rate, not a factor.",
		Range:   "0 to a tenth of η; 0 to begin with",
	})
}

const sgdrPaper = "I. Loshchilov, F. Hutter, “SGDR: Stochastic Gradient Descent with Warm Restarts”, ICLR 2017"

var cosineDoc = knob.Doc{
	Formula: "ηₜ = η_min + ½ (η − η_min)(1 + cos(π t / T_max))",
	Source:  sgdrPaper + ", equation 5",
	PyTorch: "torch.optim.lr_scheduler.CosineAnnealingLR(T_max, eta_min), stepped after every update, not every epoch",
	When:    "The usual decay where the length of the run is known, with or without a warm-up: high rates for most of the run, a gentle end. Where the run may be continued, take wsd.",
	Range:   "T_max = train.steps, η_min from 0 to η / 10",
}

var cosineRestartsDoc = knob.Doc{
	Formula: "ηₜ = η_min + ½ (η − η_min)(1 + cos(π T_cur / Tᵢ))\n" +
		"T_cur the steps since the last restart, Tᵢ = T₀ T_multⁱ",
	Source:  sgdrPaper + ", equation 5",
	PyTorch: "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(T_0, T_mult, eta_min), stepped after every update, not every epoch",
	When:    "To get several good models out of one run, one at the end of each cycle, or to leave a poor minimum. For a single result one cosine decay is as good.",
	Range:   "T₀ from 1 to 10 epochs, T_mult 1 or 2",
}

const oneCyclePaper = "L. N. Smith, N. Topin, “Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates”, arXiv 1708.07120, 2017"

var oneCycleDoc = knob.Doc{
	Formula: "η₀ = η_max / div_factor, η_T = η₀ / final_div_factor\n" +
		"t* = pct_start · T − 1\n" +
		"ηₜ = η_max + ½ (η₀ − η_max)(1 + cos(π t / t*)) to step t*\n" +
		"ηₜ = η_T + ½ (η_max − η_T)(1 + cos(π (t − t*) / (T − 1 − t*))) from there",
	Source:  oneCyclePaper + " (there with straight lines in place of cosines)",
	PyTorch: "torch.optim.lr_scheduler.OneCycleLR(max_lr, total_steps, pct_start, div_factor, final_div_factor, cycle_momentum, base_momentum, max_momentum)",
	When:    "Short runs of known length: the high rates in the middle train fast and regularise, the low ones at the end let the loss settle. PyTorch also cycles the momentum by default; here schedule.cycle_momentum does. Not for runs that will be continued.",
	Range:   "η_max three to ten times a good constant rate",
}

const cyclicPaper = "L. N. Smith, “Cyclical Learning Rates for Training Neural Networks”, WACV 2017"

var cyclicDoc = knob.Doc{
	Formula: "ηₜ = η + (η_max − η) sᵢ max(0, 1 − |x|), linear up and down in each cycle i\n" +
		"sᵢ = 1 (triangular) or 2⁻ⁱ (triangular2)\n" +
		"x from −1 to 0 over step_size_up steps, from 0 to 1 over step_size_down",
	Source:  cyclicPaper + ", section 3",
	PyTorch: "torch.optim.lr_scheduler.CyclicLR(base_lr, max_lr, step_size_up, step_size_down, mode, cycle_momentum, base_momentum, max_momentum)",
	When:    "Where no good learning rate is known: each cycle passes through a range of them. Evaluate at the end of a cycle. one-cycle and cosine usually reach a lower loss.",
	Range:   "η_max three to ten times η, half a cycle of 2 to 10 epochs",
}

var cyclicModes = []knob.Option{
	{Name: "triangular", Help: "all cycles have the same amplitude", Doc: knob.Doc{
		Formula: "sᵢ = 1",
		Source:  cyclicPaper + ", section 3.1",
		PyTorch: "torch.optim.lr_scheduler.CyclicLR(mode=\"triangular\")",
		When:    "To keep exploring at high rates; the end of each cycle is a model of its own.",
		Range:   knob.None,
	}},
	{Name: "triangular2", Help: "the amplitude is halved after each cycle", Doc: knob.Doc{
		Formula: "sᵢ = 2⁻ⁱ",
		Source:  cyclicPaper + ", section 3.1",
		PyTorch: "torch.optim.lr_scheduler.CyclicLR(mode=\"triangular2\")",
		When:    "Where the loss should settle: the cycles become smaller and smaller.",
		Range:   knob.None,
	}},
}

// maxLRKnob is the learning rate at the peak of a cycle; doc says of which.
func maxLRKnob(v *float64, doc knob.Doc) knob.Knob {
	return knob.Float("schedule.max_lr", v, 0, 1e6, knob.Log, "η_max: maximum learning rate, at the peak of the cycle").Explained(doc)
}

// momentumCycle are the bounds of a momentum that cycles against the learning rate.
type momentumCycle struct {
	On        bool
	Base, Max float64
}

func (m *momentumCycle) knobs() []knob.Knob {
	return []knob.Knob{
		knob.Bool("schedule.cycle_momentum", &m.On, "cycle the momentum too (μ, or β₁), inversely to the learning rate").Explained(knob.Doc{
			Formula: "μₜ falls from max_momentum to base_momentum while ηₜ rises to η_max, and rises again while it falls",
			Source:  oneCyclePaper + ", section 3 (cyclical momentum)",
			PyTorch: "cycle_momentum of torch.optim.lr_scheduler.OneCycleLR and CyclicLR, there on by default",
			When:    "With SGD with momentum and optimizers like Adam: while the rate is high, a lower momentum keeps training stable. Optimizers that have neither optimizer.momentum nor optimizer.beta1 are left as they are.",
			Range:   "on for one-cycle with momentum",
		}),
		knob.Float("schedule.base_momentum", &m.Base, 0, 0.999999, knob.Complement, "momentum at the peak of the learning rate").Explained(knob.Doc{
			Formula: "μ at ηₜ = η_max",
			Source:  oneCyclePaper + ", section 3 (cyclical momentum)",
			PyTorch: "base_momentum of torch.optim.lr_scheduler.OneCycleLR and CyclicLR",
			When:    "Lower it where training is unstable at the peak.",
			Range:   "0.8 to 0.9",
		}),
		knob.Float("schedule.max_momentum", &m.Max, 0, 0.999999, knob.Complement, "momentum where the learning rate is lowest").Explained(knob.Doc{
			Formula: "μ at the ends of the cycle",
			Source:  oneCyclePaper + ", section 3 (cyclical momentum)",
			PyTorch: "max_momentum of torch.optim.lr_scheduler.OneCycleLR and CyclicLR",
			When:    "The momentum that suits the rate outside the cycle.",
			Range:   "0.9 to 0.99",
		}),
	}
}

// cosine is cosine annealing; after t_max steps the rate rises again.
type cosine struct {
	TMax   int
	EtaMin float64
}

func (c *cosine) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("schedule.t_max", &c.TMax, 0, 1<<40, "T_max: number of steps from η to η_min, half a period of the cosine").WithZero("train.steps").WithScale(knob.Log, 100).Explained(knob.Doc{
			Formula: "ηₜ = η_min + ½ (η − η_min)(1 + cos(π t / T_max))",
			Source:  sgdrPaper + ", equation 5",
			PyTorch: "torch.optim.lr_scheduler.CosineAnnealingLR(T_max), there usually counted in epochs",
			When:    "Set it to the length of the run: where T_max is smaller, the learning rate rises again after T_max steps.",
			Range:   "train.steps",
		}),
		etaMinKnob(&c.EtaMin),
	}
}

func (c *cosine) Rate(base float64, step, total int) float64 {
	length := c.TMax
	if length == 0 {
		length = max(total, 1)
	}
	return half(base, c.EtaMin, float64(step)/float64(length))
}

// half is half a period of a cosine from top to bottom, at a fraction of its length.
func half(top, bottom, along float64) float64 {
	return bottom + float64((top-bottom)*(1+kernel.Cos(math.Pi*along)))/2 // exact: half of a number
}

// cosineRestarts is cosine annealing with warm restarts.
type cosineRestarts struct {
	T0, TMult int
	EtaMin    float64
}

func (c *cosineRestarts) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("schedule.t_0", &c.T0, 1, 1<<40, "T₀: number of steps to the first restart").WithScale(knob.Log, 10).Explained(knob.Doc{
			Formula: "Tᵢ = T₀ T_multⁱ steps from the i-th restart to the next",
			Source:  sgdrPaper + ", section 3",
			PyTorch: "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(T_0), there usually counted in epochs",
			When:    "Long enough for the loss to level off within the first cycle.",
			Range:   "1 to 10 epochs; 100 steps to begin with",
		}),
		knob.Int("schedule.t_mult", &c.TMult, 1, 100, "T_mult: factor by which each cycle is longer than the one before").Explained(knob.Doc{
			Formula: "Tᵢ₊₁ = T_mult Tᵢ",
			Source:  sgdrPaper + ", section 3",
			PyTorch: "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(T_mult)",
			When:    "At 2 each cycle is about as long as all cycles before it together.",
			Range:   "1 or 2; 1 to begin with, as in PyTorch",
		}),
		etaMinKnob(&c.EtaMin),
	}
}

func (c *cosineRestarts) Rate(base float64, step, _ int) float64 {
	length := c.T0
	if c.TMult == 1 {
		step %= length
	}
	for step >= length {
		step -= length
		length *= c.TMult
	}
	return half(base, c.EtaMin, float64(step)/float64(length))
}

// oneCycle is the 1cycle policy with cosines; it ignores the base rate and is constant
// after the cycle.
type oneCycle struct {
	MaxLR           float64
	Total           int
	Start, Div, End float64
	cycle           momentumCycle
}

func (o *oneCycle) Knobs() []knob.Knob {
	return append([]knob.Knob{
		maxLRKnob(&o.MaxLR, knob.Doc{
			Formula: "η_max; it takes the place of optimizer.lr",
			Source:  oneCyclePaper,
			PyTorch: "torch.optim.lr_scheduler.OneCycleLR(max_lr)",
			When:    "As high as training stays stable: a learning rate range test finds it, just below the rate at which the loss starts to rise.",
			Range:   "three to ten times a good constant rate; 1e-2 to begin with",
		}),
		knob.Int("schedule.total_steps", &o.Total, 0, 1<<40, "number of steps in the cycle").WithZero("train.steps").WithScale(knob.Log, 100).Explained(knob.Doc{
			Formula: "T; the rate stays at its final value from step T on",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.OneCycleLR(total_steps), which refuses further steps",
			When:    "The length of the run: most of the gain comes from the low rates at the end of the cycle.",
			Range:   "train.steps",
		}),
		knob.Float("schedule.pct_start", &o.Start, 0, 1, knob.Linear, "fraction of the cycle spent increasing the learning rate").WithStep(0.05).Explained(knob.Doc{
			Formula: "the maximum is at step pct_start · T − 1",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.OneCycleLR(pct_start)",
			When:    "Longer for networks that diverge early, shorter to leave more steps for the decay.",
			Range:   "0.1 to 0.5; 0.3 to begin with",
		}),
		knob.Float("schedule.div_factor", &o.Div, 1, 1e9, knob.Log, "ratio of the maximum to the initial learning rate").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "η₀ = η_max / div_factor",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.OneCycleLR(div_factor)",
			When:    "Raise it where training diverges in the first steps.",
			Range:   "10 to 100; 25 to begin with",
		}),
		knob.Float("schedule.final_div_factor", &o.End, 1, 1e12, knob.Log, "ratio of the initial to the final learning rate").WithScale(knob.Log, 1).Explained(knob.Doc{
			Formula: "η_T = η₀ / final_div_factor",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.OneCycleLR(final_div_factor)",
			When:    "At 1 the rate ends where it began. Large values anneal to almost 0, which settles the loss.",
			Range:   "1e2 to 1e5; 1e4 to begin with",
		}),
	}, o.cycle.knobs()...)
}

func (o *oneCycle) Peak() float64 { return o.MaxLR }

func (o *oneCycle) Rate(_ float64, step, total int) float64 {
	start := o.MaxLR / o.Div
	return o.along(start, o.MaxLR, start/o.End, step, total)
}

// Momentum is lowest where the rate is highest.
func (o *oneCycle) Momentum(step, total int) (float64, bool) {
	return o.along(o.cycle.Max, o.cycle.Base, o.cycle.Max, step, total), o.cycle.On
}

// along is what goes from start to the middle value at the peak of the cycle, and from
// there to the last.
func (o *oneCycle) along(start, middle, last float64, step, total int) float64 {
	length := o.Total
	if length == 0 {
		length = max(total, 1)
	}
	top, end := float64(o.Start*float64(length))-1, float64(length-1)
	t := min(float64(step), end)
	if top > 0 && t <= top {
		return half(start, middle, t/top)
	}
	if end <= top {
		return middle
	}
	return half(middle, last, (t-top)/(end-top))
}

// cyclic is linear between the base rate and max_lr.
type cyclic struct {
	MaxLR    float64
	Up, Down int
	Mode     string
	cycle    momentumCycle
}

func (c *cyclic) Knobs() []knob.Knob {
	return append([]knob.Knob{
		maxLRKnob(&c.MaxLR, knob.Doc{
			Formula: "η_max, at the peak of the (first) cycle",
			Source:  cyclicPaper + ", section 3.3",
			PyTorch: "torch.optim.lr_scheduler.CyclicLR(max_lr)",
			When:    "As high as training stays stable; a learning rate range test finds it.",
			Range:   "three to ten times optimizer.lr; 1e-2 to begin with",
		}),
		knob.Int("schedule.step_size_up", &c.Up, 1, 1<<40, "number of steps in the increasing half of a cycle").WithScale(knob.Log, 10).Explained(knob.Doc{
			Formula: "ηₜ = η + (η_max − η) t / step_size_up in the first half",
			Source:  cyclicPaper + ", section 3.2 (there stepsize)",
			PyTorch: "torch.optim.lr_scheduler.CyclicLR(step_size_up)",
			When:    "Choose it so that the run ends at the end of a cycle, where the learning rate is low.",
			Range:   "2 to 10 epochs; 2000 to begin with",
		}),
		knob.Int("schedule.step_size_down", &c.Down, 0, 1<<40, "number of steps in the decreasing half of a cycle").WithZero("step_size_up").WithScale(knob.Log, 10).Explained(knob.Doc{
			Formula: "ηₜ falls back to η in step_size_down steps",
			Source:  knob.None,
			PyTorch: "torch.optim.lr_scheduler.CyclicLR(step_size_down)",
			When:    "A longer decreasing half leaves more time to converge.",
			Range:   "step_size_up",
		}),
		knob.OneOf("schedule.mode", &c.Mode, cyclicModes, "policy for the amplitude of the cycles").Explained(knob.Doc{
			Formula: "amplitude of cycle i (from 0): η_max − η, divided by 2ⁱ with triangular2",
			Source:  cyclicPaper + ", section 3.1",
			PyTorch: "torch.optim.lr_scheduler.CyclicLR(mode)",
			When:    "triangular2 where the loss should settle, triangular to keep exploring.",
			Range:   "triangular2 for final results",
		}),
	}, c.cycle.knobs()...)
}

func (c *cyclic) Rate(base float64, step, _ int) float64 { return c.along(base, c.MaxLR, step) }

// Momentum is lowest where the rate is highest.
func (c *cyclic) Momentum(step, _ int) (float64, bool) {
	return c.along(c.cycle.Max, c.cycle.Base, step), c.cycle.On
}

// along is what cycles between two values.
func (c *cyclic) along(base, peak float64, step int) float64 {
	down := c.Down
	if down == 0 {
		down = c.Up
	}
	cycle, at := step/(c.Up+down), step%(c.Up+down)
	height := float64(at) / float64(c.Up)
	if at > c.Up {
		height = float64(c.Up+down-at) / float64(down)
	}
	height *= peak - base
	if c.Mode == "triangular2" {
		height /= kernel.Power(2, cycle)
	}
	return base + height
}
