package optim

import (
	"math"

	"descent/core/knob"
)

// Schedule moves the rate. Rate is a pure function of the base rate, the
// number of steps already taken in the run, and the run's planned length,
// total, which sizes a schedule that is not sized itself.
type Schedule interface {
	Knobs() []knob.Knob
	Rate(base float64, step, total int) float64
}

// ScheduleRow is a catalogue entry.
type ScheduleRow struct {
	Name, Help string
	New        func() Schedule // with its defaults
}

// Schedules is every schedule there is, in display order.
var Schedules = []ScheduleRow{
	{Name: "constant", Help: "the rate stays where it is", New: func() Schedule { return constant{} }},
	{Name: "cosine", Help: "half a cosine from the rate down to eta_min", New: func() Schedule { return &cosine{} }},
}

// FindSchedule is the row of that name.
func FindSchedule(name string) (ScheduleRow, bool) {
	for _, r := range Schedules {
		if r.Name == name {
			return r, true
		}
	}
	return ScheduleRow{}, false
}

type constant struct{}

func (constant) Knobs() []knob.Knob                  { return nil }
func (constant) Rate(base float64, _, _ int) float64 { return base }

// cosine: η = η_min + ½ (η_base − η_min)(1 + cos(π t / T_max)), and up again
// after T_max. Loshchilov, Hutter 2017, eq. 5, as torch's CosineAnnealingLR.
type cosine struct {
	TMax   int
	EtaMin float64
}

func (c *cosine) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("schedule.t_max", &c.TMax, 0, 1<<40, "steps from the top to the bottom").WithZero("train.steps").WithScale(knob.Log, 100),
		knob.Float("schedule.eta_min", &c.EtaMin, 0, 1e3, knob.Log, "the rate at the bottom").WithScale(knob.Log, 1e-6),
	}
}

func (c *cosine) Rate(base float64, step, total int) float64 {
	length := c.TMax
	if length == 0 {
		length = max(total, 1)
	}
	return c.EtaMin + (base-c.EtaMin)*(1+math.Cos(math.Pi*float64(step)/float64(length)))/2
}
