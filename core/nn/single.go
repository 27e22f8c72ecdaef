package nn

import (
	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// single holds what a model in float32 makes of the float64 that comes in, and of its
// float32 for those who read float64.
type single struct {
	engine engine[float32]
	w, dw  []float32
	under  []float32 // the weights of the last forward pass
	x, din []float32

	out, slope  []float64   // the outputs and their gradient
	nudge       []float64   // joins the gradient of the features, once
	acts, grads [][]float64 // of the layers, for their readers
}

// forward is Model.Forward.
func (s *single) forward(w []float64, x blas64.General, pass Pass) blas64.General {
	if !pass.Again || len(s.w) < len(w) {
		narrow(&s.w, w)
	}
	return s.run(s.w[:len(w)], x, pass)
}

// run is forward under weights in float32.
func (s *single) run(w []float32, x blas64.General, pass Pass) blas64.General {
	s.under = w
	in := grow(&s.x, x.Rows*x.Cols)
	for r := range x.Rows {
		kernel.Narrow(in[r*x.Cols:(r+1)*x.Cols], rowOf(kernel.Matrix[float64](x), r))
	}
	return widened(&s.out, s.engine.forward(w, plain(in, x.Rows, x.Cols), pass))
}

// outGrad is Model.OutGrad.
func (s *single) outGrad() blas64.General {
	g := s.engine.outGrad()
	return general(plain(grow(&s.slope, g.Rows*g.Cols), g.Rows, g.Cols))
}

// backward is Model.BackwardInput, under the weights of the last forward pass.
func (s *single) backward(dw []float64, din blas64.General) {
	dx := kernel.Matrix[float32]{}
	if din.Data != nil {
		dx = plain(narrow(&s.din, din.Data[:din.Rows*din.Cols]), din.Rows, din.Cols)
	}
	d := grow(&s.dw, len(dw))
	s.back(d, dx)
	kernel.Widen(dw, d)
	if din.Data != nil {
		kernel.Widen(din.Data[:len(dx.Data)], dx.Data)
	}
}

// back is backward into float32.
func (s *single) back(dw []float32, dx kernel.Matrix[float32]) {
	out := s.engine.outGrad()
	kernel.Narrow(out.Data, grow(&s.slope, len(out.Data)))
	if s.engine.nudged {
		narrow(&s.engine.nudge, s.nudge[:len(s.engine.nudge)])
	}
	s.engine.backward(s.under, dw, dx)
}

// wide is a layer's rows of one of its buffers.
func (s *single) wide(memory *[][]float64, i int, buf [][]float32) blas64.General {
	for len(*memory) <= i {
		*memory = append(*memory, nil)
	}
	return widened(&(*memory)[i], s.engine.view(buf, i))
}

// narrow rounds numbers into memory that grows as needed.
func narrow(memory *[]float32, from []float64) []float32 {
	to := grow(memory, len(from))
	kernel.Narrow(to, from)
	return to
}

// widened writes a matrix into memory that grows as needed.
func widened(memory *[]float64, m kernel.Matrix[float32]) blas64.General {
	to := grow(memory, m.Rows*m.Cols)
	kernel.Widen(to, m.Data[:len(to)])
	return general(plain(to, m.Rows, m.Cols))
}
