package nn

import (
	"strconv"

	"gonum.org/v1/gonum/blas/blas64"
)

// FeatureWidth is how many numbers go into the last layer with parameters, 0
// if there is none before it.
func (m *Model) FeatureWidth() int {
	if i := m.last(); i > 0 {
		return m.widths[i-1]
	}
	return 0
}

// Features are what went into the last layer with parameters in the last
// Forward, rows×width; ok is false for a model without a layer before it.
func (m *Model) Features() (features blas64.General, ok bool) {
	i := m.last()
	if i == 0 {
		return blas64.General{}, false
	}
	return m.act(i - 1), true
}

// Nudge is a gradient of the features, of their shape, to be overwritten: the
// next Backward adds it to that of the outputs, once.
func (m *Model) Nudge() blas64.General {
	i := m.last() - 1
	if m.single {
		e := &m.narrow.engine
		n := e.rows * m.widths[i]
		e.nudged, e.nudge = true, grow(&e.nudge, n)
		return general(plain(grow(&m.narrow.nudge, n), e.rows, m.widths[i]))
	}
	e := &m.double
	e.nudged = true
	return general(plain(grow(&e.nudge, e.rows*m.widths[i]), e.rows, m.widths[i]))
}

// Activations calls f with what each activation layer made of the last
// Forward's rows, of that shape each, input side first, those within a residual
// block too.
func (m *Model) Activations(f func(name, kind string, shape []int, units blas64.General)) {
	for i, l := range m.layers {
		switch l := l.(type) {
		case elementwise:
			f(strconv.Itoa(i), l.Kind(), m.shapeOf(strconv.Itoa(i)), m.act(i))
		case container:
			l.inner().Activations(func(name, kind string, shape []int, units blas64.General) {
				f(strconv.Itoa(i)+"."+name, kind, shape, units)
			})
		}
	}
}

// Keep lets passes leave the gradients of all outputs behind, for Passes.
func (m *Model) Keep() {
	m.keeps = true
	for _, l := range m.layers {
		if c, ok := l.(container); ok {
			c.inner().Keep()
		}
	}
}

// Passes calls f with what each layer of the stack made of the last Forward's rows,
// and, of a model that keeps it, with the gradient of the loss with respect to that as
// the last Backward left it, input side first. Both are the model's own.
func (m *Model) Passes(f func(i int, out, grad blas64.General)) {
	for i := range m.layers {
		f(i, m.act(i), m.grad(i))
	}
}

// shapeOf is the shape of a row that comes out of a layer.
func (m *Model) shapeOf(name string) []int {
	for _, p := range m.places {
		if p.Name == name {
			return p.Out
		}
	}
	return nil
}
