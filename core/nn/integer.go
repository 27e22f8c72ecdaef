package nn

import (
	"fmt"
	"math"

	"descent/core/kernel"

	"gonum.org/v1/gonum/blas/blas64"
)

// Whole is the kernel of one layer in whole numbers. With the layer's input x
// on the grid Input as q, it gives
//
//	y[o] = Input.Scale · Scale[o] · (Σ (Q[o, i] − Zero[o]) (q[i] − Input.Zero) + Bias[o])
//
// the sum being of 32 bits. Jacob et al. 2018, eq. 4 to 9.
type Whole struct {
	Q     []int8    // out×in, in row-major order
	Scale []float64 // of each output
	Zero  []int32   // of each output
	Bias  []int32   // of each output
	Input Grid      // of at most 256 stops
}

// Integer is a network of which dense and conv layers multiply and add whole
// numbers: 8 bits times 8 bits, less their zero points, into 32. What these sums
// go through on the way to the next such layer stays whole too where that is
// exact: relu, identity, max-pool, avg-pool, flatten and dropout. They are then
// rounded to the grid of the next layer's input by one float64 factor for each
// channel, half to even. Every other layer (smooth activations, norms,
// embeddings, the sum of a residual block) runs in float64 between two such
// layers. Not for two goroutines at once, nor while the model that it was made
// from runs.
type Integer struct {
	model  *Model
	stages []stage
	block  int // rows that go through all stages together

	codes []int16 // of a block that goes into a kernel, less the zero point
	now   flow
	ints  [2][]int32
	reals [2][]float64
	out   []float64
}

// blockNumbers is how many numbers of a block lie between two layers, to stay in
// a processor's cache.
const blockNumbers, mostRows = 1 << 15, 64

// stage is one layer that does something.
type stage struct {
	layer Layer
	w     []float64
	whole *wholeLayer // of a layer with a kernel
	scale []float64
	body  *Integer
}

// flow is a batch between two layers: whole numbers with a scale for each
// channel, or reals.
type flow struct {
	rows, cols int
	whole      bool
	ints       []int32
	scale      []float64 // of a channel
	places     int       // of a channel
	most       int64     // magnitude of ints
	reals      []float64
}

// NewInteger is m under the weights w, of which those of layers with a kernel
// are given as whole numbers, in the order of the layout. It says which sums
// may not fit into 32 bits. w is kept; so are running statistics, live.
func NewInteger(m *Model, w []float64, kernels []Whole) (*Integer, error) {
	n, rest, err := newInteger(m, w, kernels, "")
	if err == nil && len(rest) > 0 {
		panic(fmt.Sprintf("nn: %d kernels too many", len(rest)))
	}
	return n, err
}

func newInteger(m *Model, w []float64, kernels []Whole, prefix string) (*Integer, []Whole, error) {
	widest := m.In()
	for _, width := range m.widths {
		widest = max(widest, width)
	}
	n := &Integer{model: m, block: min(max(blockNumbers/widest, 1), mostRows)}
	for i, l := range m.layers {
		if n.passes(l) {
			continue
		}
		s := stage{layer: l, w: m.part(i, w)}
		name := fmt.Sprint(prefix, i)
		var err error
		switch block, ok := l.(*residual); {
		case ok:
			s.body, kernels, err = newInteger(block.body, s.w, kernels, name+".")
		case hasKernel(l):
			s.whole, err = newWholeLayer(l, kernels[0], name)
			kernels = kernels[1:]
		}
		if err != nil {
			return nil, nil, err
		}
		n.stages = append(n.stages, s)
	}
	return n, kernels, nil
}

