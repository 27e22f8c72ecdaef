package nn

import (
	"descent/core/kernel"

	"gonum.org/v1/gonum/blas"
)

// conv2d is a two-dimensional convolution (cross-correlation, as
// torch.nn.Conv2d) with zeros around the image. For every output channel o and
// place (i, j):
//
//	y[o, i, j] = b[o] + Σ W[o, c, u, v] x[c, i·s − p + d·u, j·s − p + d·v]
//
// W has the shape [out, in/groups, height, width]. With groups the channels, in and
// out, fall into as many runs, and each output sees the channels of its own: with as
// many as there are channels the convolution is depthwise. Every example is unrolled
// into a matrix with a column for each place and becomes one matrix product a group:
// Chellapilla, Puri, Simard, "High Performance Convolutional Neural Networks
// for Document Processing", 2006. A conv1d is one of images of a single line.
type conv2d struct {
	channels, height, width           int // of the input
	out, rows, cols                   int // of the output
	kernel, stride, padding, dilation [2]int
	groups                            int
	noBias, line                      bool // line is conv1d

	team *kernel.Team
	stop func() bool // asked between examples; nil for not
}

// convPasses are the passes of a convolution.
type convPasses[T kernel.Float] struct {
	*conv2d
	columns  [][]T // of one example, channels·kernel by rows·cols, for each member of the team
	dcolumns []T
	pass     convPass[T] // under way
}

func (c *conv2d) double() passes[float64] { return &convPasses[float64]{conv2d: c} }
func (c *conv2d) single() passes[float32] { return &convPasses[float32]{conv2d: c} }

// convPass is a call of Forward or Backward as a task for a team.
type convPass[T kernel.Float] struct {
	*convPasses[T]
	backward     bool
	w, dw        []T
	x, y, dx, dy kernel.Matrix[T]
}

// Part does some of the examples of a forward pass. Backwards one part has the
// gradient of the weights and another that of the input; where that is not
// wanted, each has some of the channels.
func (p *convPass[T]) Part(i, n, who int) {
	switch {
	case !p.backward:
		p.forward(p.columns[who], p.w, p.x, p.y, p.x.Rows*i/n, p.x.Rows*(i+1)/n)
	case p.dx.Data == nil:
		p.weights(p.columns[who], p.dw, p.x, p.dy, p.out*i/n, p.out*(i+1)/n)
	default:
		if i == 0 {
			p.weights(p.columns[who], p.dw, p.x, p.dy, 0, p.out)
		}
		if i == n-1 {
			p.input(p.w, p.dx, p.dy)
		}
	}
}

func (c *convPasses[T]) run(p convPass[T]) {
	p.convPasses = c
	c.pass = p
	work := c.out * c.fan() * c.places() * p.x.Rows
	if work < kernel.Worth {
		c.pass.Part(0, 1, 0)
		return
	}
	parts := 1
	if !p.backward {
		parts = 4
	}
	c.team.Do(&c.pass, parts, work)
}

func (c *conv2d) join(team *kernel.Team) {
	c.team = team
}

func (c *conv2d) watch(stop func() bool) { c.stop = stop }

func (c *conv2d) Kind() string {
	if c.line {
		return "conv1d"
	}
	return "conv2d"
}

func (c *conv2d) Width() (in, out int) {
	return c.channels * c.height * c.width, c.out * c.places()
}

func (c *conv2d) Params() []Param {
	shape := []int{c.out, c.channels / c.groups, c.kernel[0], c.kernel[1]}
	if c.line {
		shape = []int{c.out, c.channels / c.groups, c.kernel[1]}
	}
	return affineParams(shape, c.noBias)
}

func (c *conv2d) places() int { return c.rows * c.cols }

// taps are how many numbers of an image the kernel sees at a place, and fan those of
// them that an output reads.
func (c *conv2d) taps() int { return c.channels * c.kernel[0] * c.kernel[1] }
func (c *conv2d) fan() int  { return c.taps() / c.groups }

func (c *convPasses[T]) Reserve(int) {
	for len(c.columns) < c.team.Members() {
		c.columns = append(c.columns, make([]T, c.taps()*c.places()))
	}
}

func (c *convPasses[T]) split(w []T) (weight kernel.Matrix[T], bias []T) {
	n := c.out * c.fan()
	return plain(w, c.out, c.fan()), w[n:]
}

func (c *convPasses[T]) matrix(data []T, rows int) kernel.Matrix[T] {
	return plain(data, rows, c.places())
}

// Forward starts every channel from its bias and adds W times the columns.
func (c *convPasses[T]) Forward(w []T, x, y kernel.Matrix[T], _ Pass) {
	c.run(convPass[T]{w: w, x: x, y: y})
}

func (c *convPasses[T]) forward(columns, w []T, x, y kernel.Matrix[T], from, to int) {
	weight, bias := c.split(w)
	each := c.out / c.groups
	for r := from; r < to && !c.stopped(r); r++ {
		image, out := rowOf(x, r), rowOf(y, r)
		c.unroll(columns, image)
		if c.noBias {
			clear(out)
		}
		for o, b := range bias {
			fill(out[o*c.places():(o+1)*c.places()], b)
		}
		for g := range c.groups {
			kernel.Gemm(blas.NoTrans, blas.NoTrans, 1, rowsOf(weight, g*each, (g+1)*each), c.seen(columns, g), 1, rowsOf(c.matrix(out, c.out), g*each, (g+1)*each))
		}
	}
}

