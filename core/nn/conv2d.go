package nn

import (
	"fmt"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// conv2d is a two-dimensional convolution (cross-correlation, as
// torch.nn.Conv2d) with zeros around the image. For every output channel o and
// place (i, j):
//
//	y[o, i, j] = b[o] + Σ W[o, c, u, v] x[c, i·s − p + u, j·s − p + v]
//
// W has the shape [out, in, height, width]. Every example is unrolled into a
// matrix with a column for each place and becomes one matrix product:
// Chellapilla, Puri, Simard, "High Performance Convolutional Neural Networks
// for Document Processing", 2006.
type conv2d struct {
	channels, height, width int // of the input
	out, rows, cols         int // of the output
	kernel, stride, padding [2]int

	columns  [][]float64 // of one example, channels·kernel by rows·cols, for each member of the team
	dcolumns []float64

	team *kernel.Team
	stop func() bool // asked between examples; nil for not
	pass convPass    // under way
}

// convPass is a call of Forward or Backward as a task for a team.
type convPass struct {
	*conv2d
	backward     bool
	w, dw        []float64
	x, y, dx, dy blas64.General
}

// Part does some of the examples of a forward pass. Backwards one part has the
// gradient of the weights and another that of the input; where that is not
// wanted, each has some of the channels.
func (p *convPass) Part(i, n, who int) {
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

func (c *conv2d) run(p convPass) {
	p.conv2d = c
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
	c.team, c.columns = team, nil
	c.Reserve(0)
}

var conv2dKind = kind{
	name: "conv2d", help: "2D convolution: one small kernel slides over the whole image",
	options: []option{
		{name: "out", form: integer, min: 1, help: "number of output channels"},
		{name: "kernel", form: pair, min: 1, help: "kernel size, 3 or 3x5"},
		{name: "stride", form: pair, min: 1, fallback: "1", help: "stride of the kernel"},
		{name: "padding", form: pair, fallback: "0", help: "zero padding on each side"},
	},
	doc: knob.Doc{
		Formula: "y[o, i, j] = b[o] + Σ W[o, c, u, v] x[c, i·s − p + u, j·s − p + v] (cross-correlation, zero padding)",
		Source:  "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, “Gradient-Based Learning Applied to Document Recognition”, Proceedings of the IEEE 86(11), 1998, section II",
		PyTorch: "torch.nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding)",
		When:    "For images: the same few weights are used at every place of the image. Needs model.input = [channels, height, width].",
		Range:   "8 to 64 channels, kernel 3, padding 1",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		if err := wantImage(at.in); err != nil {
			return nil, nil, err
		}
		c := &conv2d{
			channels: at.in[0], height: at.in[1], width: at.in[2], out: e.integer("out"),
			kernel: e.pair("kernel"), stride: e.pair("stride"), padding: e.pair("padding"),
		}
		c.rows = windows(c.height+2*c.padding[0], c.kernel[0], c.stride[0])
		c.cols = windows(c.width+2*c.padding[1], c.kernel[1], c.stride[1])
		if c.rows < 1 || c.cols < 1 {
			return nil, nil, fmt.Errorf("has a kernel of %s for images of only %s with their padding",
				ShapeText(c.kernel[:]), ShapeText([]int{c.height + 2*c.padding[0], c.width + 2*c.padding[1]}))
		}
		unrolled := float64(c.channels) * float64(c.kernel[0]) * float64(c.kernel[1]) * float64(c.rows) * float64(c.cols)
		if unrolled > maxWidth {
			return nil, nil, fmt.Errorf("would unroll an example into %.3g numbers; the most is 2^24", unrolled)
		}
		return c, []int{c.out, c.rows, c.cols}, nil
	},
}

func wantImage(shape []int) error {
	if len(shape) != 3 {
		return fmt.Errorf("takes channels × height × width, not %s; give model.input = [channels, height, width]", ShapeText(shape))
	}
	return nil
}

// windows is in how many places a window fits, less than 1 if in none.
func windows(length, window, stride int) int {
	if length < window {
		return 0
	}
	return (length-window)/stride + 1
}

func (c *conv2d) watch(stop func() bool) { c.stop = stop }

func (*conv2d) Kind() string { return "conv2d" }

func (c *conv2d) Width() (in, out int) {
	return c.channels * c.height * c.width, c.out * c.places()
}

func (c *conv2d) Params() []Param {
	return []Param{
		{Name: "weight", Role: knob.Kernel, Shape: []int{c.out, c.channels, c.kernel[0], c.kernel[1]}},
		{Name: "bias", Role: knob.Bias, Shape: []int{c.out}},
	}
}

func (c *conv2d) places() int { return c.rows * c.cols }
func (c *conv2d) fan() int    { return c.channels * c.kernel[0] * c.kernel[1] }

func (c *conv2d) Reserve(int) {
	for len(c.columns) < c.team.Members() {
		c.columns = append(c.columns, make([]float64, c.fan()*c.places()))
	}
}

func (c *conv2d) split(w []float64) (kernel blas64.General, bias []float64) {
	n := c.out * c.fan()
	return blas64.General{Rows: c.out, Cols: c.fan(), Stride: c.fan(), Data: w[:n]}, w[n : n+c.out]
}

func (c *conv2d) matrix(data []float64, rows int) blas64.General {
	return blas64.General{Rows: rows, Cols: c.places(), Stride: c.places(), Data: data}
}

// Forward starts every channel from its bias and adds W times the columns.
func (c *conv2d) Forward(w []float64, x, y blas64.General, _ Pass) {
	c.run(convPass{w: w, x: x, y: y})
}

func (c *conv2d) forward(columns, w []float64, x, y blas64.General, from, to int) {
	kernel, bias := c.split(w)
	for r := from; r < to && !c.stopped(r); r++ {
		image, out := rowOf(x, r), rowOf(y, r)
		c.unroll(columns, image)
		for o, b := range bias {
			fill(out[o*c.places():(o+1)*c.places()], b)
		}
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, kernel, c.matrix(columns, c.fan()), 1, c.matrix(out, c.out))
	}
}

// Backward is, example by example, dW += dy columnsᵀ, db += Σ dy over the
// places, and dx = Wᵀ dy rolled up again.
func (c *conv2d) Backward(w, dw []float64, x, _, dx, dy blas64.General) {
	if dx.Data != nil && c.dcolumns == nil {
		c.dcolumns = make([]float64, c.fan()*c.places())
	}
	clear(dw)
	c.run(convPass{backward: true, w: w, dw: dw, x: x, dx: dx, dy: dy})
}

// weights sums the gradient of the channels from to before.
func (c *conv2d) weights(columns, dw []float64, x, dy blas64.General, from, to int) {
	dkernel, dbias := c.split(dw)
	dkernel.Data, dkernel.Rows = dkernel.Data[from*dkernel.Stride:], to-from
	if from == to {
		return
	}
	for r := 0; r < x.Rows && !c.stopped(r); r++ {
		dout := rowOf(dy, r)
		c.unroll(columns, rowOf(x, r))
		blas64.Gemm(blas.NoTrans, blas.Trans, 1, c.matrix(dout[from*c.places():], to-from), c.matrix(columns, c.fan()), 1, dkernel)
		for o := from; o < to; o++ {
			dbias[o] += total(dout[o*c.places() : (o+1)*c.places()])
		}
	}
}

func (c *conv2d) input(w []float64, dx, dy blas64.General) {
	kernel, _ := c.split(w)
	for r := 0; r < dy.Rows && !c.stopped(r); r++ {
		blas64.Gemm(blas.Trans, blas.NoTrans, 1, kernel, c.matrix(rowOf(dy, r), c.out), 0, c.matrix(c.dcolumns, c.fan()))
		c.roll(rowOf(dx, r))
	}
}

// unroll writes an image into the columns. Where they hold padding they keep
// the zeros that they were made with.
func (c *conv2d) unroll(line, image []float64) {
	for k := range c.fan() {
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
func (c *conv2d) roll(image []float64) {
	clear(image)
	line := c.dcolumns
	for k := range c.fan() {
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

// tap is the channel's plane and the place in the kernel of one of its weights.
func (c *conv2d) tap(image []float64, k int) (plane []float64, u, v int) {
	area, taps := c.height*c.width, c.kernel[0]*c.kernel[1]
	channel := k / taps
	return image[channel*area : (channel+1)*area], k % taps / c.kernel[1], k % c.kernel[1]
}

// inside are the output columns for which column v of the kernel lies within
// the image.
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