// passes tells whether a layer needs no stage: it changes nothing, or is a relu
// that the product before it does.
func (n *Integer) passes(l Layer) bool {
	switch l := l.(type) {
	case flatten, *dropout:
		return true
	case elementwise:
		if l.name == "relu" && len(n.stages) > 0 {
			if last := n.stages[len(n.stages)-1].whole; last != nil {
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
	n.model.Reserve(min(x.Rows, n.block))
	for from := 0; from < x.Rows; from += n.block {
		to := min(from+n.block, x.Rows)
		n.now = flow{rows: to - from, cols: x.Cols, reals: x.Data[from*x.Cols : to*x.Cols]}
		for i := range n.stages {
			n.run(&n.stages[i])
		}
		part := out[from*width : to*width]
		if n.now.whole {
			n.now.real(part)
		} else {
			copy(part, n.now.reals)
		}
	}
	return blas64.General{Rows: x.Rows, Cols: width, Stride: width, Data: out}
}

func (n *Integer) matrix(data []float64, cols int) blas64.General {
	return blas64.General{Rows: n.now.rows, Cols: cols, Stride: cols, Data: data}
}

func (n *Integer) run(s *stage) {
	if s.whole != nil {
		n.multiply(s.whole)
		return
	}
	if f := &n.now; f.whole {
		switch l := s.layer.(type) {
		case *maxPool:
			if l.window == [2]int{2, 2} && l.stride == l.window {
				_, width := l.Width()
				out := grow(&n.ints[1], f.rows*width)
				kernel.MaxPool(out, f.ints, f.rows*l.channels, l.height, l.width)
				n.swap(out)
				f.cols, f.places = width, l.rows*l.cols
				return
			}
			n.pool(&l.pool, false)
			return
		case *avgPool:
			if area := int64(l.window[0] * l.window[1]); f.most*area <= math.MaxInt32 {
				n.pool(&l.pool, true)
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

// real turns whole numbers into what they stand for.
func (f *flow) real(out []float64) {
	if f.places == 1 {
		for r := range f.rows {
			row, ints := out[r*f.cols:(r+1)*f.cols], f.ints[r*f.cols:(r+1)*f.cols]
			for i, scale := range f.scale[:f.cols] {
				row[i] = scale * float64(ints[i])
			}
		}
		return
	}
	at := 0
	for range f.rows {
		for _, scale := range f.scale {
			for range f.places {
				out[at] = scale * float64(f.ints[at])
				at++
			}
		}
	}
}

// room is a buffer for so many reals a row, another than the last.
func (n *Integer) room(cols int) []float64 {
	n.reals[0], n.reals[1] = n.reals[1], n.reals[0]
	return grow(&n.reals[0], n.now.rows*cols)
}

// float runs a layer on reals.
func (n *Integer) float(s *stage) {
	f := &n.now
	if f.whole {
		out := n.room(f.cols)
		f.real(out)
		f.whole, f.reals = false, out
	}
	_, width := s.layer.Width()
	x := n.matrix(f.reals, f.cols)
	y := n.matrix(n.room(width), width)
	if s.body != nil {
		add(y, s.body.Forward(x), x)
	} else {
		s.layer.Forward(s.w, x, y, Pass{})
	}
	f.cols, f.reals = width, y.Data
}

// pool takes the largest of each window, or the sum.
func (n *Integer) pool(p *pool, sum bool) {
	f := &n.now
	in, width := p.Width()
	out := grow(&n.ints[1], f.rows*width)
	for r := range f.rows {
		row, to := f.ints[r*in:(r+1)*in], out[r*width:(r+1)*width]
		for o, corner := range p.corners {
			line := int(corner)
			most, total := row[line], int32(0)
			for range p.window[0] {
				for _, v := range row[line : line+p.window[1]] {
					most = max(most, v)
					total += v
				}
				line += p.width
			}
			if sum {
				most = total
			}
			to[o] = most
		}
	}
	n.swap(out)
	f.cols, f.places = width, p.rows*p.cols
}

func (n *Integer) swap(ints []int32) {
	n.ints[0], n.ints[1] = n.ints[1], n.ints[0]
	n.now.ints = ints
}

// grow is a slice of that length in the memory of *v.
func grow[T any](v *[]T, length int) []T {
	if len(*v) < length {
		*v = make([]T, length)
	}
	return (*v)[:length]
}
