package recipe

import (
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
	Optimizer struct {
		Name              string
		LR                float64
		SwapState, SwapLR string
	}
	Schedule struct {
		Name   string
		Warmup int
	}
	Loss  struct{ Name string }
	Train struct {
		Batch, Steps, EvalEvery int
		Accumulate              int
		AccumulateBy            string
		Shuffle                 bool
		Noise, NoiseDecay       float64
	}

	Surface  struct{ Kappa, Noise float64 }
	Finetune finetune.Scope
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
}

// The choices of train.accumulate_by.
const (
	byBatches = "batches"
	ByRows    = "rows"
)

// section is a run of knobs on the panel. Those of an owner belong to one row
// of a catalogue, which remembers them while another row is chosen.
type section struct {
	owner string
	knobs []knob.Knob
}

// NewParts picks the rows that the settings name and turns every knob to where
// it stands. Without a layout it serves to read the panel only.
func NewParts(s Settings, layout knob.Layout) *Parts {
	g := &Parts{Clip: &optim.Clip{}, UpdateMask: &optim.UpdateMask{}, Average: &optim.Average{}, View: compress.NewView(layout), Augment: augment.New()}
	g.Optimizer.Name, g.Optimizer.SwapState, g.Optimizer.SwapLR = "sgd", "fresh", "keep"
	g.Schedule.Name = "constant"
	g.Loss.Name = "mse"
	g.Finetune = finetune.New()
	g.Distill = loss.NewDistillation()
	g.Surface.Kappa = 100
	g.Train.Batch, g.Train.Steps, g.Train.Shuffle, g.Train.Accumulate, g.Train.AccumulateBy = 32, 1000, true, 1, byBatches
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
	g.Turn(s)
	return g
}

// FitOptimizer builds the optimizer that is named, with its defaults.
func (g *Parts) FitOptimizer() {
	g.Row, _ = optim.Find(g.Optimizer.Name)
	g.Optimizer.LR = g.Row.LR
	g.Method = g.Row.New(g.Clip, g.UpdateMask, g.Average)
}

// FitSchedule builds the schedule that is named, with its defaults.
func (g *Parts) FitSchedule() {
	row, _ := optim.FindSchedule(g.Schedule.Name)
	g.Rate, g.OwnRate = row.New(), row.Own
}

// FitLoss builds the loss function that is named, with its defaults.
func (g *Parts) FitLoss() {
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
			if v, ok := s.values[key(k.Path, sec.owner)]; ok {
				if err := k.Set(v); err != nil {
					panic("core: settings hold an unchecked value: " + err.Error())
				}
			}
		}
	}
}

// panel is every live knob, in display order, bound to the rig.
func (g *Parts) panel() []section {
	own := g.Method.Knobs()
	clip, ema := g.Clip.Knobs(), g.Average.Knobs()
	own = own[len(clip) : len(own)-len(ema)] // the chain begins and ends with knobs that are the run's
	o, t := &g.Optimizer, &g.Train
	return []section{
		{knobs: []knob.Knob{
			knob.OneOf(OptimizerName, &o.Name, optimizerOptions(), "how gradients become updates"),
			knob.Float(OptimizerLR, &o.LR, 0, 1e6, knob.Log, "the learning rate, before the schedule").WithScale(knob.Log, 1e-7),
		}},
		{owner: o.Name, knobs: own},
		{knobs: []knob.Knob{
			knob.OneOf("optimizer.swap_state", &o.SwapState, []knob.Option{
				{Name: "fresh", Help: "the new optimizer starts with empty state"},
				{Name: "carry", Help: "buffers of the same meaning go over to the new optimizer"},
			}, "what a swap of the optimizer does with its state"),
			knob.OneOf("optimizer.swap_lr", &o.SwapLR, []knob.Option{
				{Name: "keep", Help: "the rate stays"},
				{Name: "default", Help: "the new optimizer's own rate"},
				{Name: "match", Help: "the rate at which the first new step is as long as the last old one"},
			}, "what a swap of the optimizer does with the rate"),
			knob.OneOf(ScheduleName, &g.Schedule.Name, scheduleOptions(), "how the rate moves with the steps"),
		}},
		{owner: g.Schedule.Name, knobs: g.Rate.Knobs()},
		{knobs: []knob.Knob{
			knob.Int("schedule.warmup", &g.Schedule.Warmup, 0, 1<<40, "steps over which the rate climbs from 0 to the schedule").WithZero("off").WithScale(knob.Log, 10),
		}},
		{knobs: []knob.Knob{knob.OneOf(LossName, &g.Loss.Name, lossOptions(), "what training lowers")}},
		{owner: g.Loss.Name, knobs: g.LossFn.Knobs()},
		{knobs: append(append([]knob.Knob{
			knob.Int("train.batch", &t.Batch, 0, 1<<30, "rows in a step").WithZero("all rows").WithScale(knob.Log, 1),
			knob.Int("train.accumulate", &t.Accumulate, 1, 1<<20, "batches whose mean gradient makes a step").WithScale(knob.Log, 1),
			knob.OneOf("train.accumulate_by", &t.AccumulateBy, []knob.Option{
				{Name: byBatches, Help: "the mean of the batches' means, as a plain PyTorch loop: a short last batch counts as much as the others"},
				{Name: ByRows, Help: "the mean over all rows, each counting by its class weight: what one batch of them all would give"},
			}, "what the accumulated gradient is the mean of"),
			knob.Bool("train.shuffle", &t.Shuffle, "a new order of the rows each epoch"),
			knob.Float("train.noise", &t.Noise, 0, 1e6, knob.Log, "deviation of normal noise on every gradient, before clipping").WithZero("off").WithScale(knob.Log, 1e-4),
			knob.Float("train.noise_decay", &t.NoiseDecay, 0, 10, knob.Linear, "γ, with which the noise shrinks: its variance is divided by (1 + step)^γ; 0.55 is usual").WithZero("constant").WithStep(0.05),
		}, append(clip, ema...)...),
			knob.Int("train.steps", &t.Steps, 1, 1<<40, "how long a run is; it ends `run` and sizes schedules").WithScale(knob.Log, 100),
			knob.Int("train.eval_every", &t.EvalEvery, 0, 1<<40, "steps between evaluations").WithZero("an epoch").WithScale(knob.Log, 1),
		)},
		{knobs: []knob.Knob{
			knob.Float("surface.kappa", &g.Surface.Kappa, 1, 1e9, knob.Log, "how much steeper the ravine is across than along").WithScale(knob.Log, 1),
			knob.Float("surface.noise", &g.Surface.Noise, 0, 1e6, knob.Log, "deviation of the noise on each slope of a surface").WithZero("off").WithScale(knob.Log, 1e-3),
		}},
		{knobs: g.View.Knobs()},
		{knobs: g.Distill.Knobs()},
		{knobs: g.Augment.Knobs()},
		{knobs: append(append(g.Finetune.Knobs(), g.View.Lora.Knobs()...), g.Penalty.Knobs()...)},
	}
}

func optimizerOptions() []knob.Option {
	var out []knob.Option
	for _, r := range optim.Catalogue {
		out = append(out, knob.Option{Name: r.Name, Help: r.Help})
	}
	return out
}

func scheduleOptions() []knob.Option {
	var out []knob.Option
	for _, r := range optim.Schedules {
		out = append(out, knob.Option{Name: r.Name, Help: r.Help})
	}
	return out
}

func lossOptions() []knob.Option {
	var out []knob.Option
	for _, r := range loss.Catalogue {
		out = append(out, knob.Option{Name: r.Name, Help: r.Help})
	}
	return out
}
