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
	sliding
	out          int // channels of the output
	groups       int
	noBias, line bool // line is conv1d

	team *kernel.Team
	stop func() bool // asked between examples; nil for not
}

// convPasses are the passes of a convolution.
type convPasses[T kernel.Float] struct {
	*conv2d
	scratch []convScratch[T] // of each member of the team
	turned  []T              // the gradient of the weights, a row for each tap
	pass    convPass[T]      // under way
}

// convScratch is the memory of a member of the team.
type convScratch[T kernel.Float] struct {
	columns, dcolumns []T // of a band
	dy                []T // of a band, a row for each place
	sums              []T // of an example's dy, over the places
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

// Part does some of the examples of a forward pass. Backwards the first third of the
// parts have the gradient of the weights of some of the taps and the others that of the
// input of some examples; where that is not wanted, all have taps.
func (p *convPass[T]) Part(i, n, who int) {
	if !p.backward {
		x, y, first := p.cut(p.x, p.y, i, n)
		p.rowsForward(p.w, x, y, some{first, who})
		return
	}
	weights, input := n, 0
	if p.dx.Data != nil {
		weights = (n + 2) / 3
		input = n - weights
	}
	if i < weights {
		p.weights(&p.scratch[who], p.dw, p.x, p.dy, p.taps()*i/weights, p.taps()*(i+1)/weights)
	}
	if n == 1 {
		weights, input = 0, 1
	}
	if p.dx.Data != nil && i >= weights {
		dx, dy, first := p.cut(p.dx, p.dy, i-weights, input)
		p.rowsBackward(p.w, p.x, p.y, dx, dy, some{first, who})
	}
}

// cut is the i-th of n parts of the rows of two matrices.
func (p *convPass[T]) cut(a, b kernel.Matrix[T], i, n int) (x, y kernel.Matrix[T], first int) {
	from, to := a.Rows*i/n, a.Rows*(i+1)/n
	return rowsOf(a, from, to), rowsOf(b, from, to), from
}

func (c *convPasses[T]) run(p convPass[T]) {
	p.convPasses = c
	c.pass = p
	work := c.work() * p.x.Rows
	if work < kernel.Worth {
		c.pass.Part(0, 1, 0)
		return
	}
	parts := 4
	switch {
	case p.backward && p.dx.Data != nil:
		parts = 3
	case p.backward: // of few taps the products are slow
		parts = 1
	}
	c.team.Do(&c.pass, parts, work)
}

func (c *conv2d) work() int { return c.out * c.fan() * c.places() }

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

// fan is how many numbers of an image an output reads.
func (c *conv2d) fan() int { return c.taps() / c.groups }

func (c *convPasses[T]) Reserve(int) {
	for len(c.scratch) < c.team.Members() {
		c.scratch = append(c.scratch, convScratch[T]{})
	}
	for i := range c.scratch {
		grow(&c.scratch[i].columns, c.room())
	}
}

func (c *convPasses[T]) split(w []T) (weight kernel.Matrix[T], bias []T) {
	n := c.out * c.fan()
	return plain(w, c.out, c.fan()), w[n:]
}

// Forward starts the chains of every channel from its bias and adds W times the columns.
func (c *convPasses[T]) Forward(w []T, x, y kernel.Matrix[T], _ Pass) {
	c.run(convPass[T]{w: w, x: x, y: y})
}

func (c *convPasses[T]) begin(int, Pass) {}

func (c *convPasses[T]) rowsForward(w []T, x, y kernel.Matrix[T], by some) {
	mine := &c.scratch[by.who]
	weight, bias := c.split(w)
	each := c.out / c.groups
	for r := range x.Rows {
		if c.stopped(by.first + r) {
			break
		}
		image, out := rowOf(x, r), plain(rowOf(y, r), c.out, c.places())
		for i := range c.bands() {
			at := bandOf(&c.sliding, i, mine.columns)
			seen := c.seen(&at, image, 0, c.taps())
			for g := range c.groups {
				of, to := rowsOf(weight, g*each, (g+1)*each), c.within(&at, rowsOf(out, g*each, (g+1)*each))
				in := rowsOf(seen, g*c.fan(), (g+1)*c.fan())
				if c.noBias {
					kernel.Gemm(blas.NoTrans, blas.NoTrans, 1, of, in, 0, to)
				} else {
					kernel.AffineEach(to, of, in, bias[g*each:(g+1)*each])
				}
			}
		}
	}
}

// seen are the columns of a band, filled from the tap from to before to. A kernel that
// sees a single place has the image for columns.
func (c *convPasses[T]) seen(at *band[T], image []T, from, to int) kernel.Matrix[T] {
	if c.same() {
		return c.within(at, plain(image, c.channels, c.places()))
	}
	at.unroll(&c.sliding, image, from, to)
	return at.columns
}

// within are the columns of a matrix, one for each place, that belong to a band.
func (c *convPasses[T]) within(at *band[T], m kernel.Matrix[T]) kernel.Matrix[T] {
	first := at.from * c.cols
	m.Data, m.Cols = m.Data[first:], at.columns.Cols
	return m
}

// Backward is, example by example, dW += dy columnsᵀ, db += Σ dy over the
// places, and dx = Wᵀ dy rolled up again.
func (c *convPasses[T]) Backward(w, dw []T, x, _, dx, dy kernel.Matrix[T]) {
	c.clearSums(dw)
	c.run(convPass[T]{backward: true, w: w, dw: dw, x: x, dx: dx, dy: dy})
	c.sums(dw)
}

func (c *convPasses[T]) sumBy(dw []T, x, dy kernel.Matrix[T]) {
	c.Backward(nil, dw, x, x, kernel.Matrix[T]{}, dy)
}

// clearSums begins the gradient of the weights, with room for it.
func (c *convPasses[T]) clearSums(dw []T) {
	for i := range c.scratch {
		mine := &c.scratch[i]
		grow(&mine.dy, c.out*c.room()/c.taps())
		grow(&mine.sums, c.out)
	}
	clear(grow(&c.turned, c.out/c.groups*c.taps()))
	clear(dw)
}

func (c *convPasses[T]) addRows(dw []T, x, dy kernel.Matrix[T], by some) {
	c.weights(&c.scratch[by.who], dw, x, dy, 0, c.taps())
}

// sums writes the gradient of the weights, which was summed as its transpose.
func (c *convPasses[T]) sums(dw []T) {
	dkernel, _ := c.split(dw)
	each, fan := c.out/c.groups, c.fan()
	turned := plain(c.turned, c.taps(), each)
	for g := range c.groups {
		kernel.Transpose(rowsOf(dkernel, g*each, (g+1)*each), rowsOf(turned, g*fan, (g+1)*fan))
	}
}

// weights sums the gradient of the taps from to before, and with the first of all that
// of the bias. It sums the transpose: so the columns need not be transposed, but dy,
// which has fewer numbers.
func (c *convPasses[T]) weights(mine *convScratch[T], dw []T, x, dy kernel.Matrix[T], from, to int) {
	_, dbias := c.split(dw)
	if from == to {
		return
	}
	each, fan := c.out/c.groups, c.fan()
	turned := plain(c.turned, c.taps(), each)
	for r := 0; r < x.Rows && !c.stopped(r); r++ {
		clear(mine.sums)
		dout := plain(rowOf(dy, r), c.out, c.places())
		for i := range c.bands() {
			at := bandOf(&c.sliding, i, mine.columns)
			seen := c.seen(&at, rowOf(x, r), from, to)
			across := c.within(&at, dout)
			down := plain(mine.dy, across.Cols, c.out)
			kernel.Transpose(down, across)
			for g := from / fan; g*fan < to; g++ {
				first, last := max(g*fan, from), min((g+1)*fan, to)
				part := down
				part.Data, part.Cols = part.Data[g*each:], each
				kernel.Gemm(blas.NoTrans, blas.NoTrans, 1, rowsOf(seen, first, last), part, 1, rowsOf(turned, first, last))
			}
			if from == 0 && !c.noBias {
				kernel.AddColumnSums(mine.sums[:c.out], down)
			}
		}
		if from == 0 && !c.noBias {
			kernel.Add(dbias, mine.sums[:c.out])
		}
	}
}

// rowsBackward goes through the bands from the last to the first: so a number of the image gets its sums in the order of the taps.
func (c *convPasses[T]) rowsBackward(w []T, _, _, dx, dy kernel.Matrix[T], by some) {
	columns := grow(&c.scratch[by.who].dcolumns, c.room())
	weight, _ := c.split(w)
	each := c.out / c.groups
	for r := range dy.Rows {
		if c.stopped(by.first + r) {
			break
		}
		dout, image := plain(rowOf(dy, r), c.out, c.places()), rowOf(dx, r)
		clear(image)
		for i := c.bands() - 1; i >= 0; i-- {
			at := bandOf(&c.sliding, i, columns)
			across := c.within(&at, dout)
			for g := range c.groups {
				kernel.Gemm(blas.Trans, blas.NoTrans, 1,
					rowsOf(weight, g*each, (g+1)*each), rowsOf(across, g*each, (g+1)*each),
					0, rowsOf(at.columns, g*c.fan(), (g+1)*c.fan()))
			}
			at.roll(&c.sliding, image)
		}
	}
}

// stopped asks, at some of the examples, whether the pass is given up.
func (c *conv2d) stopped(r int) bool { return c.stop != nil && r%16 == 0 && c.stop() }
