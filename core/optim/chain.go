package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// Chain is an optimizer as a sentence of links: clip, then L2, then Adam, then
// decoupled decay, then the rate. params −= update.
type Chain struct {
	links        []Link
	grad, update []float64
}

// NewChain joins links in the order in which they act.
func NewChain(links ...Link) *Chain { return &Chain{links: links} }

// Knobs are those of all links.
func (c *Chain) Knobs() []knob.Knob {
	var out []knob.Knob
	for _, l := range c.links {
		out = append(out, l.Knobs()...)
	}
	return out
}

// Init zeroes the state of all links.
func (c *Chain) Init(layout knob.Layout) {
	c.grad = make([]float64, layout.Size())
	c.update = make([]float64, layout.Size())
	for _, l := range c.links {
		l.Init(layout)
	}
}

// Step evaluates once, at params.
func (c *Chain) Step(params []float64, eval Eval, at At) float64 {
	loss := eval(params, c.grad)
	if at.stopped() {
		return loss
	}
	copy(c.update, c.grad)
	for _, l := range c.links {
		l.Apply(c.update, params, at)
	}
	if at.stopped() {
		return loss
	}
	kernel.Sub(params, c.update)
	return loss
}

// Work is about how many multiply-adds an update takes, beside those of a few for
// each number.
func (c *Chain) Work() (n int) {
	for _, l := range c.links {
		if w, ok := l.(laborious); ok {
			n += w.work()
		}
	}
	return n
}

// Trace is the last gradient and the last update.
func (c *Chain) Trace() (grad, update []float64) { return c.grad, c.update }

// EvalParams is the average of the last link that keeps one now, or params.
func (c *Chain) EvalParams(params []float64) []float64 {
	for _, l := range c.links {
		if a, ok := l.(Averager); ok {
			params = a.EvalParams(params)
		}
	}
	return params
}

// State is that of all links, in order.
func (c *Chain) State() []knob.Buffer {
	var out []knob.Buffer
	for _, l := range c.links {
		out = append(out, l.State()...)
	}
	return out
}

// Restore copies saved buffers into those of the same name.
func (c *Chain) Restore(saved []knob.Buffer) {
	for _, l := range c.links {
		if r, ok := l.(restorer); ok {
			r.Restore(saved)
			continue
		}
		restore(l.State(), saved)
	}
}
