package nn

import (
	"fmt"
	"math"

	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// Integer is a network of which dense and convolutional layers multiply and add
// integers: 8 bits times 8 bits, less their zero points, into 32. What these sums
// go through on the way to the next such layer stays whole too where that is
// exact: relu, identity, flatten, dropout, max pooling, and average pooling of windows of one size. They are then
// rounded to the grid of the next layer's input by one float64 factor for each
// channel, half to even. Every other layer (smooth activations, norms,
// embeddings, transpose, the sum of a residual block) runs in float64 between two such
// layers. Not for two goroutines at once, nor while the model that it was made
// from runs.
type Integer struct {
	model  *Model
	stages []stage
	block  int // rows that go through all stages together

	now flow
	out []float64
}

// blockNumbers is how many numbers of a block lie between two layers, to stay in
// a processor's cache.
const blockNumbers, mostRows = 1 << 15, 64

// stage is one layer that does something.
type stage struct {
	layer   Layer
	passes  passes[float64]
	w       []float64
	integer *integerLayer // of a layer with a kernel
	scale   []float64
	body    *Integer
}

// Integral says which layer of the network has no integer form, nil if all that have
// a kernel do.
func (m *Model) Integral() error {
	for _, p := range m.places {
		switch p.Layer.(type) {
		case *Dense, *conv2d, container:
			continue
		}
		if kernels(p.Layer) > 0 {
			return fmt.Errorf("integer inference knows dense and convolutional layers, not layer %s (%s); leave quant.activations off for it", p.Name, p.Layer.Kind())
		}
	}
	return nil
}

// NewInteger is m under the weights w, of which those of layers with a kernel
// are given as integers, in the order of the layout. It says which sums
// may not fit into 32 bits. w is kept; so are running statistics, live.
func NewInteger(m *Model, w []float64, of []IntegerKernel) (*Integer, error) {
	n, rest, err := newInteger(m, w, of, "")
	if err == nil && len(rest) > 0 {
		panic(fmt.Sprintf("nn: %d kernels too many", len(rest)))
	}
	return n, err
}

func newInteger(m *Model, w []float64, left []IntegerKernel, prefix string) (*Integer, []IntegerKernel, error) {
	widest := m.In()
	for _, width := range m.widths {
		widest = max(widest, width)
	}
	n := &Integer{model: m, block: min(max(blockNumbers/widest, 1), mostRows)}
	for i, l := range m.layers {
		if n.passes(l) {
			continue
		}
		s := stage{layer: l, passes: m.double.passes[i], w: m.part(i, w)}
		name := fmt.Sprint(prefix, i)
		var err error
		switch block, ok := l.(*residual); {
		case ok:
			s.body, left, err = newInteger(block.body, s.w, left, name+".")
		case kernels(l) > 0:
			s.integer, err = newIntegerLayer(l, left[0], name)
			left = left[1:]
		}
		if err != nil {
			return nil, nil, err
		}
		n.stages = append(n.stages, s)
	}
	return n, left, nil
}

// passes tells whether a layer needs no stage: it changes nothing, or is a relu
// that the product before it does.
func (n *Integer) passes(l Layer) bool {
	switch l := l.(type) {
	case flatten, *dropout:
		return true
	case elementwise:
		if l.name == "relu" && len(n.stages) > 0 {
			if last := n.stages[len(n.stages)-1].integer; last != nil {
				last.sums.Floor = 0
				return true
			}
		}
		return l.name == "identity"
	}
	return false
}

// Forward runs x, rows×in, through the network and returns the outputs,
// rows×out, overwritten by the next call. NaN has no place on a grid.
func (n *Integer) Forward(x blas64.General) blas64.General {
	width := n.model.Out()
	out := grow(&n.out, x.Rows*width)
	n.model.double.reserve(min(x.Rows, n.block))
	for from := 0; from < x.Rows; from += n.block {
		to := min(from+n.block, x.Rows)
		n.now.begin(to-from, x.Cols, x.Data[from*x.Cols:to*x.Cols])
		for i := range n.stages {
			n.run(&n.stages[i])
		}
		part := out[from*width : to*width]
		if n.now.integer {
			n.now.real(part)
		} else {
			copy(part, n.now.reals)
		}
	}
	return blas64.General{Rows: x.Rows, Cols: width, Stride: width, Data: out}
}

func (n *Integer) run(s *stage) {
	if s.integer != nil {
		s.integer.multiply(&n.now)
		return
	}
	if f := &n.now; f.integer {
		switch l := s.layer.(type) {
		case *maxPool:
			if l.halves() {
				_, width := l.Width()
				out := f.fresh(width)
				kernel.MaxPool(out, f.ints, f.rows*l.channels, l.height, l.width)
				f.take(out)
				f.cols, f.places = width, l.rows*l.cols
				return
			}
			f.pool(&l.pool, false)
			return
		case *avgPool:
			if area, same := l.area(); same && f.most*area <= math.MaxInt32 {
				f.pool(&l.pool, true)
				f.most *= area
				scale := grow(&s.scale, len(f.scale))
				for c, v := range f.scale {
					scale[c] = v / float64(area)
				}
				f.scale = scale
				return
			}
		case elementwise:
			if l.name == "relu" {
				for i, v := range f.ints {
					f.ints[i] = max(v, 0)
				}
				return
			}
		}
	}
	n.float(s)
}

// float runs a layer on reals.
func (n *Integer) float(s *stage) {
	f := &n.now
	if f.integer {
		out := f.room(f.cols)
		f.real(out)
		f.integer, f.reals = false, out
	}
	_, width := s.layer.Width()
	x := plain(f.reals, f.rows, f.cols)
	y := plain(f.room(width), f.rows, width)
	if s.body != nil {
		add(y, kernel.Matrix[float64](s.body.Forward(general(x))), x)
	} else {
		s.passes.Forward(s.w, x, y, Pass{})
	}
	f.cols, f.reals = width, y.Data
}
