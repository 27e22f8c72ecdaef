package nn

import (
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

// rounding is what a Rounder does before the layers of a model.
type rounding struct {
	by    Rounder // nil for none
	doors []door  // before each layer; nil without a rounder
}

// door is where a Rounder stands before a layer.
type door struct {
	kernel  int // −1 for a layer without one
	rounded bool
	data    []float64 // what the layer sees
}

// begin takes a rounder for so many layers, before none of them yet.
func (r *rounding) begin(by Rounder, layers int) {
	r.by = by
	if by == nil {
		r.doors = nil
		return
	}
	if r.doors == nil {
		r.doors = make([]door, layers)
	}
	for i := range r.doors {
		r.doors[i].kernel = -1
	}
}

// put lets the rounder stand before a layer, that of a kernel.
func (r *rounding) put(layer, kernel int) {
	if r.by != nil {
		r.doors[layer].kernel = kernel
	}
}

// reserve makes room for what a layer sees of so many rows.
func (r *rounding) reserve(i int, l Layer, rows int) {
	if r.by == nil {
		return
	}
	d := &r.doors[i]
	if in, _ := l.Width(); d.kernel >= 0 && len(d.data) < rows*in {
		d.data = make([]float64, rows*in)
	}
}

// round is what a layer is to see of x.
func (r *rounding) round(i int, x blas64.General, pass Pass) blas64.General {
	if r.by == nil || r.doors[i].kernel < 0 {
		return x
	}
	d := &r.doors[i]
	y := d.matrix(x)
	if d.rounded = r.by.Round(d.kernel, y, x, pass); !d.rounded {
		return x
	}
	return y
}

// seen is what a layer saw of x in the last pass.
func (r *rounding) seen(i int, x blas64.General) blas64.General {
	if r.rounded(i) {
		return r.doors[i].matrix(x)
	}
	return x
}

// backward zeroes the gradient of what a layer did not see as it was.
func (r *rounding) backward(i int, dx, x blas64.General) {
	if r.rounded(i) && dx.Data != nil {
		r.by.Backward(r.doors[i].kernel, dx, x)
	}
}

func (r *rounding) rounded(i int) bool {
	return r.by != nil && r.doors[i].kernel >= 0 && r.doors[i].rounded
}

func (d *door) matrix(x blas64.General) blas64.General {
	return blas64.General{Rows: x.Rows, Cols: x.Cols, Stride: x.Cols, Data: d.data[:x.Rows*x.Cols]}
}
