package onnx

import (
	"fmt"
	"math"
	"strconv"

	"descent/core/nn"
)

func (b *builder) flatten(d nn.Described, in string) (string, error) { return b.flat(d, in), nil }

func (b *builder) dense(d nn.Described, in string) (string, error) {
	in = b.flat(d, in)
	in, weight, bias, err := b.weights(d, in)
	if err != nil {
		return "", err
	}
	inputs := []string{in, weight}
	if bias != "" {
		inputs = append(inputs, bias)
	}
	return b.add(d.Name, "Gemm", inputs, integer("transB", 1)), nil
}

// weights are the kernel and the bias of a layer, "" without one, and what goes into
// it; of a quantized one each through integers and back.
func (b *builder) weights(d nn.Described, in string) (rounded, weight, bias string, err error) {
	if b.kernels == nil {
		weight = b.constant(d, "weight")
		if b.has(d, "bias") {
			bias = b.constant(d, "bias")
		}
		return in, weight, bias, nil
	}
	k := b.kernels[0]
	b.kernels = b.kernels[1:]
	rounded, err = b.onGrid(d, in, k.Input)
	if err != nil {
		return "", "", "", err
	}
	zeros := make([]int8, len(k.Zero))
	biases := make([]float64, len(k.Bias))
	scales := make([]float64, len(k.Scale))
	for o, z := range k.Zero {
		if z < math.MinInt8 || z > math.MaxInt8 {
			return "", "", "", fmt.Errorf("its weights have a zero point of %d, which is no int8; set quant.scheme = symmetric", z)
		}
		zeros[o] = int8(z)
		biases[o] = float64(k.Bias[o]) * k.Input.Scale * k.Scale[o]
		scales[o] = k.Scale[o]
	}
	name, out := d.Name+".weight", len(k.Scale)
	weight = b.add(d.Name, "DequantizeLinear", []string{
		b.bytes(name, b.shapes[name], k.Q), b.numbers(name+"_scale", []int{out}, scales), b.bytes(name+"_zero", []int{out}, zeros),
	}, integer("axis", 0))
	return rounded, weight, b.numbers(d.Name+".bias", []int{out}, biases), nil
}

// onGrid rounds what goes into a layer to the stops of a grid.
func (b *builder) onGrid(d nn.Described, in string, g nn.Grid) (string, error) {
	low, high, zero := g.Low-g.Offset(), g.High-g.Offset(), g.Zero-g.Offset()
	if low < math.MinInt8 || high > math.MaxInt8 || zero < math.MinInt8 || zero > math.MaxInt8 {
		return "", fmt.Errorf("the grid of its inputs, from %v to %v around %v, does not fit into int8", g.Low, g.High, g.Zero)
	}
	if low > math.MinInt8 || high < math.MaxInt8 { // fewer stops than an int8 has
		in = b.add(d.Name, "Clip", []string{in, b.scalar(d.Name, g.Dequantize(g.Low)), b.scalar(d.Name, g.Dequantize(g.High))})
	}
	scale := b.numbers(d.Name+"/input_scale", nil, []float64{g.Scale})
	at := b.bytes(d.Name+"/input_zero", nil, []int8{int8(zero)})
	q := b.add(d.Name, "QuantizeLinear", []string{in, scale, at})
	return b.add(d.Name, "DequantizeLinear", []string{q, scale, at}), nil
}

// pairOf is a setting of an image's height and width.
func pairOf(d nn.Described, key string) [2]int {
	v := d.Numbers(key)
	return [2]int{whole(v[0]), whole(v[1])}
}

// whole is a number that a setting holds, which is one.
func whole(v float64) int { n, _ := strconv.Atoi(strconv.FormatFloat(v, 'f', -1, 64)); return n }

// convolution is a convolution as its settings have it, of a sequence with an image of
// height 1.
type convolution struct {
	height, width, channels           int // of what comes in
	rows, cols, out                   int
	kernel, stride, padding, dilation [2]int
	groups                            int
}

func convolutionOf(d nn.Described) convolution {
	c := convolution{
		kernel: pairOf(d, "kernel"), stride: pairOf(d, "stride"), padding: pairOf(d, "padding"), dilation: pairOf(d, "dilation"),
		groups: whole(d.Numbers("groups")[0]), channels: d.In[0], out: d.Out[0], height: 1, rows: 1,
	}
	if len(d.In) == 2 {
		c.width, c.cols = d.In[1], d.Out[1]
		c.kernel[0], c.stride[0], c.padding[0], c.dilation[0] = 1, 1, 0, 1
		return c
	}
	c.height, c.width, c.rows, c.cols = d.In[1], d.In[2], d.Out[1], d.Out[2]
	return c
}

