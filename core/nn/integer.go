package nn

import (
	"fmt"
	"math"

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

	shifted bool // some Zero is not 0
}

// Integer is a network of which dense and conv layers multiply and add whole
// numbers: 8 bits times 8 bits into 32. What these sums go through on the way to
// the next such layer stays whole too where that is exact: relu, identity,
// max-pool, avg-pool, flatten and dropout. They are then rounded to the grid of
// the next layer's input by one float64 factor for each channel, half to even.
// Every other layer (smooth activations, norms, embeddings, the sum of a
// residual block) runs in float64 between two such layers. Not for two
// goroutines at once, nor while the model that it was made from runs.
type Integer struct {
	model  *Model
	stages []stage

	codes []int8 // of a batch that goes into a kernel
	acc   []int64
	lanes [][]int64 // of two rows: what goes into a kernel, and a place of a convolution
	now   flow
	ints  [2][]int32
	reals [2][]float64
	scale [2][]float64
}

// stage is one layer.
type stage struct {
	layer Layer
	w     []float64
	whole *Whole // of a layer with a kernel
	most  int64  // magnitude of its sums
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
	n := &Integer{model: m, lanes: make([][]int64, 2)}
	for i, l := range m.layers {
		s := stage{layer: l, w: m.part(i, w)}
		name := fmt.Sprint(prefix, i)
		var err error
		switch block, ok := l.(*residual); {
		case ok:
			s.body, kernels, err = newInteger(block.body, s.w, kernels, name+".")
		case hasKernel(l):
			s.whole, kernels = &kernels[0], kernels[1:]
			s.most, err = s.whole.most(name)
		}
		if err != nil {
			return nil, nil, err
		}
		n.stages = append(n.stages, s)
	}
	return n, kernels, nil
}

// most is the largest magnitude of a sum. It notes too whether zeros are shifted.
func (k *Whole) most(layer string) (int64, error) {
	in := len(k.Q) / len(k.Scale)
	top := int64(max(k.Input.Zero-k.Input.Low, k.Input.High-k.Input.Zero))
	most := int64(0)
	for o, zero := range k.Zero {
		k.shifted = k.shifted || zero != 0
		sum := int64(0)
		for _, q := range k.Q[o*in : (o+1)*in] {
			sum += magnitude(int64(q) - int64(zero))
		}
		most = max(most, sum*top+magnitude(int64(k.Bias[o])))
	}
	if most > math.MaxInt32 {
		return 0, fmt.Errorf("the sums of layer %s may reach %.3g, which 32 bits do not hold; take fewer bits or a smaller layer", layer, float64(most))
	}
	return most, nil
}

func magnitude(v int64) int64 { return max(v, -v) }

// Forward runs x, rows×in, through the network and returns the outputs,
// rows×out, overwritten by the next call. NaN has no place on a grid.
func (n *Integer) Forward(x blas64.General) blas64.General {
	n.model.Reserve(x.Rows)
	n.now = flow{rows: x.Rows, cols: x.Cols, reals: x.Data[:x.Rows*x.Cols]}
	for i := range n.stages {
		n.run(&n.stages[i])
	}
	n.real()
	return n.matrix(n.now.reals, n.now.cols)
}

func (n *Integer) matrix(data []float64, cols int) blas64.General {
	return blas64.General{Rows: n.now.rows, Cols: cols, Stride: cols, Data: data}
}

