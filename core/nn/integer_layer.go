package nn

import (
	"fmt"
	"math"

	"descent/core/kernel"
)

// integerLayer is a dense or conv layer in integers, laid out for its kernel.
// Numbers are kept less their zero points, so that no sum needs a correction.
type integerLayer struct {
	input Grid
	stops kernel.Levels // of the input
	sums  kernel.Sums
	scale []float64 // of an integer output, for each channel
	most  int64     // magnitude of a sum

	weights []int16
	cols    int       // of the output
	step    int       // numbers of a row that goes in, padded with 0
	factors []float64 // what takes each integer that comes in to the grid; nil until the first does

	// Of a convolution: an image as pairs of channels with zeros around it, and
	// for each place what the kernel sees there.
	conv           *conv2d
	image, columns []int16
	windows        kernel.Windows
}

func newIntegerLayer(l Layer, k IntegerKernel, name string) (*integerLayer, error) {
	p := &integerLayer{input: k.Input, scale: make([]float64, len(k.Scale))}
	for o, v := range k.Scale {
		p.scale[o] = float64(k.Input.Scale * v)
	}
	g := k.Input
	p.stops = kernel.Levels{Low: g.Low - g.Zero, High: g.High - g.Zero, None: g.Offset() - g.Zero}
	weights, err := p.shift(k, name)
	if err != nil {
		return nil, err
	}
	p.sums = kernel.Sums{Start: k.Bias, Floor: math.MinInt32}
	outs := len(k.Bias)
	if c, ok := l.(*conv2d); ok {
		p.convolve(c, weights)
		return p, nil
	}
	in := len(weights) / outs
	p.weights = kernel.PairUp(weights, outs, in)
	p.cols, p.step = outs, in+in%2
	p.sums.Cols, p.sums.Pairs = outs, p.step/2
	return p, nil
}

// shift takes the zeros off the weights, and finds the largest magnitude of a
// sum.
func (p *integerLayer) shift(k IntegerKernel, layer string) ([]int16, error) {
	outs := len(k.Scale)
	in := len(k.Q) / outs
	weights := make([]int16, len(k.Q))
	top := int64(max(k.Input.Zero-k.Input.Low, k.Input.High-k.Input.Zero))
	far := top > math.MaxInt16
	for o, zero := range k.Zero {
		sum := int64(0)
		for i, q := range k.Q[o*in : (o+1)*in] {
			d := int64(q) - int64(zero)
			sum += max(d, -d)
			far = far || max(d, -d) > math.MaxInt16
			weights[o*in+i] = int16(d)
		}
		bias := int64(k.Bias[o])
		p.most = max(p.most, sum*top+max(bias, -bias))
	}
	if p.most > math.MaxInt32 {
		return nil, fmt.Errorf("the sums of layer %s may reach %.3g, which 32 bits do not hold; take fewer bits or a smaller layer", layer, float64(p.most))
	}
	if far {
		return nil, fmt.Errorf("the zero point of layer %s is out of range", layer)
	}
	return weights, nil
}

// convolve lays the weights out in pairs of channels: [out, pair, height, width].
// Those of channels of other groups are 0.
func (p *integerLayer) convolve(c *conv2d, weights []int16) {
	halves := (c.channels + 1) / 2
	taps := c.kernel[0] * c.kernel[1]
	p.conv = c
	p.cols, p.step = c.out*c.places(), 2*halves*c.height*c.width
	p.sums.Rows, p.sums.Cols, p.sums.Pairs, p.sums.ByRow = c.out, c.places(), halves*taps, true
	p.weights = make([]int16, 2*c.out*halves*taps)
	for i, v := range weights {
		o, tap := i/c.fan(), i%taps
		channel := i%c.fan()/taps + o/(c.out/c.groups)*(c.channels/c.groups)
		p.weights[2*((o*halves+channel/2)*taps+tap)+channel%2] = v
	}
	height, width := c.height+2*c.padding[0], c.width+2*c.padding[1]
	p.image = make([]int16, 2*halves*height*width)
	run, runs := c.cols, 1
	if c.stride[1] > 1 {
		run, runs = 1, c.cols
	}
	var corners []int32
	for half := range halves {
		for tap := range taps {
			u, v := tap/c.kernel[1]*c.dilation[0], tap%c.kernel[1]*c.dilation[1]
			for i := range c.rows {
				for j := range runs {
					corners = append(corners, int32((half*height+i*c.stride[0]+u)*width+j*c.stride[1]+v))
				}
			}
		}
	}
	p.windows = kernel.NewWindows(corners, run)
	p.columns = make([]int16, 2*p.windows.Pairs())
}

// encode puts what flows onto the grid of the input, less its zero.
func (p *integerLayer) encode(f *flow) []int16 {
	codes := grow(&f.codes, f.rows*p.step)
	if f.integer {
		if p.factors == nil { // the scales are always the same
			p.factors = make([]float64, f.cols)
			for i := range p.factors {
				p.factors[i] = f.scale[i/f.places] / p.input.Scale
			}
		}
		p.stops.Requantize(codes, p.step, f.ints, p.factors, f.rows, f.cols)
	} else {
		p.stops.Quantize(codes, p.step, f.reals, p.input.Scale, f.rows, f.cols)
	}
	if p.step > f.cols {
		for r := range f.rows {
			clear(codes[r*p.step+f.cols : (r+1)*p.step])
		}
	}
	return codes
}

// multiply runs a layer with a kernel.
func (p *integerLayer) multiply(f *flow) {
	codes := p.encode(f)
	out := f.fresh(p.cols)
	f.places = 1
	if p.conv == nil {
		p.sums.Rows = f.rows
		p.sums.Multiply(out, codes, p.weights)
	} else {
		f.places = p.conv.places()
		for r := range f.rows {
			p.unroll(codes[r*p.step : (r+1)*p.step])
			p.sums.Multiply(out[r*p.cols:(r+1)*p.cols], p.weights, p.columns)
		}
	}
	f.take(out)
	f.integer, f.scale, f.cols, f.most = true, p.scale, p.cols, p.most
}

// unroll writes an image into the columns.
func (p *integerLayer) unroll(planes []int16) {
	c := p.conv
	area, height, width := c.height*c.width, c.height+2*c.padding[0], c.width+2*c.padding[1]
	inside := 2 * (c.padding[0]*width + c.padding[1])
	for at := 0; at < len(planes); at += 2 * area {
		kernel.Interleave(p.image[at/area*height*width+inside:], width, planes[at:at+area], planes[at+area:at+2*area], c.height, c.width)
	}
	p.windows.Copy(p.columns, p.image)
}
