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

func (b *builder) conv(d nn.Described, in string) (string, error) {
	kernel, stride, padding := pairOf(d, "kernel"), pairOf(d, "stride"), pairOf(d, "padding")
	in, weight, bias, err := b.weights(d, in)
	if err != nil {
		return "", err
	}
	inputs := []string{in, weight}
	if bias != "" {
		inputs = append(inputs, bias)
	}
	if b.kind == float32s {
		return b.add(d.Name, "Conv", inputs, integers("kernel_shape", kernel[:]...), integers("strides", stride[:]...),
			integers("pads", padding[0], padding[1], padding[0], padding[1])), nil
	}
	windows, err := b.windows(d, in, kernel, stride, padding) // rows, places, channels·kernel
	if err != nil {
		return "", err
	}
	out := d.Out[0]
	fan := d.In[0] * kernel[0] * kernel[1]
	matrix := b.add(d.Name, "Reshape", []string{weight, b.places(d.Name+"/shape", []int{2}, []int{out, fan})})
	sums := b.add(d.Name, "MatMul", []string{windows, b.add(d.Name, "Transpose", []string{matrix}, integers("perm", 1, 0))})
	if bias != "" {
		sums = b.add(d.Name, "Add", []string{sums, bias})
	}
	sums = b.add(d.Name, "Transpose", []string{sums}, integers("perm", 0, 2, 1))
	return b.reshaped(d.Name, sums, d.Out...), nil
}

// windows gathers the numbers that a kernel or a pool looks at: rows, places of the
// result, channels times the numbers of a window.
func (b *builder) windows(d nn.Described, in string, kernel, stride, padding [2]int) (string, error) {
	channels, height, width := d.In[0], d.In[1], d.In[2]
	if padding != [2]int{} {
		pads := []int{0, 0, padding[0], padding[1], 0, 0, padding[0], padding[1]}
		in = b.add(d.Name, "Pad", []string{in, b.places(d.Name+"/pads", []int{8}, pads)})
		height, width = height+2*padding[0], width+2*padding[1]
	}
	var at []int
	for i := range d.Out[1] {
		for j := range d.Out[2] {
			for c := range channels {
				for u := range kernel[0] {
					for v := range kernel[1] {
						at = append(at, (c*height+i*stride[0]+u)*width+j*stride[1]+v)
					}
				}
			}
		}
	}
	const most = 1 << 24
	if len(at) > most {
		return "", fmt.Errorf("its windows have %d numbers, too many to be listed; export float32", len(at))
	}
	row := b.reshaped(d.Name, in, channels*height*width)
	shape := []int{d.Out[1] * d.Out[2], channels * kernel[0] * kernel[1]}
	return b.add(d.Name, "Gather", []string{row, b.places(d.Name+"/windows", shape, at)}, integer("axis", 1)), nil
}

func (b *builder) maxPool(d nn.Described, in string) (string, error) {
	size, stride := pool(d)
	return b.add(d.Name, "MaxPool", []string{in}, integers("kernel_shape", size[:]...), integers("strides", stride[:]...)), nil
}

// pool is the window of a pool and its stride, by default that of the window.
func pool(d nn.Described) (size, stride [2]int) {
	size, stride = pairOf(d, "size"), pairOf(d, "stride")
	if !d.Has("stride") {
		stride = size
	}
	return size, stride
}

func (b *builder) avgPool(d nn.Described, in string) (string, error) {
	size, stride := pool(d)
	if b.kind == float32s {
		return b.add(d.Name, "AveragePool", []string{in}, integers("kernel_shape", size[:]...), integers("strides", stride[:]...)), nil
	}
	windows, err := b.windows(d, in, size, stride, [2]int{})
	if err != nil {
		return "", err
	}
	split := b.reshaped(d.Name, windows, d.Out[1]*d.Out[2], d.In[0], size[0]*size[1])
	mean := b.add(d.Name, "ReduceMean", []string{split}, integers("axes", 3), integer("keepdims", 0))
	return b.reshaped(d.Name, b.add(d.Name, "Transpose", []string{mean}, integers("perm", 0, 2, 1)), d.Out...), nil
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
