package nn

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// Rounder stands before every layer that has a kernel and may round what goes
// in. Kernels are numbered from 0 as they lie in the flat vector.
type Rounder interface {
	// Round writes x, rounded, into y of the same shape and returns true; or
	// returns false, and the layer sees x itself.
	Round(kernel int, y, x blas64.General, pass Pass) bool
	// Gate zeroes the gradient dx where Round clipped x.
	Gate(kernel int, dx, x blas64.General)
}

// door is where a Rounder stands before a layer of a model.
type door struct {
	kernel  int // −1 for a layer without one
	rounded bool
	data    []float64 // what the layer sees
}

// Round lets r stand before the layers with a kernel, those within residual
// blocks too; nil lets everything through again. The layers' own buffers of
// activations are never rounded.
func (m *Model) Round(r Rounder) { m.round(r, 0) }

// round returns the number of the next kernel.
func (m *Model) round(r Rounder, next int) int {
	m.rounder = r
	if r == nil {
		m.doors = nil
	} else if m.doors == nil {
		m.doors = make([]door, len(m.layers))
	}
	for i, l := range m.layers {
		if block, ok := l.(*residual); ok {
			next = block.body.round(r, next)
		}
		if r == nil {
			continue
		}
		m.doors[i].kernel = -1
		if hasKernel(l) {
			m.doors[i].kernel = next
			next++
			m.doors[i].reserve(l, m.capacity)
		}
	}
	return next
}

// hasKernel tells of a layer with a kernel itself, as against one that holds
// others.
func hasKernel(l Layer) bool {
	if _, holds := l.(*residual); holds {
		return false
	}
	for _, p := range l.Params() {
		if p.Role == knob.Kernel {
			return true
		}
	}
	return false
}

func (d *door) reserve(l Layer, rows int) {
	if in, _ := l.Width(); d.kernel >= 0 && len(d.data) < rows*in {
		d.data = make([]float64, rows*in)
	}
}

// seen is what a layer is to see of x.
func (m *Model) seen(i int, x blas64.General, pass Pass) blas64.General {
	d := &m.doors[i]
	if d.kernel < 0 {
		return x
	}
	y := d.matrix(x)
	if d.rounded = m.rounder.Round(d.kernel, y, x, pass); !d.rounded {
		return x
	}
	return y
}

// saw is what a layer saw of x in the last pass.
func (m *Model) saw(i int, x blas64.General) blas64.General {
	if d := &m.doors[i]; d.kernel >= 0 && d.rounded {
		return d.matrix(x)
	}
	return x
}

// gate zeroes the gradient of what a layer did not see as it was.
func (m *Model) gate(i int, dx, x blas64.General) {
	if d := &m.doors[i]; d.kernel >= 0 && d.rounded && dx.Data != nil {
		m.rounder.Gate(d.kernel, dx, x)
	}
}

func (d *door) matrix(x blas64.General) blas64.General {
	return blas64.General{Rows: x.Rows, Cols: x.Cols, Stride: x.Cols, Data: d.data[:x.Rows*x.Cols]}
}