func (b *builder) conv(d nn.Described, in string) (string, error) {
	c := convolutionOf(d)
	in, weight, bias, err := b.weights(d, in)
	if err != nil {
		return "", err
	}
	if b.kind == float32s {
		inputs := []string{in, weight}
		if bias != "" {
			inputs = append(inputs, bias)
		}
		axis := 3 - len(d.In) // a sequence has one axis
		return b.add(d.Name, "Conv", inputs, integers("kernel_shape", c.kernel[axis:]...), integers("strides", c.stride[axis:]...),
			integers("pads", append(append([]int{}, c.padding[axis:]...), c.padding[axis:]...)...),
			integers("dilations", c.dilation[axis:]...), integer("group", int64(c.groups))), nil
	}
	windows, err := b.windows(d, in, c) // rows, places, groups, fan
	if err != nil {
		return "", err
	}
	windows = b.add(d.Name, "Transpose", []string{windows}, integers("perm", 0, 2, 1, 3))
	fan := c.channels / c.groups * c.kernel[0] * c.kernel[1]
	matrix := b.add(d.Name, "Reshape", []string{weight, b.places(d.Name+"/shape", []int{3}, []int{c.groups, c.out / c.groups, fan})})
	matrix = b.add(d.Name, "Transpose", []string{matrix}, integers("perm", 0, 2, 1))
	sums := b.add(d.Name, "MatMul", []string{windows, matrix}) // rows, groups, places, out of a group
	sums = b.reshaped(d.Name, b.add(d.Name, "Transpose", []string{sums}, integers("perm", 0, 1, 3, 2)), c.out, c.rows*c.cols)
	if bias != "" {
		column := b.add(d.Name, "Reshape", []string{bias, b.places(d.Name+"/shape", []int{2}, []int{c.out, 1})})
		sums = b.add(d.Name, "Add", []string{sums, column})
	}
	return b.reshaped(d.Name, sums, d.Out...), nil
}

// mostListed is how many places of numbers a model lists at most.
const mostListed = 1 << 24

// windows gathers the numbers that a kernel looks at: rows, places of the result,
// groups, channels of a group times the numbers of a window.
func (b *builder) windows(d nn.Described, in string, c convolution) (string, error) {
	if n := c.rows * c.cols * c.channels * c.kernel[0] * c.kernel[1]; n > mostListed {
		return "", fmt.Errorf("its windows have %d numbers, too many to be listed; export float32", n)
	}
	height, width := c.height, c.width
	if c.padding != [2]int{} {
		in = b.reshaped(d.Name, in, c.channels, height, width)
		pads := []int{0, 0, c.padding[0], c.padding[1], 0, 0, c.padding[0], c.padding[1]}
		in = b.add(d.Name, "Pad", []string{in, b.places(d.Name+"/pads", []int{8}, pads)})
		height, width = height+2*c.padding[0], width+2*c.padding[1]
	}
	var at []int
	for i := range c.rows {
		for j := range c.cols {
			for channel := range c.channels {
				for u := range c.kernel[0] {
					for v := range c.kernel[1] {
						at = append(at, (channel*height+i*c.stride[0]+u*c.dilation[0])*width+j*c.stride[1]+v*c.dilation[1])
					}
				}
			}
		}
	}
	row := b.reshaped(d.Name, in, c.channels*height*width)
	shape := []int{c.rows * c.cols, c.groups, c.channels / c.groups * c.kernel[0] * c.kernel[1]}
	return b.add(d.Name, "Gather", []string{row, b.places(d.Name+"/windows", shape, at)}, integer("axis", 1)), nil
}

// plain tells of a pool of images whose windows all lie within them, which runtimes
// have an operator for, and how they lie.
func plain(d nn.Described) (size, stride [2]int, ok bool) {
	if (d.Kind != "max-pool" && d.Kind != "avg-pool") || len(d.In) != 3 || pairOf(d, "padding") != [2]int{} || d.Numbers("ceil")[0] != 0 {
		return size, stride, false
	}
	size, stride = pairOf(d, "size"), pairOf(d, "stride")
	if !d.Has("stride") {
		stride = size
	}
	return size, stride, true
}

func (b *builder) maxPool(d nn.Described, in string) (string, error) {
	if size, stride, ok := plain(d); ok {
		return b.add(d.Name, "MaxPool", []string{in}, integers("kernel_shape", size[:]...), integers("strides", stride[:]...)), nil
	}
	windows, _, err := b.gathered(d, in)
	if err != nil {
		return "", err
	}
	return b.reshaped(d.Name, b.add(d.Name, "ReduceMax", []string{windows}, integers("axes", 2), integer("keepdims", 0)), d.Out...), nil
}

func (b *builder) avgPool(d nn.Described, in string) (string, error) {
	if size, stride, ok := plain(d); ok && b.kind == float32s {
		return b.add(d.Name, "AveragePool", []string{in}, integers("kernel_shape", size[:]...), integers("strides", stride[:]...)), nil
	}
	windows, counts, err := b.gathered(d, in)
	if err != nil {
		return "", err
	}
	weighed := b.add(d.Name, "Mul", []string{windows, counts})
	sum := b.add(d.Name, "ReduceSum", []string{weighed, b.places(d.Name+"/axes", []int{1}, []int{2})}, integer("keepdims", 0))
	return b.reshaped(d.Name, sum, d.Out...), nil
}

