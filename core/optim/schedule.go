package optim

import "descent/core/knob"

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
	Doc        knob.Doc
	Own        bool            // it has a rate of its own and ignores the base
	New        func() Schedule // with its defaults
}

// Schedules is every schedule there is, in display order.
var Schedules = []ScheduleRow{
	{Name: "constant", Help: "the rate stays where it is", New: func() Schedule { return constant{} }},
	{Name: "step", Help: "falls by gamma every step_size steps", New: func() Schedule { return &stepped{Size: 100, Gamma: 0.1} }},
	{Name: "multi-step", Help: "falls by gamma at each milestone", New: func() Schedule { return &multiStep{Gamma: 0.1} }},
	{Name: "exponential", Help: "falls by gamma at every step", New: func() Schedule { return &exponential{Gamma: 0.999} }},
	{Name: "linear", Help: "a straight line from start_factor to end_factor", New: func() Schedule { return &linear{Start: 1. / 3, End: 1, Total: 5} }},
	{Name: "polynomial", Help: "falls to 0 as a power of what is left", New: func() Schedule { return &polynomial{Total: 5, Power: 1} }},
	{Name: "cosine", Help: "half a cosine from the rate down to eta_min", New: func() Schedule { return &cosine{} }},
	{Name: "cosine-restarts", Help: "half cosines one after the other, from the top each time", New: func() Schedule { return &cosineRestarts{T0: 100, TMult: 1} }},
	{
		Name: "one-cycle", Help: "up to max_lr and far down again, once; the base rate is ignored", Own: true,
		New: func() Schedule { return &oneCycle{MaxLR: 0.01, Start: 0.3, Div: 25, End: 1e4} },
	},
	{Name: "cyclic", Help: "up and down between the rate and max_lr", New: func() Schedule { return &cyclic{MaxLR: 0.01, Up: 2000, Mode: "triangular"} }},
	{Name: "inverse-sqrt", Help: "level, then falling as 1/√t", New: func() Schedule { return &inverseSqrt{Timescale: 1000} }},
	{Name: "plateau", Help: "lowers the rate by itself once evaluation stops improving; each time it is a decision", New: func() Schedule {
		return &Plateau{Factor: 0.1, Patience: 10, Threshold: 1e-4}
	}},
	{Name: "wsd", Help: "level, then down in a line at the end; with warmup: warm-up, stable, decay", New: func() Schedule { return &wsd{Decay: 0.2} }},
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
