package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// Chain is an optimizer that evaluates once in a step and passes the gradient
// through its transforms: clipping, L2, Adam, decoupled weight decay, the learning
// rate. params −= update.
type Chain struct {
	transforms   []Transform
	grad, update []float64
	inspection   *Inspection // of the next step; nil for none

	fused   *fused // nil where the transforms do not allow it
	singles singles
	once    bool // the last step was taken in one pass
	finite  bool // after which the parameters were
}

// NewChain returns the chain of transforms, in the order in which they are applied.
func NewChain(transforms ...Transform) *Chain {
	return &Chain{transforms: transforms, fused: fuse(transforms)}
}

// Knobs are the knobs of all transforms.
func (c *Chain) Knobs() []knob.Knob {
	var out []knob.Knob
	for _, l := range c.transforms {
		out = append(out, l.Knobs()...)
	}
	return out
}

// Init zeroes the state of all transforms.
func (c *Chain) Init(layout knob.Layout) {
	c.grad = make([]float64, layout.Size())
	c.update = make([]float64, layout.Size())
	c.singles = singles{}
	if c.once = false; c.fused != nil {
		c.fused.tensors = len(layout)
	}
	for _, l := range c.transforms {
		l.Init(layout)
	}
}

// Step evaluates once, at params, moves them by the update and returns the loss
// before it. If an evaluation was interrupted, params stay as they are.
func (c *Chain) Step(params []float64, eval Eval, at At) float64 {
	c.leave()
	c.singles.traced = false
	seen := c.inspection
	c.once = false
	if c.inspection = nil; seen != nil {
		seen.begin(params, c.State(), at)
	}
	loss := eval(params, c.grad)
	if at.stopped() {
		return loss
	}
	if seen == nil && c.fused.can(len(params), at) {
		c.once, c.finite = true, c.fused.step(params, c.grad, c.update, at)
		return loss
	}
	copy(c.update, c.grad)
	if seen != nil {
		seen.starts(c.grad)
	}
	for _, l := range c.transforms {
		l.Apply(c.update, params, at)
		if seen != nil {
			seen.passed(l, c.update)
		}
	}
	if at.stopped() {
		return loss
	}
	if seen != nil {
		seen.ended(c.update)
	}
	kernel.Sub(params, c.update)
	return loss
}

func (c *Chain) inspect(n *Inspection) { c.inspection = n }

// Work estimates the multiply-adds of an update beyond a few for each parameter.
func (c *Chain) Work() (n int) {
	for _, l := range c.transforms {
		if w, ok := l.(laborious); ok {
			n += w.work()
		}
	}
	return n
}

// Finite tells whether the last step left finite parameters behind; known is false
// where it did not look.
func (c *Chain) Finite() (finite, known bool) { return c.finite, c.once }

// Trace returns the last gradient and the last update.
func (c *Chain) Trace() (grad, update []float64) {
	if s := &c.singles; s.traced {
		kernel.Widen(c.grad, s.grad)
		kernel.Widen(c.update, s.update)
		s.traced = false
	}
	return c.grad, c.update
}

// EvalParams returns the average of the last transform that has one, or params.
func (c *Chain) EvalParams(params []float64) []float64 {
	for _, l := range c.transforms {
		if a, ok := l.(Averager); ok {
			params = a.EvalParams(params)
		}
	}
	return params
}

// State is the buffers of all transforms, in order.
func (c *Chain) State() []knob.Buffer {
	c.leave()
	return c.buffers()
}

func (c *Chain) buffers() []knob.Buffer {
	var out []knob.Buffer
	for _, l := range c.transforms {
		out = append(out, l.State()...)
	}
	return out
}

// Restore copies saved buffers into those of the same name.
func (c *Chain) Restore(saved []knob.Buffer) {
	c.leave()
	for _, l := range c.transforms {
		if r, ok := l.(restorer); ok {
			r.Restore(saved)
			continue
		}
		restore(l.State(), saved)
	}
}

// singles is the state of a chain whose steps are taken in float32. What of the chain
// is float64 then follows when it is asked for.
type singles struct {
	grad, update []float32
	state        [][]float32 // of the rule
	ahead        bool        // of the float64 state
	traced       bool        // grad and update are of the last step
}

// CanSingle tells whether StepSingle can take this step of n parameters.
func (c *Chain) CanSingle(n int, at At) bool {
	return c.fused.can(n, at) && c.fused.canSingle()
}

// StepSingle is Step of float32 parameters, in float32, where CanSingle says that it
// can be.
func (c *Chain) StepSingle(params []float32, eval func(params, grad []float32) float64, at At) float64 {
	s := &c.singles
	if len(s.grad) != len(params) {
		s.grad, s.update = make([]float32, len(params)), make([]float32, len(params))
	}
	loss := eval(params, s.grad)
	if at.stopped() {
		return loss
	}
	if !s.ahead {
		c.enter()
	}
	s.traced = true
	c.once, c.finite = true, c.fused.stepSingle(params, s.grad, s.update, s.state, at)
	return loss
}

// enter takes the state to float32.
func (c *Chain) enter() {
	s := &c.singles
	s.ahead = true
	if c.fused.rule == nil {
		return
	}
	for i, b := range c.fused.rule.State() {
		if len(s.state) <= i {
			s.state = append(s.state, make([]float32, len(b.Data)))
		}
		kernel.Narrow(s.state[i], b.Data)
	}
}

// leave takes it back to float64: from then on that is the state.
func (c *Chain) leave() {
	s := &c.singles
	if !s.ahead {
		return
	}
	s.ahead = false
	if c.fused.rule == nil {
		return
	}
	for i, b := range c.fused.rule.State() {
		kernel.Widen(b.Data, s.state[i])
	}
}
