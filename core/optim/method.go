// Package optim turns gradients into updates: links of one concern each,
// chained into optimizers, and the schedules that move the rate.
package optim

import "descent/core/knob"

// At is where an update happens.
type At struct {
	Step int     // of the run, from 1
	Age  int     // updates since this optimizer was installed, this one included: Adam's t
	LR   float64 // the rate the schedule gives this step
	// Share is how much of the rate each parameter learns at, 0 for one that
	// does not move; nil where all learn at the whole of it.
	Share []float64
}

// share is that of one parameter.
func (a At) share(i int) float64 {
	if a.Share == nil {
		return 1
	}
	return a.Share[i]
}

// Link is one concern of an optimizer. An algorithm is one link: Adam is one,
// not three.
type Link interface {
	// Knobs are the live settings, in display order, bound to the link.
	Knobs() []knob.Knob
	// Init allocates zeroed state for a flat vector of that layout.
	Init(layout knob.Layout)
	// Apply turns the gradient (or what earlier links made of it) in update
	// into the update, in place. params is only read.
	Apply(update, params []float64, at At)
	// State is the link's named memory, live.
	State() []knob.Buffer
}

// Eval computes the loss at params and overwrites grad with its gradient, on
// the batch of the current step.
type Eval func(params, grad []float64) float64

// Method is an optimizer as a Trainer drives it. A Chain is the usual one.
type Method interface {
	Knobs() []knob.Knob
	// Init starts afresh for a flat vector of that layout.
	Init(layout knob.Layout)
	// Step moves params by one update and returns the loss before it.
	Step(params []float64, eval Eval, at At) float64
	// Trace is the gradient and the update of the last step, live, to be read only.
	Trace() (grad, update []float64)
	State() []knob.Buffer
	// Restore takes over what State gave, behind an Init.
	Restore(saved []knob.Buffer)
}

// restorer is a link whose buffers come and go.
type restorer interface {
	Restore(saved []knob.Buffer)
}

// Averager is a link or method whose running average of the weights is what is
// shown and evaluated.
type Averager interface {
	// EvalParams is the average at params, or params itself while there is none.
	EvalParams(params []float64) []float64
}

// stateless is embedded by links without memory.
type stateless struct{}

func (stateless) Init(knob.Layout)     {}
func (stateless) State() []knob.Buffer { return nil }
