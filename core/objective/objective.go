// Package objective is what training lowers: a network on the batches of a data set,
// or a test surface. It evaluates and differentiates; it never trains anything.
package objective

import (
	"descent/core/augment"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/metric"
	"descent/core/nn"
)

// Objective is a function of a flat vector of parameters, with all that whoever
// trains asks of it.
type Objective interface {
	Layout() knob.Layout
	// Eval returns the loss at params and overwrites grad with its gradient; step,
	// from 1, says which batch, try how often it has been asked for in this step.
	// It is meaningless where a pass was broken off.
	Eval(params, grad []float64, step, try int) float64

	// Begin writes the parameters that training starts from.
	Begin(params []float64)
	// Follow takes over what the knobs say.
	Follow(s Settings)
	// Fits says why the named loss cannot be chosen, nil if it can.
	Fits(loss string) error
	// Inert says why turning a knob does nothing now, "" if it does something.
	Inert(path string) string

	// Measure evaluates the weights w into m, which is zero.
	Measure(w []float64, m *Measures)
	// Fisher is the diagonal of the Fisher information of the old task at weights,
	// nil without an old task.
	Fisher(weights []float64) []float64
	// Blame names the first place that is not finite, or else what is too large.
	Blame(w, grad []float64) (where string, finite bool)
	// Parts are the layers, or whatever else holds parameters under one name.
	Parts() []Part

	// Batch is the number of rows of the last step, Epoch that of all rows, Batches
	// how many steps go through them.
	Batch() int
	Epoch() int
	Batches() int

	// State and Restore are for what training moves besides the parameters.
	State() []knob.Buffer
	Restore(saved []knob.Buffer)
	// Copy is a second one on the same data, at its beginning.
	Copy() Objective

	// Work is about how many multiply-adds a step takes, or an evaluation.
	Work(evaluation bool) int
	// Join lets a team share the work of a step.
	Join(team *kernel.Team)
	// Watch lets passes ask now and then whether to give up; nil for not.
	Watch(stop func() bool)
}

// Settings are what the knobs say of a step.
type Settings struct {
	Batch      int  // rows in a batch, 0 for all
	Shuffle    bool // a new order of the rows each epoch
	Accumulate int  // batches in a step
	ByRows     bool // their gradients count by their rows, else alike
	// FullBatch is the optimizer that takes all rows at every step, "" for one that
	// takes batches.
	FullBatch string

	Loss      loss.Loss
	Row       loss.Row // of the catalogue
	Distill   loss.Distillation
	Augment   *augment.Augment
	Replay    float64 // the share of a batch that is rows of the old task
	Frozen    func(layer string) bool
	Round     nn.Rounder // of the inputs of layers, nil for none
	Kappa     float64    // of a surface
	Deviation float64    // of the noise on the slopes of a surface

	Single bool // passes run in float32

	Metrics []string // of the catalogue of metrics, measured at evaluations
	Tau     float64  // the quantile that the loss estimates, 0 for none
}

// Measures are what an evaluation found.
type Measures struct {
	HasVal      bool // there are validation rows
	HasAccuracy bool // the targets are classes
	ValLoss     float64
	Accuracy    float64 // on all training rows
	ValAccuracy float64

	HasOld      bool // there is a task that was learnt before: its held-out rows
	OldLoss     float64
	OldAccuracy float64

	// Scores are the metrics that were asked for, never modified: "val_f1" on the
	// validation rows, "f1" on the training rows where there are none held out,
	// "old_f1" on those of the task that was learnt before.
	Scores []metric.Score
}

// Score is a measure by its name, of Scores or of the others: "val_loss", "accuracy",
// "val_f1"; ok is false where it was not measured.
func (m *Measures) Score(name string) (v float64, ok bool) {
	switch name {
	case "val_loss":
		return m.ValLoss, m.HasVal
	case "accuracy":
		return m.Accuracy, m.HasAccuracy
	case "val_accuracy":
		return m.ValAccuracy, m.HasAccuracy && m.HasVal
	case "old_loss":
		return m.OldLoss, m.HasOld
	case "old_accuracy":
		return m.OldAccuracy, m.HasAccuracy && m.HasOld
	}
	for _, s := range m.Scores {
		if s.Name == name {
			return s.Value, true
		}
	}
	return 0, false
}

// Part is a layer, or whatever else holds parameters under one name.
type Part struct {
	Name, Kind string
	In, Out    int
	From, To   []int // the shapes of a row
	Shared     int   // places of a row at which it uses its kernel
}
