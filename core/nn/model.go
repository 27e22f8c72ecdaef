package nn

import (
	"fmt"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// Model is a stack of layers with the buffers of one pass. It is bound to no
// parameters; every call is handed the flat vector. Not for two goroutines at once.
type Model struct {
	layers []Layer
	layout knob.Layout
	parts  [][2]int // a layer's range in the flat vector
	places []Place
	shape  []int // of a row that comes in

	capacity int
	rows     int
	input    blas64.General
	widths   []int       // of the layers' outputs
	acts     [][]float64 // acts[i] is the output of layer i
	grads    [][]float64 // grads[i] is the gradient of that output

	nudge  []float64 // joins the gradient of the features, once
	nudged bool

	stop func() bool // asks whether a pass is to be given up; nil for never

	inputs rounding // of the layers with a kernel
}

// container is a layer that holds a stack of its own.
type container interface{ stack() *Model }

// Place is one layer where it stands.
type Place struct {
	Name    string // "3", or "3.0" within a residual block
	Layer   Layer
	In, Out []int // the shapes of a row
}

// Shared is at how many places of a row a layer uses its kernel: the pixels that come
// out of a convolution, the time steps of a recurrent layer, else 1.
func (p Place) Shared() int {
	if l, ok := p.Layer.(shared); ok {
		return l.places()
	}
	return 1
}

// Layers are the stack, input first.
func (m *Model) Layers() []Layer { return m.layers }

// Places are all layers with their names and shapes, in the order in which
// they run: those of a residual block before the block, which then adds.
func (m *Model) Places() []Place { return m.places }

// InShape is the shape of a row that goes in.
func (m *Model) InShape() []int { return m.shape }

// OutShape is the shape of a row that comes out.
func (m *Model) OutShape() []int {
	if len(m.places) == 0 {
		return m.shape
	}
	return m.places[len(m.places)-1].Out
}

// Layout names the tensors of the flat vector.
func (m *Model) Layout() knob.Layout { return m.layout }

// In and Out are the widths of a row that goes in and comes out.
func (m *Model) In() int { in, _ := m.layers[0].Width(); return in }

// Out is the width of a row of outputs.
func (m *Model) Out() int { _, out := m.layers[len(m.layers)-1].Width(); return out }

// Reserve makes room for batches of so many rows; smaller ones then allocate nothing.
func (m *Model) Reserve(rows int) {
	if rows <= m.capacity {
		return
	}
	m.capacity = rows
	for i, l := range m.layers {
		_, out := l.Width()
		m.acts[i] = make([]float64, rows*out)
		m.grads[i] = make([]float64, rows*out)
		if r, ok := l.(reserver); ok {
			r.Reserve(rows)
		}
		m.inputs.reserve(i, l, rows)
	}
}

func (m *Model) view(buf [][]float64, i int) blas64.General {
	out := m.widths[i]
	return blas64.General{Rows: m.rows, Cols: out, Stride: out, Data: buf[i][:m.rows*out]}
}

func (m *Model) part(i int, v []float64) []float64 {
	p := m.parts[i]
	return v[p[0]:p[1]:p[1]]
}

// Join lets a team share the work of passes that are large enough. The
// numbers do not depend on it.
func (m *Model) Join(team *kernel.Team) {
	for i, l := range m.layers {
		switch l := l.(type) {
		case Dense:
			l.team = team
			m.layers[i] = l
		case joiner:
			l.join(team)
		}
	}
}

// Watch lets passes ask stop now and then, from several goroutines, whether they
// are to be given up: then their results mean nothing. nil is never.
func (m *Model) Watch(stop func() bool) {
	m.stop = stop
	for i, l := range m.layers {
		switch l := l.(type) {
		case Dense:
			l.stop = stop
			m.layers[i] = l
		case watcher:
			l.watch(stop)
		}
	}
}

func (m *Model) stopped() bool { return m.stop != nil && m.stop() }

// Round lets r stand before the layers with a kernel, those within residual
// blocks too; nil lets everything through again. The layers' own buffers of
// activations are never rounded.
func (m *Model) Round(r Rounder) { m.round(r, 0) }

// round returns the number of the next kernel.
func (m *Model) round(r Rounder, next int) int {
	m.inputs.begin(r, len(m.layers))
	for i, l := range m.layers {
		switch l := l.(type) {
		case container:
			next = l.stack().round(r, next)
		default:
			if n := kernels(l); n > 0 {
				m.inputs.put(i, next)
				m.inputs.reserve(i, l, m.capacity)
				next += n
			}
		}
	}
	return next
}

// Work is how many multiply-adds the kernels take for a row.
func (m *Model) Work() int {
	n := 0
	for _, p := range m.places {
		places := p.Shared()
		for _, param := range p.Layer.Params() {
			if _, block := p.Layer.(container); param.Role == knob.Kernel && !block {
				n += int(product(param.Shape)) * places
			}
		}
	}
	return n
}

// Forward runs x, rows×in, through the layers under the weights w and returns
// the outputs, rows×out. They are the model's own buffer, overwritten by the
// next call. x is read again by Backward.
func (m *Model) Forward(w []float64, x blas64.General, pass Pass) blas64.General {
	if x.Cols != m.In() || len(w) != m.layout.Size() {
		panic(fmt.Sprintf("nn: input %d×%d and %d weights given to a model of input width %d and %d weights",
			x.Rows, x.Cols, len(w), m.In(), m.layout.Size()))
	}
	m.Reserve(x.Rows)
	m.rows, m.input = x.Rows, x
	for i, l := range m.layers {
		if m.stopped() {
			break
		}
		y := m.view(m.acts, i)
		l.Forward(m.part(i, w), m.inputs.round(i, x, pass), y, pass)
		x = y
	}
	return m.view(m.acts, len(m.layers)-1)
}

// OutGrad is where the gradient of the last Forward's outputs goes, rows×out.
func (m *Model) OutGrad() blas64.General { return m.view(m.grads, len(m.layers)-1) }

// Backward overwrites dw with the gradient of the weights, given the gradient
// in OutGrad and the activations of the last Forward. The gradient of the
// network's input is not computed.
func (m *Model) Backward(w, dw []float64) { m.BackwardInput(w, dw, blas64.General{}) }

// BackwardInput is Backward that also overwrites din, rows×in, with the
// gradient of the input; a din without data is not wanted. An embedding has
// none and leaves din as it is.
func (m *Model) BackwardInput(w, dw []float64, din blas64.General) {
	for i := len(m.layers) - 1; i >= 0; i-- {
		if m.stopped() {
			m.nudged = false
			return
		}
		x, dx := m.input, din
		if i > 0 {
			x, dx = m.view(m.acts, i-1), m.view(m.grads, i-1)
		}
		m.layers[i].Backward(m.part(i, w), m.part(i, dw), m.inputs.seen(i, x), m.view(m.acts, i), dx, m.view(m.grads, i))
		m.inputs.backward(i, dx, x)
		if m.nudged && i == m.last() {
			m.nudged = false
			kernel.Add(dx.Data, m.nudge[:len(dx.Data)])
		}
	}
}

// last is the last layer of the stack that has parameters of its own, 0 if none has.
func (m *Model) last() int {
	for i, p := range slices.Backward(m.parts) {
		if p[0] < p[1] {
			return i
		}
	}
	return 0
}
