package optim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
)

var chainDoc = knob.Doc{
	Formula: "ηₜ = rate of phase i after t − Tᵢ steps, for Tᵢ ≤ t < Tᵢ₊₁; each phase begins anew from η at its milestone Tᵢ",
	Source:  knob.None,
	PyTorch: "torch.optim.lr_scheduler.SequentialLR(schedulers, milestones), stepped after every update",
	When:    "For schedules of several parts: a warm-up, a constant phase, a decay. schedule.phases lists them; without any the rate is constant.",
	Range:   "two to four phases",
}

// chained is one schedule after another.
type chained struct {
	Phases []string

	read   []string // what phases is parsed from
	phases []phase
}

// phase is a schedule and the steps that it is for; 0 for the rest.
type phase struct {
	of     Schedule
	length int
}

func (c *chained) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Words("schedule.phases", &c.Phases, "phases one after another: [\"linear 100 start_factor=0.1\", \"cosine\"]").WithZero("constant").Explained(knob.Doc{
			Formula: "NAME STEPS key=value …, for each phase; the last goes on to the end and needs no STEPS",
			Source:  knob.None,
			PyTorch: "schedulers and milestones of torch.optim.lr_scheduler.SequentialLR; the milestones are the sums of the steps",
			When: "NAME is a schedule, the keys are its own, without \"schedule.\". Where a schedule is sized by train.steps, a phase is sized by its steps: \"linear 100 start_factor=0.1 total_iters=0\" rises in 100 steps, \"cosine 500\" falls in 500." +
				" plateau is no phase: it decides at evaluations.",
			Range: "two to four phases",
		}),
	}
}

// CheckPhases says which phase of a chain cannot be read.
func CheckPhases(phases []string) error {
	for i, text := range phases {
		p, err := readPhase(text)
		if err != nil {
			return fmt.Errorf("schedule.phases: %w", err)
		}
		if p.length == 0 && i+1 < len(phases) {
			return fmt.Errorf("schedule.phases: %q has no number of steps, and is not the last phase", text)
		}
	}
	return nil
}

func readPhase(text string) (p phase, err error) {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return p, fmt.Errorf("a phase is empty; the form is \"NAME STEPS key=value\", as \"cosine 500 eta_min=1e-4\"")
	}
	name := fields[0]
	var names []string
	var makes func() Schedule
	for _, r := range schedules {
		names = append(names, r.Name)
		if r.Name == name {
			makes = r.New
		}
	}
	if makes == nil {
		if near := knob.Nearest(name, names); near != "" {
			return p, fmt.Errorf("no phase is called %q; did you mean %q?", name, near)
		}
		return p, fmt.Errorf("no phase is called %q; there are %s", name, strings.Join(names, ", "))
	}
	p.of = makes()
	for i, f := range fields[1:] {
		key, value, ok := strings.Cut(f, "=")
		if n, failed := strconv.Atoi(f); i == 0 && failed == nil && n > 0 {
			p.length = n
			continue
		}
		at := slices.IndexFunc(p.of.Knobs(), func(k knob.Knob) bool { return k.Path == "schedule."+key })
		if !ok || at < 0 {
			return p, fmt.Errorf("%q: %q is neither a number of steps nor a setting of %s", text, f, name)
		}
		k := p.of.Knobs()[at]
		v, err := k.Parse(value)
		if err == nil {
			err = k.Set(v)
		}
		if err != nil {
			return p, fmt.Errorf("%q: %w", text, err)
		}
	}
	return p, nil
}

// at is the phase after so many steps of the run, with the steps since it began and
// its length.
func (c *chained) at(step, total int) (of Schedule, since, length int) {
	if !slices.Equal(c.read, c.Phases) {
		c.read, c.phases = slices.Clone(c.Phases), nil
		for _, text := range c.Phases {
			if p, err := readPhase(text); err == nil {
				c.phases = append(c.phases, p)
			}
		}
	}
	begin := 0
	for i, p := range c.phases {
		if i+1 == len(c.phases) || step < begin+p.length {
			if length = p.length; length == 0 {
				length = max(total-begin, 1)
			}
			return p.of, step - begin, length
		}
		begin += p.length
	}
	return nil, step, total
}

func (c *chained) Rate(base float64, step, total int) float64 {
	of, since, length := c.at(step, total)
	if of == nil {
		return base
	}
	return of.Rate(base, since, length)
}

func (c *chained) Momentum(step, total int) (momentum float64, on bool) {
	of, since, length := c.at(step, total)
	if m, ok := of.(MomentumCycle); ok {
		return m.Momentum(since, length)
	}
	return 0, false
}
