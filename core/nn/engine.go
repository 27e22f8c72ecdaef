package nn

import (
	"slices"

	"descent/core/kernel"
)

// engine runs a stack of layers in one precision, with the buffers of one pass.
type engine[T kernel.Float] struct {
	of     *stack
	passes []passes[T]

	capacity int
	rows     int
	input    kernel.Matrix[T]
	acts     [][]T // acts[i] is the output of layer i
	grads    [][]T // grads[i] is the gradient of that output

	nudge  []T // joins the gradient of the features, once
	nudged bool

	inputs rounding[T] // of the layers with a kernel
}

// reserve makes room for batches of so many rows; smaller ones then allocate nothing.
func (e *engine[T]) reserve(rows int) {
	if rows > e.capacity {
		e.capacity = rows
		e.acts, e.grads = make([][]T, len(e.passes)), make([][]T, len(e.passes))
		for i, width := range e.of.widths {
			e.acts[i], e.grads[i] = make([]T, rows*width), make([]T, rows*width)
		}
	}
	for _, p := range e.passes {
		if r, ok := p.(reserver); ok {
			r.Reserve(e.capacity)
		}
	}
}

func (e *engine[T]) view(buf [][]T, i int) kernel.Matrix[T] {
	return plain(buf[i], e.rows, e.of.widths[i])
}

func (e *engine[T]) part(i int, v []T) []T {
	p := e.of.parts[i]
	return v[p[0]:p[1]:p[1]]
}

// forward is Model.Forward.
func (e *engine[T]) forward(w []T, x kernel.Matrix[T], pass Pass) kernel.Matrix[T] {
	if x.Rows > e.capacity {
		e.reserve(x.Rows)
	}
	e.rows, e.input = x.Rows, x
	for i, p := range e.passes {
		if e.of.stopped() {
			break
		}
		y := e.view(e.acts, i)
		p.Forward(e.part(i, w), e.inputs.round(i, x, pass), y, pass)
		x = y
	}
	return e.view(e.acts, len(e.passes)-1)
}

// outGrad is where the gradient of the last outputs goes.
func (e *engine[T]) outGrad() kernel.Matrix[T] { return e.view(e.grads, len(e.passes)-1) }

// backward is Model.BackwardInput.
func (e *engine[T]) backward(w, dw []T, din kernel.Matrix[T]) {
	for i, p := range slices.Backward(e.passes) {
		if e.of.stopped() {
			e.nudged = false
			return
		}
		x, dx := e.input, din
		if i > 0 {
			x, dx = e.view(e.acts, i-1), e.view(e.grads, i-1)
		}
		p.Backward(e.part(i, w), e.part(i, dw), e.inputs.seen(i, x), e.view(e.acts, i), dx, e.view(e.grads, i))
		e.inputs.backward(i, dx, x)
		if e.nudged && i == e.of.last() {
			e.nudged = false
			kernel.Add(dx.Data, e.nudge[:len(dx.Data)])
		}
	}
}
