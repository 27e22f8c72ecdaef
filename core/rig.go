package core

import (
	"descent/core/augment"
	"descent/core/compress"
	"descent/core/finetune"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/optim"
)

// rig is every part that a knob turns while training, built as one set of
// settings asks for it.
type rig struct {
	optimizer struct {
		Name              string
		LR                float64
		SwapState, SwapLR string
	}
	schedule struct {
		Name   string
		Warmup int
	}
	loss  struct{ Name string }
	train struct {
		Batch, Steps, EvalEvery int
		Accumulate              int
		AccumulateBy            string
		Shuffle                 bool
		Noise, NoiseDecay       float64
	}

	surface  struct{ Kappa, Noise float64 }
	finetune finetune.Scope
	penalty  finetune.Penalty
	distill  distillation
	augment  *augment.Augment

	row    optim.Row
	method optim.Method
	clip   *optim.Clip
	gate   *optim.Gate
	ema    *optim.Average
	rate   optim.Schedule
	own    bool // the schedule has a rate of its own
	lossFn loss.Loss
	view   *compress.View
}

// The choices of train.accumulate_by.
const (
	byBatches = "batches"
	byRows    = "rows"
)

// section is a run of knobs on the panel. Those of an owner belong to one row
// of a catalogue, which remembers them while another row is chosen.
type section struct {
	owner string
	knobs []knob.Knob
}

// newRig picks the rows that the settings name and turns every knob to where
// it stands. Without a layout it serves to read the panel only.
func newRig(s Settings, layout knob.Layout) *rig {
	g := &rig{clip: &optim.Clip{}, gate: &optim.Gate{}, ema: &optim.Average{}, view: compress.NewView(layout), augment: augment.New()}
	g.optimizer.Name, g.optimizer.SwapState, g.optimizer.SwapLR = "sgd", "fresh", "keep"
	g.schedule.Name = "constant"
	g.loss.Name = "mse"
	g.finetune = finetune.New()
	g.distill.Temperature, g.distill.Features, g.distill.Weight = 2, noFeatures, 1
	g.surface.Kappa = 100
	g.train.Batch, g.train.Steps, g.train.Shuffle, g.train.Accumulate, g.train.AccumulateBy = 32, 1000, true, 1, byBatches
	for path, target := range map[string]*string{
		optimizerName: &g.optimizer.Name, scheduleName: &g.schedule.Name, lossName: &g.loss.Name,
	} {
		if v, ok := s.values[path]; ok {
			*target = v.Word()
		}
	}
	g.fitOptimizer()
	g.fitSchedule()
	g.fitLoss()
	g.turn(s)
	return g
}

func (g *rig) fitOptimizer() {
	g.row, _ = optim.Find(g.optimizer.Name)
	g.optimizer.LR = g.row.LR
	g.method = g.row.New(g.clip, g.gate, g.ema)
}

func (g *rig) fitSchedule() {
	row, _ := optim.FindSchedule(g.schedule.Name)
	g.rate, g.own = row.New(), row.Own
}

func (g *rig) fitLoss() {
	row, _ := loss.Find(g.loss.Name)
	g.lossFn = row.New()
}

// rateAt is the rate after so many steps: the schedule's, behind its warm-up.
func (g *rig) rateAt(base float64, step int) float64 {
	rate := g.rate.Rate(base, step, g.train.Steps)
	if step < g.schedule.Warmup {
		rate *= float64(step+1) / float64(g.schedule.Warmup)
	}
	return rate
}

// turn sets every knob that the settings hold a value for.
func (g *rig) turn(s Settings) {
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
func (g *rig) panel() []section {
	own := g.method.Knobs()
	clip, ema := g.clip.Knobs(), g.ema.Knobs()
	own = own[len(clip) : len(own)-len(ema)] // the chain begins and ends with knobs that are the run's
	o, t := &g.optimizer, &g.train
	return []section{
		{knobs: []knob.Knob{
			knob.OneOf(optimizerName, &o.Name, optimizerOptions(), "how gradients become updates"),
			knob.Float(optimizerLR, &o.LR, 0, 1e6, knob.Log, "the learning rate, before the schedule").WithScale(knob.Log, 1e-7),
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
			knob.OneOf(scheduleName, &g.schedule.Name, scheduleOptions(), "how the rate moves with the steps"),
		}},
		{owner: g.schedule.Name, knobs: g.rate.Knobs()},
		{knobs: []knob.Knob{
			knob.Int("schedule.warmup", &g.schedule.Warmup, 0, 1<<40, "steps over which the rate climbs from 0 to the schedule").WithZero("off").WithScale(knob.Log, 10),
		}},
		{knobs: []knob.Knob{knob.OneOf(lossName, &g.loss.Name, lossOptions(), "what training lowers")}},
		{owner: g.loss.Name, knobs: g.lossFn.Knobs()},
		{knobs: append(append([]knob.Knob{
			knob.Int("train.batch", &t.Batch, 0, 1<<30, "rows in a step").WithZero("all rows").WithScale(knob.Log, 1),
			knob.Int("train.accumulate", &t.Accumulate, 1, 1<<20, "batches whose mean gradient makes a step").WithScale(knob.Log, 1),
			knob.OneOf("train.accumulate_by", &t.AccumulateBy, []knob.Option{
				{Name: byBatches, Help: "the mean of the batches' means, as a plain PyTorch loop: a short last batch counts as much as the others"},
				{Name: byRows, Help: "the mean over all rows, each counting by its class weight: what one batch of them all would give"},
			}, "what the accumulated gradient is the mean of"),
			knob.Bool("train.shuffle", &t.Shuffle, "a new order of the rows each epoch"),
			knob.Float("train.noise", &t.Noise, 0, 1e6, knob.Log, "deviation of normal noise on every gradient, before clipping").WithZero("off").WithScale(knob.Log, 1e-4),
			knob.Float("train.noise_decay", &t.NoiseDecay, 0, 10, knob.Linear, "γ, with which the noise shrinks: its variance is divided by (1 + step)^γ; 0.55 is usual").WithZero("constant").WithStep(0.05),
		}, append(clip, ema...)...),
			knob.Int("train.steps", &t.Steps, 1, 1<<40, "how long a run is; it ends `run` and sizes schedules").WithScale(knob.Log, 100),
			knob.Int("train.eval_every", &t.EvalEvery, 0, 1<<40, "steps between evaluations").WithZero("an epoch").WithScale(knob.Log, 1),
		)},
		{knobs: []knob.Knob{
			knob.Float("surface.kappa", &g.surface.Kappa, 1, 1e9, knob.Log, "how much steeper the ravine is across than along").WithScale(knob.Log, 1),
			knob.Float("surface.noise", &g.surface.Noise, 0, 1e6, knob.Log, "deviation of the noise on each slope of a surface").WithZero("off").WithScale(knob.Log, 1e-3),
		}},
		{knobs: g.view.Knobs()},
		{knobs: g.distill.knobs()},
		{knobs: g.augment.Knobs()},
		{knobs: append(append(g.finetune.Knobs(), g.view.Lora.Knobs()...), g.penalty.Knobs()...)},
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
