package optim

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

func etaMinKnob(v *float64) knob.Knob {
	return knob.Float("schedule.eta_min", v, 0, 1e3, knob.Log, "the rate at the bottom").WithScale(knob.Log, 1e-6)
}

// cosine: η = η_min + ½ (η_base − η_min)(1 + cos(π t / T_max)), and up again
// after T_max. Loshchilov, Hutter 2017, eq. 5, as torch's CosineAnnealingLR.
type cosine struct {
	TMax   int
	EtaMin float64
}

func (c *cosine) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("schedule.t_max", &c.TMax, 0, 1<<40, "steps from the top to the bottom").WithZero("train.steps").WithScale(knob.Log, 100),
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

// half is half a cosine from top to bottom.
func half(top, bottom, along float64) float64 {
	return bottom + float64((top-bottom)*(1+kernel.Cos(math.Pi*along)))/2 // exact: half of a number
}

// cosineRestarts is the same, from the top again after t_0 steps and then after
// t_mult times as many each time, as torch's CosineAnnealingWarmRestarts.
type cosineRestarts struct {
	T0, TMult int
	EtaMin    float64
}

func (c *cosineRestarts) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("schedule.t_0", &c.T0, 1, 1<<40, "steps to the first restart").WithScale(knob.Log, 10),
		knob.Int("schedule.t_mult", &c.TMult, 1, 100, "how many times longer each stretch is than the last"),
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

// oneCycle goes from max_lr / div_factor up to max_lr in pct_start of the
// steps, and down to the start divided by final_div_factor, in half cosines,
// as torch's OneCycleLR; then it stays. Smith, Topin 2018. It ignores the
// base rate.
type oneCycle struct {
	MaxLR           float64
	Total           int
	Start, Div, End float64
}

func (o *oneCycle) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("schedule.max_lr", &o.MaxLR, 0, 1e6, knob.Log, "the rate at the top"),
		knob.Int("schedule.total_steps", &o.Total, 0, 1<<40, "how long the cycle is").WithZero("train.steps").WithScale(knob.Log, 100),
		knob.Float("schedule.pct_start", &o.Start, 0, 1, knob.Linear, "the share of the cycle that goes up").WithStep(0.05),
		knob.Float("schedule.div_factor", &o.Div, 1, 1e9, knob.Log, "the top divided by the start").WithScale(knob.Log, 1),
		knob.Float("schedule.final_div_factor", &o.End, 1, 1e12, knob.Log, "the start divided by the end").WithScale(knob.Log, 1),
	}
}

func (o *oneCycle) Rate(_ float64, step, total int) float64 {
	length := o.Total
	if length == 0 {
		length = max(total, 1)
	}
	start := o.MaxLR / o.Div
	top, end := float64(o.Start*float64(length))-1, float64(length-1)
	t := min(float64(step), end)
	if top > 0 && t <= top {
		return half(start, o.MaxLR, t/top)
	}
	if end <= top {
		return o.MaxLR
	}
	return half(o.MaxLR, start/o.End, (t-top)/(end-top))
}

// cyclic goes between the base rate and max_lr in straight lines; triangular2
// halves the height with each cycle, as torch's CyclicLR. Smith 2017.
type cyclic struct {
	MaxLR    float64
	Up, Down int
	Mode     string
}

func (c *cyclic) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("schedule.max_lr", &c.MaxLR, 0, 1e6, knob.Log, "the rate at the top"),
		knob.Int("schedule.step_size_up", &c.Up, 1, 1<<40, "steps from bottom to top").WithScale(knob.Log, 10),
		knob.Int("schedule.step_size_down", &c.Down, 0, 1<<40, "steps from top to bottom").WithZero("as up").WithScale(knob.Log, 10),
		knob.OneOf("schedule.mode", &c.Mode, []knob.Option{
			{Name: "triangular", Help: "every cycle as high"},
			{Name: "triangular2", Help: "every cycle half as high as the last"},
		}, "how the cycles go on"),
	}
}

func (c *cyclic) Rate(base float64, step, _ int) float64 {
	down := c.Down
	if down == 0 {
		down = c.Up
	}
	cycle, at := step/(c.Up+down), step%(c.Up+down)
	height := float64(at) / float64(c.Up)
	if at > c.Up {
		height = float64(c.Up+down-at) / float64(down)
	}
	height *= c.MaxLR - base
	if c.Mode == "triangular2" {
		height /= kernel.Power(2, cycle)
	}
	return base + height
}
