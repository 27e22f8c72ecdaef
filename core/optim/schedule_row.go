package optim

import "descent/core/knob"

// Schedule is a learning rate schedule.
type Schedule interface {
	Knobs() []knob.Knob
	// Rate returns the learning rate after so many steps of the run: a pure function
	// of the base rate, the steps taken and the planned length of the run, total,
	// which is the length of a schedule that has none of its own.
	Rate(base float64, step, total int) float64
}

// OwnRate is a schedule that ignores the base rate.
type OwnRate interface {
	Peak() float64 // its largest learning rate
}

// MomentumCycle is a schedule that sets the momentum too: μ, or β₁ of optimizers like
// Adam.
type MomentumCycle interface {
	// Momentum returns it after so many steps of the run; on is false where the
	// optimizer's own counts.
	Momentum(step, total int) (momentum float64, on bool)
}

// ScheduleRow is a catalogue entry.
type ScheduleRow struct {
	Name, Help string
	Doc        knob.Doc
	Own        bool            // it ignores the base rate
	New        func() Schedule // at its defaults
}

// schedules are those that are functions of the step alone.
var schedules = []ScheduleRow{
	{Name: "constant", Help: "constant learning rate", Doc: constantDoc, New: func() Schedule { return constant{} }},
	{Name: "step", Help: "multiplied by γ every step_size steps", Doc: stepDoc, New: func() Schedule { return &stepped{Size: 100, Gamma: 0.1} }},
	{Name: "multi-step", Help: "multiplied by γ at each milestone", Doc: multiStepDoc, New: func() Schedule { return &multiStep{Gamma: 0.1} }},
	{Name: "exponential", Help: "multiplied by γ at every step", Doc: exponentialDoc, New: func() Schedule { return &exponential{Gamma: 0.999} }},
	{Name: "linear", Help: "linear from start_factor to end_factor times the rate: warm-up or decay", Doc: linearDoc, New: func() Schedule { return &linear{Start: 1. / 3, End: 1, Total: 5} }},
	{Name: "polynomial", Help: "polynomial decay to 0", Doc: polynomialDoc, New: func() Schedule { return &polynomial{Total: 5, Power: 1} }},
	{Name: "cosine", Help: "cosine annealing from the rate to η_min", Doc: cosineDoc, New: func() Schedule { return &cosine{} }},
	{Name: "cosine-restarts", Help: "cosine annealing with warm restarts (SGDR)", Doc: cosineRestartsDoc, New: func() Schedule { return &cosineRestarts{T0: 100, TMult: 1} }},
	{
		Name: "one-cycle", Help: "1cycle policy: up to max_lr, then to almost 0; ignores optimizer.lr", Doc: oneCycleDoc, Own: true,
		New: func() Schedule {
			return &oneCycle{MaxLR: 0.01, Start: 0.3, Div: 25, End: 1e4, cycle: momentumCycle{Base: 0.85, Max: 0.95}}
		},
	},
	{Name: "cyclic", Help: "cyclical learning rate: linear between the rate and max_lr", Doc: cyclicDoc, New: func() Schedule {
		return &cyclic{MaxLR: 0.01, Up: 2000, Mode: "triangular", cycle: momentumCycle{Base: 0.8, Max: 0.9}}
	}},
	{Name: "inverse-sqrt", Help: "inverse square root decay: constant, then proportional to 1/√t", Doc: inverseSqrtDoc, New: func() Schedule { return &inverseSqrt{Timescale: 1000} }},
	{Name: "wsd", Help: "warmup-stable-decay: constant, then linear decay at the end", Doc: wsdDoc, New: func() Schedule { return &wsd{Decay: 0.2} }},
}

var constantDoc = knob.Doc{
	Formula: "ηₜ = η",
	Source:  knob.None,
	PyTorch: "an optimizer without a scheduler",
	When:    "To study an optimizer, or to change the learning rate by hand. For final results a rate that decays towards the end reaches a lower loss.",
	Range:   knob.None,
}

type constant struct{}

func (constant) Knobs() []knob.Knob                  { return nil }
func (constant) Rate(base float64, _, _ int) float64 { return base }
