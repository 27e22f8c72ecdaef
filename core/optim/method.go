// Package optim turns gradients into updates: links of one concern each,
// chained into optimizers, and the schedules that move the rate.
package optim

import "descent/core/knob"

// At is where an update happens.
type At struct {
	Step int     // of the run, from 1
	Age  int     // updates since this optimizer was installed, this one included
	LR   float64 // the rate the schedule gives this step
	// Spans are the tensors that train, in order. State of the others stays as
	// it is, as that of a parameter without a gradient in PyTorch. nil: all
	// train, and have since the optimizer was installed.
	Spans []Span
	// Share is how much of the rate each parameter learns at, 0 for one that
	// does not move; nil where all learn at the whole of it.
	Share []float64
	// Stopped tells, after an evaluation, whether it was broken off: nothing is
	// to be made of it. nil is never.
	Stopped func() bool
	// Ask asks, in the midst of an update that takes long, whether to break it
	// off: nothing is to be made of what it leaves then. nil is never.
	Ask func() bool
}

// laborious is a link whose update takes long beside a look at each number.
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

// Extend adds a tensor, the t-th of its layout, at an age.
func Extend(spans []Span, tensor knob.Segment, t, age int) []Span {
	from, to := tensor.Offset, tensor.Offset+tensor.Size()
	if n := len(spans); n > 0 && spans[n-1].To == from && spans[n-1].Age == age {
		spans[n-1].To, spans[n-1].Last = to, t+1
		return spans
	}
	return append(spans, Span{From: from, To: to, First: t, Last: t + 1, Age: age})
}

// spans are those of a vector of n numbers in so many tensors.
func (a At) spans(n, tensors int) []Span {
	if a.Spans == nil {
		return []Span{{To: n, Last: tensors, Age: a.Age}}
	}
	return a.Spans
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
