package core

import (
	"fmt"
	"strings"

	"descent/core/compress"
	"descent/core/finetune"
	"descent/core/knob"
	"descent/core/optim"
	"descent/core/recipe"
)

// Set sets one live knob. It takes effect with the next step. On an error
// nothing has changed.
func (t *Trainer) Set(path string, v knob.Value) error {
	next, err := t.Allows(t.settings, path, v)
	if err != nil {
		return err
	}
	t.method()
	switch {
	case path == recipe.OptimizerName:
		if v.Word() != t.parts.Optimizer.Name {
			t.swapOptimizer(next)
			return nil
		}
	case path == recipe.LossName:
		t.parts.Loss.Name = v.Word()
		t.parts.FitLoss()
	case path == recipe.ScheduleName:
		t.parts.Schedule.Name = v.Word()
		t.parts.FitSchedule()
	}
	was := t.parts.View.Quant
	t.settings = next
	t.parts.Turn(next)
	t.relayout(&was)
	if t.parts.View.Chooses(path) {
		t.parts.View.Remask(t.live(), t.step, t.laterGradient)
	}
	t.sync()
	t.calibrate(&was)
	return nil
}

// Allows says why a knob cannot be set, given the settings s, in one
// sentence, or which settings follow. Nothing is set. Whether later knobs can
// be set depends on these settings alone: the rate that a swap of the
// optimizer chooses is not among them.
func (t *Trainer) Allows(s recipe.Settings, path string, v knob.Value) (next recipe.Settings, err error) {
	if next, err = s.With(path, v); err != nil {
		return s, err
	}
	if path == recipe.LossName {
		if err := t.of.Fits(v.Word()); err != nil {
			return s, err
		}
	}
	if err := t.names(path, next); err != nil {
		return s, err
	}
	if path == "train.batch" || path == recipe.OptimizerName || strings.HasPrefix(path, "finetune.") {
		if err := t.lone(recipe.NewParts(next, t.network)); err != nil {
			return s, err
		}
	}
	if strings.HasPrefix(path, "train.swa_") {
		if err := t.averageable(recipe.NewParts(next, t.network)); err != nil {
			return s, err
		}
	}
	return next, nil
}

// averageable refuses the equal average of weights under batch norms: their running
// statistics are those of the weights that train, and not of the average.
func (t *Trainer) averageable(p *recipe.Parts) error {
	if p.Average.Start == 0 {
		return nil
	}
	for _, part := range t.of.Parts() {
		if part.Kind == "batch-norm" {
			return fmt.Errorf("train.swa_start: layer %s (batch-norm) has the running statistics of the weights that train, which do not suit their average; use layer-norm or group-norm, or train.ema", part.Name)
		}
	}
	return nil
}

// names checks a knob that names layers.
func (t *Trainer) names(path string, next recipe.Settings) error {
	items := func() []string { s, _ := next.Find(path); return s.Value.Items() }
	switch path {
	case "finetune.freeze":
		return (&finetune.Scope{Freeze: items()}).Check(t.network)
	case "schedule.phases":
		return optim.CheckPhases(items())
	case "optimizer.groups":
		return (&finetune.Groups{Rules: items()}).Check(recipe.NewParts(next, t.network).View.Layout())
	case "quant.layers":
		return (&compress.Quant{Layers: items()}).Check(t.network)
	case recipe.TrainMetrics:
		return t.fitMetrics(next)
	}
	return nil
}

// fitMetrics says which of the metrics cannot be measured.
func (t *Trainer) fitMetrics(s recipe.Settings) error {
	n, ok := t.Network()
	if !ok {
		return nil
	}
	names, _ := s.Find(recipe.TrainMetrics)
	of, _ := s.Find(recipe.LossName)
	for _, name := range names.Value.Items() {
		if err := n.FitsMetric(name, of.Value.Word()); err != nil {
			return err
		}
	}
	return nil
}

// Inert says why turning a knob would do nothing now, "" if it does something.
func (t *Trainer) Inert(path string) string {
	switch {
	case path == recipe.OptimizerLR && t.parts.OwnRate:
		return t.parts.Schedule.Name + " has a rate of its own, schedule.max_lr"
	case (path == "train.monitor" || path == "train.stop_delta") && !t.parts.Stopping.On():
		return "nothing is monitored; train.stop and train.keep do"
	}
	if why := t.parts.View.Inert(path); why != "" {
		return why
	}
	return t.of.Inert(path)
}

// Absent tells that a knob means nothing for what is trained: a surface has no
// batches, a network no curvature to choose.
func (t *Trainer) Absent(path string) bool { return t.from.Absent(path) }

// Fits says why the named loss cannot be chosen for this data, nil if it can.
func (t *Trainer) Fits(name string) error { return t.of.Fits(name) }

// lone says which batch norm would be given a batch of a single row, where the
// settings of the parts stand: it would make 0 of every input, and learn nothing, as
// torch.nn.BatchNorm1d refuses to. One that stays frozen measures no batch.
func (t *Trainer) lone(p *recipe.Parts) error {
	n, ok := t.Network()
	if !ok || t.from.Computes() == recipe.OneAge {
		return nil
	}
	rows, size := n.Epoch(), p.Train.Batch
	if p.Row.FullBatch || size >= rows {
		size = 0
	}
	layer, rest := n.LoneRow(size, func(layer string) bool { return p.Finetune.Ever(layer, t.network, p.View.Lora.Rank > 0) })
	const needs = "layer %s (batch-norm) needs at least two rows in a batch, "
	switch {
	case layer == "":
		return nil
	case rest:
		return fmt.Errorf(needs+"and train.batch = %d leaves one of %d training rows for the last batch of an epoch; %d or %d would not",
			layer, size, rows, size-1, size+1)
	case size == 0:
		return fmt.Errorf(needs+"and there is one training row in all", layer)
	}
	return fmt.Errorf(needs+"and train.batch = 1 gives it one", layer)
}
