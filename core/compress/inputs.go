package compress

import (
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// inputs rounds what goes into each layer with a kernel to a grid of
// quant.activations bits, one for the whole of it. The grid is symmetric where
// quant.scheme is and there are at least 2 bits, else affine. Its range is what
// the observer has seen: the first evaluation of each training batch moves it,
// min-max to the widest seen, the others a hundredth of the way. The gradient
// goes straight through, and is 0 outside the range.
// Jacob et al. 2018, section 3.1.
type inputs struct {
	quant  *Quant
	ranges []float64 // low and high for each kernel; nil until they are calibrated
	block  int       // of a calibration, from 1; 0 outside of one
}

const averaging = 0.01

// at is the grid of a kernel's input, and what range of it is not clipped. One
// without a range has a single stop at 0.
func (n *inputs) at(kernel int) (nn.Grid, span) {
	s := span{n.ranges[2*kernel], n.ranges[2*kernel+1]}
	if n.quant.symmetricInputs() {
		top := max(-s.low, s.high)
		s = span{-top, top}
	}
	g := gridOf(s, n.quant.symmetricInputs(), n.quant.Activations)
	if g.Scale == 0 {
		return nn.Grid{Scale: 1}, s
	}
	return g, s
}

// observe moves the range of a kernel's input.
func (n *inputs) observe(kernel int, x []float64) {
	seen := n.quant.observer().observe(x, n.quant.symmetricInputs(), n.quant.Activations)
	low, high := &n.ranges[2*kernel], &n.ranges[2*kernel+1]
	if n.quant.Observer == byExtent {
		*low, *high = min(*low, seen.low), max(*high, seen.high)
		return
	}
	rate := averaging
	if n.block > 0 {
		rate = 1 / float64(n.block)
	}
	*low += float64(rate * (seen.low - *low))
	*high += float64(rate * (seen.high - *high))
}

// Round is nn.Rounder's.
func (n *inputs) Round(kernel int, y, x blas64.General, pass nn.Pass) bool {
	if n.ranges == nil {
		return false
	}
	in, out := x.Data[:x.Rows*x.Cols], y.Data[:x.Rows*x.Cols]
	if n.block > 0 || pass.Train && pass.Try == 0 {
		n.observe(kernel, in)
	}
	if n.block > 0 || pass.Train && n.quant.When == whenAfter {
		return false
	}
	g, _ := n.at(kernel)
	for i, v := range in {
		out[i] = g.Dequantize(g.Quantize(v))
	}
	return true
}

// Backward is nn.Rounder's.
func (n *inputs) Backward(kernel int, dx, x blas64.General) {
	_, s := n.at(kernel)
	s.clipGradient(dx.Data[:x.Rows*x.Cols], x.Data[:x.Rows*x.Cols])
}
