package recipe

import (
	"sync"

	"descent/core/augment"
	"descent/core/compress"
	"descent/core/finetune"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/optim"
)

// Parts are every part that a knob turns while training, built as one set of
// settings asks for it.
type Parts struct {
	Optimizer Optimizer
	Schedule  Schedule
	Loss      LossChoice
	Train     Train
	Stopping  optim.Stopping

	Surface  TestSurface
	Finetune finetune.Scope
	Groups   finetune.Groups
	Penalty  finetune.Penalty
	Distill  loss.Distillation
	Augment  *augment.Augment

	Row        optim.Row // of the optimizer
	Method     optim.Method
	Clip       *optim.Clip
	UpdateMask *optim.UpdateMask
	Average    *optim.Average
	Rate       optim.Schedule
	OwnRate    bool // the schedule has a rate of its own
	LossFn     loss.Loss
	View       *compress.View

	sections []section // the panel, nil until it is asked for
}

// section is a run of knobs on the panel. Those of an owner belong to one row
// of a catalogue, which remembers them while another row is chosen.
type section struct {
	owner string
	knobs []knob.Knob
}

// unbound is a section whose knobs are built when they are asked for.
type unbound struct {
	owner string
	knobs func() []knob.Knob
}

// NewParts picks the rows that the settings name and sets every knob to its
// value. Without a layout it serves to read the panel only.
func NewParts(s Settings, layout knob.Layout) *Parts {
	g := picked(s, layout)
	g.Turn(s)
	return g
}

// picked is the parts of the rows that the settings name, with every other knob
// at its default.
func picked(s Settings, layout knob.Layout) *Parts {
	g := &Parts{Clip: &optim.Clip{}, UpdateMask: &optim.UpdateMask{}, Average: &optim.Average{Every: 1}, View: compress.NewView(layout), Augment: augment.New()}
	g.Optimizer, g.Train, g.Stopping = newOptimizer(), newTrain(), optim.NewStopping()
	g.Schedule.Name = "constant"
	g.Loss.Name = "mse"
	g.Finetune, g.Groups = finetune.New(), finetune.NewGroups()
	g.Distill = loss.NewDistillation()
	g.Surface.Kappa = 100
	for path, target := range map[string]*string{
		OptimizerName: &g.Optimizer.Name, ScheduleName: &g.Schedule.Name, LossName: &g.Loss.Name,
	} {
		if v, ok := s.values[path]; ok {
			*target = v.Word()
		}
	}
	g.FitOptimizer()
	g.FitSchedule()
	g.FitLoss()
	return g
}

// FitOptimizer builds the optimizer that is named, with its defaults.
func (g *Parts) FitOptimizer() {
	g.sections = nil
	g.Row, _ = optim.Find(g.Optimizer.Name)
	g.Optimizer.LR = g.Row.LR
	g.Method = g.Row.New(g.Clip, g.UpdateMask, g.Average)
}

// FitSchedule builds the schedule that is named, with its defaults.
func (g *Parts) FitSchedule() {
	g.sections = nil
	row, _ := optim.FindSchedule(g.Schedule.Name)
	g.Rate, g.OwnRate = row.New(), row.Own
}

// FitLoss builds the loss function that is named, with its defaults.
func (g *Parts) FitLoss() {
	g.sections = nil
	row, _ := loss.Find(g.Loss.Name)
	g.LossFn = row.New()
}

// RateAt is the rate after so many steps: the schedule's, behind its warm-up.
func (g *Parts) RateAt(base float64, step int) float64 {
	rate := g.Rate.Rate(base, step, g.Train.Steps)
	if step < g.Schedule.Warmup {
		rate *= float64(step+1) / float64(g.Schedule.Warmup)
	}
	return rate
}

// Turn sets every knob that the settings hold a value for.
func (g *Parts) Turn(s Settings) {
	for _, sec := range g.panel() {
		for _, k := range sec.knobs {
			turn(k, s.values, sec.owner)
		}
	}
}

// turn sets a knob to the value that is held for it, if any.
func turn(k knob.Knob, values map[string]knob.Value, owner string) {
	if v, ok := values[key(k.Path, owner)]; ok {
		if err := k.Set(v); err != nil {
			panic("recipe: settings hold an unchecked value: " + err.Error())
		}
	}
}

// panel is every live knob, in display order, bound to the parts.
func (g *Parts) panel() []section {
	if g.sections == nil {
		all := g.unbound()
		g.sections = make([]section, len(all))
		for i, sec := range all {
			g.sections[i] = section{sec.owner, sec.knobs()}
		}
	}
	return g.sections
}

func (g *Parts) unbound() [14]unbound {
	return [...]unbound{
		{knobs: g.Optimizer.choice},
		{owner: g.Optimizer.Name, knobs: func() []knob.Knob {
			own := g.Method.Knobs() // the chain begins and ends with knobs that are the run's
			return own[len(g.Clip.Knobs()) : len(own)-len(g.Average.Knobs())]
		}},
		{knobs: g.Groups.Knobs},
		{knobs: func() []knob.Knob { return append(g.Optimizer.swap(), g.Schedule.choice()) }},
		{owner: g.Schedule.Name, knobs: g.Rate.Knobs},
		{knobs: func() []knob.Knob { return []knob.Knob{g.Schedule.warmup()} }},
		{knobs: func() []knob.Knob { return []knob.Knob{g.Loss.choice()} }},
		{owner: g.Loss.Name, knobs: g.LossFn.Knobs},
		{knobs: func() []knob.Knob {
			return append(g.Train.knobs(append(g.Clip.Knobs(), g.Average.Knobs()...)...), g.Stopping.Knobs()...)
		}},
		{knobs: g.Surface.knobs},
		{knobs: g.View.Knobs},
		{knobs: g.Distill.Knobs},
		{knobs: g.Augment.Knobs},
		{knobs: func() []knob.Knob {
			return append(append(g.Finetune.Knobs(), g.View.Lora.Knobs()...), g.Penalty.Knobs()...)
		}},
	}
}

// placed is the section of each knob that is there whatever rows are chosen.
var placed = sync.OnceValue(func() map[string]int {
	out := map[string]int{}
	for i, sec := range picked(Settings{}, nil).unbound() {
		if sec.owner != "" {
			continue
		}
		for _, k := range sec.knobs() {
			out[k.Path] = i
		}
	}
	return out
})