func (n *Integer) run(s *stage) {
	if s.whole != nil {
		n.multiply(s)
		return
	}
	if f := &n.now; f.whole {
		switch l := s.layer.(type) {
		case flatten, *dropout:
			return
		case *maxPool:
			n.pool(&l.pool, false)
			return
		case *avgPool:
			if area := int64(l.window[0] * l.window[1]); f.most*area <= math.MaxInt32 {
				n.pool(&l.pool, true)
				f.most *= area
				scale := grow(&n.scale[1], len(f.scale))
				for c, v := range f.scale {
					scale[c] = v / float64(area)
				}
				f.scale = scale
				n.scale[0], n.scale[1] = n.scale[1], n.scale[0]
				return
			}
		case elementwise:
			switch l.name {
			case "identity":
				return
			case "relu":
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
func (n *Integer) real() {
	f := &n.now
	if !f.whole {
		return
	}
	out := n.room(f.cols)
	at := 0
	for range f.rows {
		for _, scale := range f.scale {
			for range f.places {
				out[at] = scale * float64(f.ints[at])
				at++
			}
		}
	}
	f.whole, f.reals = false, out
}

// room is a buffer for so many reals a row, another than the last.
func (n *Integer) room(cols int) []float64 {
	n.reals[0], n.reals[1] = n.reals[1], n.reals[0]
	return grow(&n.reals[0], n.now.rows*cols)
}

// float runs a layer on reals.
func (n *Integer) float(s *stage) {
	n.real()
	f := &n.now
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

// encode puts what flows onto the grid of a kernel's input.
func (n *Integer) encode(g Grid) {
	f := &n.now
	codes, offset := grow(&n.codes, f.rows*f.cols), g.Offset()
	if !f.whole {
		for i, v := range f.reals {
			codes[i] = int8(g.Whole(v) - offset)
		}
		return
	}
	zero, low, high := g.Zero-offset, g.Low-offset, g.High-offset
	at := 0
	for range f.rows {
		for _, scale := range f.scale {
			m := scale / g.Scale
			row := codes[at : at+f.places]
			for i, v := range f.ints[at : at+f.places] {
				q := math.RoundToEven(float64(float64(v)*m)) + zero
				if q < low {
					q = low
				} else if q > high {
					q = high
				}
				row[i] = int8(q)
			}
			at += f.places
		}
	}
}

// multiply runs a layer with a kernel. Two rows go through it at once, one in
// the lower and one in the upper half of 64 bits: a product with a weight is
// that of both, and since the sums fit into 32 bits they come apart again.
func (n *Integer) multiply(s *stage) {
	n.encode(s.whole.Input)
	f := &n.now
	k, in := s.whole, f.cols
	outs := len(k.Scale)
	conv, isConv := s.layer.(*conv2d)
	places := 1
	if isConv {
		places = conv.places()
	}
	width := outs * places
	out := grow(&n.ints[1], f.rows*width)
	acc := grow(&n.acc, outs)
	zero := int64(k.Input.Zero - k.Input.Offset())
	for r := 0; r < f.rows; r += 2 {
		first, second := n.codes[r*in:(r+1)*in], []int8(nil)
		one, two := out[r*width:(r+1)*width], []int32(nil)
		if r+1 < f.rows {
			second, two = n.codes[(r+1)*in:(r+2)*in], out[(r+1)*width:(r+2)*width]
		}
		if !isConv {
			lanes := grow(&n.lanes[0], in)
			pack(lanes, first, second, zero)
			k.sums(acc, lanes)
			k.unpack(one, two, acc, 0, 1)
			continue
		}
		image := conv.pad(n, first, second, zero)
		lanes := grow(&n.lanes[1], conv.fan())
		for place := range places {
			conv.gather(lanes, image, place)
			k.sums(acc, lanes)
			k.unpack(one, two, acc, place, places)
		}
	}
	n.swap(out)
	scale := grow(&n.scale[0], outs)
	for o, v := range k.Scale {
		scale[o] = float64(k.Input.Scale * v)
	}
	f.whole, f.scale, f.places, f.cols, f.most = true, scale, places, width, s.most
}

// pack lays two rows beside each other, each less the zero point; without a
// second one its half stays 0.
func pack(lanes []int64, first, second []int8, zero int64) {
	first = first[:len(lanes)]
	if second == nil {
		for i, v := range first {
			lanes[i] = int64(v) - zero
		}
		return
	}
	second = second[:len(lanes)]
	for i := range lanes {
		lanes[i] = (int64(second[i])-zero)<<32 + (int64(first[i]) - zero)
	}
}

// sums overwrites acc with Σ (Q − Zero) lanes for every output.
func (k *Whole) sums(acc, lanes []int64) {
	in, o := len(lanes), 0
	for ; o+4 <= len(acc); o += 4 {
		w0, w1, w2, w3 := k.Q[o*in:][:in], k.Q[(o+1)*in:][:in], k.Q[(o+2)*in:][:in], k.Q[(o+3)*in:][:in]
		var a0, a1, a2, a3 int64
		for i, v := range lanes {
			a0 += v * int64(w0[i])
			a1 += v * int64(w1[i])
			a2 += v * int64(w2[i])
			a3 += v * int64(w3[i])
		}
		acc[o], acc[o+1], acc[o+2], acc[o+3] = a0, a1, a2, a3
	}
	for ; o < len(acc); o++ {
		w, a := k.Q[o*in:][:in], int64(0)
		for i, v := range lanes {
			a += v * int64(w[i])
		}
		acc[o] = a
	}
	if !k.shifted {
		return
	}
	total := int64(0)
	for _, v := range lanes {
		total += v
	}
	for o, zero := range k.Zero {
		acc[o] -= int64(zero) * total
	}
}

// unpack adds the biases to the sums of two rows and puts them where a place's
// outputs belong.
func (k *Whole) unpack(first, second []int32, acc []int64, place, places int) {
	for o, v := range acc {
		low := int32(v)
		first[o*places+place] = low + k.Bias[o]
		if second != nil {
			second[o*places+place] = int32((v-int64(low))>>32) + k.Bias[o]
		}
	}
}

// padded is the width of an image with its padding.
func (c *conv2d) padded() (height, width int) {
	return c.height + 2*c.padding[0], c.width + 2*c.padding[1]
}

// pad lays two images beside each other, with zeros around them.
func (c *conv2d) pad(n *Integer, first, second []int8, zero int64) []int64 {
	height, width := c.padded()
	image := grow(&n.lanes[0], c.channels*height*width)
	clear(image)
	for line := range c.channels * c.height {
		at := (line/c.height*height+line%c.height+c.padding[0])*width + c.padding[1]
		from, to := line*c.width, (line+1)*c.width
		if second == nil {
			pack(image[at:at+c.width], first[from:to], nil, zero)
		} else {
			pack(image[at:at+c.width], first[from:to], second[from:to], zero)
		}
	}
	return image
}

// gather takes what a kernel sees at a place of padded images.
func (c *conv2d) gather(lanes, image []int64, place int) {
	height, width := c.padded()
	corner := place/c.cols*c.stride[0]*width + place%c.cols*c.stride[1]
	to := 0
	for channel := range c.channels {
		line := corner + channel*height*width
		for range c.kernel[0] {
			for i, v := range image[line : line+c.kernel[1]] { // a copy of 3 is not worth its call
				lanes[to+i] = v
			}
			to += c.kernel[1]
			line += width
		}
	}
}
