package nn

import (
	"fmt"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// Model is a stack of layers with the buffers of one pass, in float64 or float32. It
// is bound to no parameters; every call is handed the flat vector, and what goes in and
// comes out is float64 in either precision. Not for two goroutines at once.
type Model struct {
	stack
	double engine[float64]
	narrow *single // the passes in float32, once they are asked for
	single bool    // they are the ones that run
}

// container is a layer that holds a stack of its own.
type container interface{ inner() *Model }

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
	if m.single {
		m.narrow.engine.reserve(rows)
		return
	}
	m.double.reserve(rows)
}

// Single lets passes run in float32, or in float64 again. Rows of inputs, weights and
// gradients are rounded to float32 on the way in; what comes out, gradients of the
// weights too, is float32 written as float64.
func (m *Model) Single(on bool) {
	m.single = on
	for _, l := range m.layers {
		if c, ok := l.(container); ok {
			c.inner().Single(on)
		}
	}
	if !on || m.narrow != nil {
		return
	}
	m.narrow = &single{}
	m.narrow.engine.of = &m.stack
	for _, l := range m.layers {
		m.narrow.engine.passes = append(m.narrow.engine.passes, l.single())
	}
	m.narrow.engine.inputs.follow(&m.double.inputs)
	m.Reserve(m.double.capacity)
}

// InSingle tells whether passes run in float32.
func (m *Model) InSingle() bool { return m.single }

// Exactly runs f, whose passes are in float64 whatever the precision.
func (m *Model) Exactly(f func()) {
	if m.single {
		m.Single(false)
		defer m.Single(true)
	}
	f()
}

func (m *Model) part(i int, v []float64) []float64 { return m.double.part(i, v) }

// act is the output of a layer in the last pass, grad the gradient of the loss with
// respect to it: the model's own memory.
func (m *Model) act(i int) blas64.General {
	if m.single {
		return m.narrow.wide(&m.narrow.acts, i, m.narrow.engine.acts)
	}
	return general(m.double.view(m.double.acts, i))
}

func (m *Model) grad(i int) blas64.General {
	if m.single {
		return m.narrow.wide(&m.narrow.grads, i, m.narrow.engine.grads)
	}
	return general(m.double.view(m.double.grads, i))
}

// Join lets a team share the work of passes that are large enough. The
// numbers do not depend on it.
func (m *Model) Join(team *kernel.Team) {
	for _, l := range m.layers {
		if j, ok := l.(joiner); ok {
			j.join(team)
		}
	}
	m.team = team
	m.double.reserve(0)
	if m.narrow != nil {
		m.narrow.engine.reserve(0)
	}
}

// Watch lets passes ask stop now and then, from several goroutines, whether they
// are to be given up: then their results mean nothing. nil is never.
func (m *Model) Watch(stop func() bool) {
	m.stop = stop
	for _, l := range m.layers {
		if w, ok := l.(watcher); ok {
			w.watch(stop)
		}
	}
}

// Round lets r stand before the layers with a kernel, those within residual
// blocks too; nil lets everything through again. The layers' own buffers of
// activations are never rounded.
func (m *Model) Round(r Rounder) { m.round(r, 0) }

// round returns the number of the next kernel.
func (m *Model) round(r Rounder, next int) int {
	m.double.inputs.begin(r, len(m.layers))
	for i, l := range m.layers {
		switch l := l.(type) {
		case container:
			next = l.inner().round(r, next)
		default:
			if n := kernels(l); n > 0 {
				m.double.inputs.put(i, next)
				next += n
			}
		}
	}
	if m.narrow != nil {
		m.narrow.engine.inputs.follow(&m.double.inputs)
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
	if m.single {
		return m.narrow.forward(w, x, pass)
	}
	return general(m.double.forward(w, kernel.Matrix[float64](x), pass))
}

// OutGrad is where the gradient of the last Forward's outputs goes, rows×out.
func (m *Model) OutGrad() blas64.General {
	if m.single {
		return m.narrow.outGrad()
	}
	return general(m.double.outGrad())
}

// Backward overwrites dw with the gradient of the weights, given the gradient
// in OutGrad and the activations of the last Forward. The gradient of the
// network's input is not computed.
func (m *Model) Backward(w, dw []float64) { m.BackwardInput(w, dw, blas64.General{}) }

// BackwardInput is Backward that also overwrites din, rows×in, with the
// gradient of the input; a din without data is not wanted. An embedding has
// none and leaves din as it is.
func (m *Model) BackwardInput(w, dw []float64, din blas64.General) {
	if m.single {
		m.narrow.backward(dw, din)
		return
	}
	m.double.backward(w, dw, kernel.Matrix[float64](din))
}

// ForwardSingle is Forward under weights in float32, while passes run in it.
func (m *Model) ForwardSingle(w []float32, x blas64.General, pass Pass) blas64.General {
	return m.narrow.run(w, x, pass)
}

// BackwardSingle is Backward after ForwardSingle, of gradients in float32.
func (m *Model) BackwardSingle(dw []float32) { m.narrow.back(dw, kernel.Matrix[float32]{}) }
