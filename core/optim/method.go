// Package optim turns gradients into updates: transforms of one concern each,
// chained into optimizers, and the schedules of the learning rate.
package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// At is what an update depends on beside parameters and gradient.
type At struct {
	Step int     // step of the run, from 1
	Age  int     // updates since this optimizer was installed, this one included
	LR   float64 // learning rate of this step, after the schedule
	// Spans are the tensors that train, in order. The state of all others stays
	// as it is, as that of a parameter without a gradient in PyTorch. nil: all
	// train, and have since the optimizer was installed.
	Spans []Span
	// LRScale multiplies the learning rate of each parameter, 0 for one that is
	// frozen; nil is 1 for all.
	LRScale []float64
	// Grouped tells that LRScale holds the rates of parameter groups, which optimizers
	// that read the rate once, as their first step size, honour too.
	Grouped bool
	// Decays are the tensors of all parameters, in order, each with a weight decay of
	// its own; nil: all have that of the optimizer.
	Decays []Decay
	// Stopped reports, after an evaluation, whether it was interrupted: its
	// result must not be used. nil is never.
	Stopped func() bool
	// Ask is called during a long update and reports whether to interrupt it:
	// the parameters and the state that are left must not be used. nil is never.
	Ask func() bool
	// Team shares long updates; nil is the caller alone. No bit depends on it.
	Team *kernel.Team
}

// Decay is the weight decay of a run of parameters.
type Decay struct {
	From, To int
	Of       func(weight float64) float64 // where the optimizer's is weight
}

// decay is the weight decay of one parameter, where the optimizer's is weight.
func (a At) decay(i int, weight float64) float64 {
	for _, d := range a.Decays {
		if d.From <= i && i < d.To {
			return d.Of(weight)
		}
	}
	return weight
}

// laborious is a transform whose update takes much longer than a pass over the
// parameters.
type laborious interface {
	work() int // in multiply-adds
}

func (a At) stopped() bool { return a.Stopped != nil && a.Stopped() }

// Span is a run of neighbouring tensors that have trained equally often.
type Span struct {
	From, To    int // their part of the flat vector
	First, Last int // their part of the layout
	Age         int // updates since the optimizer's state of them began, this one included: Adam's t
}

// Of is the span's part of a flat vector, not a copy.
func (s Span) Of(v []float64) []float64 { return v[s.From:s.To:s.To] }

// Extend appends a tensor, the t-th of its layout, at an age, to the last span where
// both match.
func Extend(spans []Span, tensor knob.Segment, t, age int) []Span {
	from, to := tensor.Offset, tensor.Offset+tensor.Size()
	if n := len(spans); n > 0 && spans[n-1].To == from && spans[n-1].Age == age {
		spans[n-1].To, spans[n-1].Last = to, t+1
		return spans
	}
	return append(spans, Span{From: from, To: to, First: t, Last: t + 1, Age: age})
}

// spans are the spans of a vector of n numbers in that many tensors.
func (a At) spans(n, tensors int) []Span {
	if a.Spans == nil {
		return []Span{{To: n, Last: tensors, Age: a.Age}}
	}
	return a.Spans
}

// scale is the LRScale of one parameter.
func (a At) scale(i int) float64 {
	if a.LRScale == nil {
		return 1
	}
	return a.LRScale[i]
}

// first is the rate of one parameter, for an optimizer that reads it once.
func (a At) first(i int) float64 {
	if a.Grouped {
		return float64(a.LR * a.scale(i))
	}
	return a.LR
}

// Transform is one concern of an optimizer: clipping, weight decay, Adam's
// normalisation, the learning rate.
type Transform interface {
	// Knobs are its settings, in display order, bound to its fields.
	Knobs() []knob.Knob
	// Init allocates zeroed state for a flat vector of that layout.
	Init(layout knob.Layout)
	// Apply transforms update in place: the gradient, or what the transforms
	// before made of it. It reads params and never changes them.
	Apply(update, params []float64, at At)
	// State is its named buffers, live, not copied.
	State() []knob.Buffer
}

// Eval computes the loss at params and overwrites grad with its gradient, on
// the batch of the current step.
type Eval func(params, grad []float64) float64

// Method is an optimizer. Most are a Chain; those that evaluate more than once
// in a step are not.
type Method interface {
	Knobs() []knob.Knob
	// Init allocates zeroed state for a flat vector of that layout.
	Init(layout knob.Layout)
	// Step moves params by one update and returns the loss before it.
	Step(params []float64, eval Eval, at At) float64
	// Trace returns the gradient and the update of the last step, live, read-only.
	Trace() (grad, update []float64)
	State() []knob.Buffer
	// Restore copies what State returned; Init comes before it.
	Restore(saved []knob.Buffer)
}

// restorer is a transform whose buffers do not always exist.
type restorer interface {
	Restore(saved []knob.Buffer)
}

// InDouble is a method whose state stays float64 where weights are kept in float32, since
// it keeps what follows from it.
type InDouble interface{ inDouble() }

// Averager is a transform or method that averages the weights: the average is
// evaluated in place of the weights that train.
type Averager interface {
	// EvalParams returns the average, or params itself while there is none.
	EvalParams(params []float64) []float64
}

// Rounder is a method that keeps numbers which follow from its State.
type Rounder interface {
	// Rounded is called after what State returned was rounded where it is.
	Rounded()
}

// stateless is embedded by transforms without state.
type stateless struct{}

func (stateless) Init(knob.Layout)     {}
func (stateless) State() []knob.Buffer { return nil }