// seen are the rows of the columns that a group reads.
func (c *convPasses[T]) seen(columns []T, group int) kernel.Matrix[T] {
	return rowsOf(c.matrix(columns, c.taps()), group*c.fan(), (group+1)*c.fan())
}

// Backward is, example by example, dW += dy columnsᵀ, db += Σ dy over the
// places, and dx = Wᵀ dy rolled up again.
func (c *convPasses[T]) Backward(w, dw []T, x, _, dx, dy kernel.Matrix[T]) {
	if dx.Data != nil && c.dcolumns == nil {
		c.dcolumns = make([]T, c.taps()*c.places())
	}
	clear(dw)
	c.run(convPass[T]{backward: true, w: w, dw: dw, x: x, dx: dx, dy: dy})
}

// weights sums the gradient of the channels from to before.
func (c *convPasses[T]) weights(columns, dw []T, x, dy kernel.Matrix[T], from, to int) {
	dkernel, dbias := c.split(dw)
	if from == to {
		return
	}
	each := c.out / c.groups
	for r := 0; r < x.Rows && !c.stopped(r); r++ {
		dout := c.matrix(rowOf(dy, r), c.out)
		c.unroll(columns, rowOf(x, r))
		for g := from / each; g*each < to; g++ {
			first, last := max(g*each, from), min((g+1)*each, to)
			kernel.Gemm(blas.NoTrans, blas.Trans, 1, rowsOf(dout, first, last), c.seen(columns, g), 1, rowsOf(dkernel, first, last))
		}
		if c.noBias {
			continue
		}
		for o := from; o < to; o++ {
			dbias[o] += total(rowOf(dout, o))
		}
	}
}

func (c *convPasses[T]) input(w []T, dx, dy kernel.Matrix[T]) {
	weight, _ := c.split(w)
	each := c.out / c.groups
	for r := 0; r < dy.Rows && !c.stopped(r); r++ {
		dout := c.matrix(rowOf(dy, r), c.out)
		for g := range c.groups {
			kernel.Gemm(blas.Trans, blas.NoTrans, 1, rowsOf(weight, g*each, (g+1)*each), rowsOf(dout, g*each, (g+1)*each), 0, c.seen(c.dcolumns, g))
		}
		c.roll(rowOf(dx, r))
	}
}

// unroll writes an image into the columns. Where they hold padding they keep
// the zeros that they were made with.
func (c *convPasses[T]) unroll(line, image []T) {
	for k := range c.taps() {
		plane, u, v := c.tap(image, k)
		from, to := c.inside(v)
		for i := range c.rows {
			y := i*c.stride[0] - c.padding[0] + u
			if y < 0 || y >= c.height || from == to {
				continue
			}
			dst, src := line[i*c.cols+from:i*c.cols+to], plane[y*c.width:(y+1)*c.width]
			at := from*c.stride[1] - c.padding[1] + v
			if c.stride[1] == 1 {
				copy(dst, src[at:])
				continue
			}
			for j := range dst {
				dst[j] = src[at]
				at += c.stride[1]
			}
		}
		line = line[c.places():]
	}
}

// roll sums the gradient of the columns into that of the image.
func (c *convPasses[T]) roll(image []T) {
	clear(image)
	line := c.dcolumns
	for k := range c.taps() {
		plane, u, v := c.tap(image, k)
		from, to := c.inside(v)
		for i := range c.rows {
			y := i*c.stride[0] - c.padding[0] + u
			if y < 0 || y >= c.height {
				continue
			}
			dst, at := plane[y*c.width:(y+1)*c.width], from*c.stride[1]-c.padding[1]+v
			for _, d := range line[i*c.cols+from : i*c.cols+to] {
				dst[at] += d
				at += c.stride[1]
			}
		}
		line = line[c.places():]
	}
}

// tap is the channel's plane and how far from a window's corner a number is that the
// kernel sees.
func (c *convPasses[T]) tap(image []T, k int) (plane []T, u, v int) {
	area, taps := c.height*c.width, c.kernel[0]*c.kernel[1]
	channel := k / taps
	return image[channel*area : (channel+1)*area], k % taps / c.kernel[1] * c.dilation[0], k % c.kernel[1] * c.dilation[1]
}

// inside are the output columns for which what lies v from the corner of the window
// is within the image.
func (c *conv2d) inside(v int) (from, to int) {
	s, shift := c.stride[1], v-c.padding[1]
	if shift < 0 {
		from = min((s-1-shift)/s, c.cols)
	}
	if last := c.width - 1 - shift; last >= 0 {
		to = min(last/s+1, c.cols)
	}
	return from, max(from, to)
}

// stopped asks, at some of the examples, whether the pass is given up.
func (c *conv2d) stopped(r int) bool { return c.stop != nil && r%16 == 0 && c.stop() }
