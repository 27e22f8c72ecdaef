package nn

import (
	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// Rounder stands before every layer that has a kernel and may round what goes
// in. Kernels are numbered from 0 as they lie in the flat vector.
type Rounder interface {
	// Round writes x, rounded, into y of the same shape and returns true; or
	// returns false, and the layer sees x itself.
	Round(kernel int, y, x blas64.General, pass Pass) bool
	// Backward zeroes the gradient dx where Round clipped x.
	Backward(kernel int, dx, x blas64.General)
}

// rounding is the rounder before the layers of a stack, with what it made of their
// inputs.
type rounding[T kernel.Float] struct {
	by    Rounder   // nil for none
	doors []door[T] // before each layer; nil without a rounder
}

// door stands before a layer.
type door[T kernel.Float] struct {
	kernel  int // −1 for a layer without one
	rounded bool
	data    []T          // what the layer sees
	wide    [3][]float64 // of float32: inputs, rounded inputs, gradients
}

func (r *rounding[T]) begin(by Rounder, layers int) {
	r.by = by
	if by == nil {
		r.doors = nil
		return
	}
	if r.doors == nil {
		r.doors = make([]door[T], layers)
	}
	for i := range r.doors {
		r.doors[i].kernel = -1
	}
}

// follow lets it stand before the same layers as another.
func (r *rounding[T]) follow(other *rounding[float64]) {
	r.begin(other.by, len(other.doors))
	for i, d := range other.doors {
		r.doors[i].kernel = d.kernel
	}
}

func (r *rounding[T]) put(layer, kernel int) {
	if r.by != nil {
		r.doors[layer].kernel = kernel
	}
}

// round returns what layer i is to see of x.
func (r *rounding[T]) round(i int, x kernel.Matrix[T], pass Pass) kernel.Matrix[T] {
	if r.by == nil || r.doors[i].kernel < 0 {
		return x
	}
	d := &r.doors[i]
	y := plain(grow(&d.data, x.Rows*x.Cols), x.Rows, x.Cols)
	switch y := any(y).(type) {
	case kernel.Matrix[float64]:
		d.rounded = r.by.Round(d.kernel, general(y), general(any(x).(kernel.Matrix[float64])), pass)
	case kernel.Matrix[float32]:
		rounded := general(plain(grow(&d.wide[1], x.Rows*x.Cols), x.Rows, x.Cols))
		if d.rounded = r.by.Round(d.kernel, rounded, widened(&d.wide[0], any(x).(kernel.Matrix[float32])), pass); d.rounded {
			kernel.Narrow(y.Data, rounded.Data)
		}
	}
	if !d.rounded {
		return x
	}
	return y
}

// seen is what layer i saw of x in the last pass.
func (r *rounding[T]) seen(i int, x kernel.Matrix[T]) kernel.Matrix[T] {
	if r.rounded(i) {
		return plain(r.doors[i].data, x.Rows, x.Cols)
	}
	return x
}

// backward makes of dx, the gradient of what layer i saw, that of x.
func (r *rounding[T]) backward(i int, dx, x kernel.Matrix[T]) {
	if !r.rounded(i) || dx.Data == nil {
		return
	}
	d := &r.doors[i]
	switch dx := any(dx).(type) {
	case kernel.Matrix[float64]:
		r.by.Backward(d.kernel, general(dx), general(any(x).(kernel.Matrix[float64])))
	case kernel.Matrix[float32]:
		slope := widened(&d.wide[2], dx)
		r.by.Backward(d.kernel, slope, widened(&d.wide[0], any(x).(kernel.Matrix[float32])))
		kernel.Narrow(dx.Data[:len(slope.Data)], slope.Data)
	}
}

func (r *rounding[T]) rounded(i int) bool {
	return r.by != nil && r.doors[i].kernel >= 0 && r.doors[i].rounded
}