// gathered are the windows of a pool, rows×outputs×numbers, shorter ones filled up with
// their first number, and what each counts in a mean.
func (b *builder) gathered(d nn.Described, in string) (windows, counts string, err error) {
	of, area := d.Windows()
	most := 0
	for _, w := range of {
		most = max(most, len(w))
	}
	if n := most * len(of); n > mostListed {
		return "", "", fmt.Errorf("its windows have %d numbers, too many to be listed", n)
	}
	var at []int
	var share []float64
	for o, w := range of {
		for i := range most {
			if i < len(w) {
				at, share = append(at, w[i]), append(share, 1/float64(area[o]))
			} else {
				at, share = append(at, w[0]), append(share, 0)
			}
		}
	}
	shape := []int{len(of), most}
	row := b.flat(d, in)
	windows = b.add(d.Name, "Gather", []string{row, b.places(d.Name+"/windows", shape, at)}, integer("axis", 1))
	return windows, b.numbers(d.Name+"/counts", shape, share), nil
}

// batchNorm of float64 is a product and a sum: the ε of the operator has 32 bits.
func (b *builder) batchNorm(d nn.Described, in string) (string, error) {
	if b.kind == float32s {
		return b.add(d.Name, "BatchNormalization", []string{
			in, b.constant(d, "weight"), b.constant(d, "bias"), b.constant(d, "running_mean"), b.constant(d, "running_var"),
		}, number("epsilon", epsilon(d))), nil
	}
	of := func(name string) []float64 { return b.tensors[d.Name+"."+name] }
	gain, mean, variance := of("weight"), of("running_mean"), of("running_var")
	scale, shift := make([]float64, len(gain)), make([]float64, len(gain))
	for c, g := range gain {
		scale[c] = g / math.Sqrt(variance[c]+epsilon(d))
		shift[c] = of("bias")[c] - mean[c]*scale[c]
	}
	shape := []int{len(gain)}
	for range d.In[1:] {
		shape = append(shape, 1)
	}
	product := b.add(d.Name, "Mul", []string{in, b.numbers(d.Name+".scale", shape, scale)})
	return b.add(d.Name, "Add", []string{product, b.numbers(d.Name+".shift", shape, shift)}), nil
}

func (b *builder) layerNorm(d nn.Described, in string) (string, error) {
	if b.kind == float32s {
		return b.add(d.Name, "LayerNormalization", []string{in, b.constant(d, "weight"), b.constant(d, "bias")},
			integer("axis", 1), number("epsilon", epsilon(d))), nil
	}
	var axes []int
	for i := range d.In {
		axes = append(axes, i+1)
	}
	return b.scaled(d, b.normal(d, in, axes)), nil
}

// normal shifts and scales to mean 0 and variance 1 over some axes.
func (b *builder) normal(d nn.Described, in string, axes []int) string {
	mean := b.add(d.Name, "ReduceMean", []string{in}, integers("axes", axes...))
	centred := b.add(d.Name, "Sub", []string{in, mean})
	variance := b.add(d.Name, "ReduceMean", []string{b.add(d.Name, "Mul", []string{centred, centred})}, integers("axes", axes...))
	deviation := b.add(d.Name, "Sqrt", []string{b.add(d.Name, "Add", []string{variance, b.scalar(d.Name, epsilon(d))})})
	return b.add(d.Name, "Div", []string{centred, deviation})
}

// scaled is what gain and shift of a norm make of it.
func (b *builder) scaled(d nn.Described, in string) string {
	return b.add(d.Name, "Add", []string{b.add(d.Name, "Mul", []string{in, b.constant(d, "weight")}), b.constant(d, "bias")})
}

func (b *builder) embedding(d nn.Described, in string) (string, error) {
	at := b.add(d.Name, "Cast", []string{in}, integer("to", int64s))
	return b.add(d.Name, "Gather", []string{b.constant(d, "weight"), at}), nil
}

func (b *builder) transpose(d nn.Described, in string) (string, error) {
	return b.add(d.Name, "Transpose", []string{in}, integers("perm", 0, 2, 1)), nil
}

func (b *builder) groupNorm(d nn.Described, in string) (string, error) {
	groups := whole(d.Numbers("groups")[0])
	split := b.reshaped(d.Name, in, groups, product(d.In)/groups)
	back := b.reshaped(d.Name, b.normal(d, split, []int{2}), d.In...)
	shape := []int{d.In[0]}
	for range d.In[1:] {
		shape = append(shape, 1)
	}
	b.shapes[d.Name+".weight"], b.shapes[d.Name+".bias"] = shape, shape
	return b.scaled(d, back), nil
}
