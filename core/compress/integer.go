package compress

import (
	"errors"
	"fmt"
	"math"

	"descent/core/knob"
	"descent/core/nn"
)

// mostIntegerBits is how many bits a number of the integer path has at most.
const mostIntegerBits = 8

// Integers are the kernels in integers, for weights w as Effective last gave
// them. The biases in w are rounded to what 32-bit sums hold of them. It says
// in a sentence what stands in the way.
func (v *View) Integers(w []float64) ([]nn.IntegerKernel, error) {
	q := &v.Quant
	switch {
	case !q.scheme().observed:
		return nil, fmt.Errorf("integer inference needs quant.scheme symmetric or affine, not %s", q.Scheme)
	case q.Activations < 2 || q.Activations > mostIntegerBits:
		return nil, fmt.Errorf("integer inference needs quant.activations from 2 to %d, not %d", mostIntegerBits, q.Activations)
	case v.inputs.ranges == nil:
		return nil, errors.New("the ranges of the layers' inputs are not calibrated yet")
	case !nn.Finite(w) || !nn.Finite(v.inputs.ranges):
		return nil, errors.New("the weights are not finite, which integers cannot represent")
	}
	var out []nn.IntegerKernel
	for i, x := range v.added() {
		if x.bits < 2 || x.bits > mostIntegerBits {
			return nil, fmt.Errorf("integer inference needs weights of 2 to %d bits, but layer %s has %d; set quant.bits or quant.layers", mostIntegerBits, x.kernel.Layer, x.bits)
		}
		input, _ := v.inputs.at(i)
		k, err := x.integer(x.kernel.Of(w), v.bias(x.kernel, w), input)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// bias is the one beside a kernel, zeros of its own where there is none.
func (v *View) bias(kernel knob.Segment, w []float64) []float64 {
	for _, seg := range v.network {
		if seg.Layer == kernel.Layer && seg.Role == knob.Bias {
			return seg.Of(w)
		}
	}
	return make([]float64, kernel.Shape[0])
}

// exactBias is with how many bits a bias is held beside a row of zeros, which
// has no scale of its own.
const exactBias = 24

// integer turns a rounded kernel and its bias into integers.
func (x added) integer(w, bias []float64, input nn.Grid) (nn.IntegerKernel, error) {
	outs := len(bias)
	width := len(w) / outs
	k := nn.IntegerKernel{Q: make([]int8, len(w)), Scale: make([]float64, outs), Zero: make([]int32, outs), Bias: make([]int32, outs), Input: input}
	for o := range outs {
		g := x.grids[o*len(x.grids)/outs].Grid
		row := w[o*width : (o+1)*width]
		if g.Scale > 0 {
			offset := g.Offset()
			for i, v := range row {
				k.Q[o*width+i] = int8(g.Quantize(v) - offset)
			}
			k.Scale[o], k.Zero[o] = g.Scale, int32(g.Zero-offset)
		} else {
			clear(row)
			k.Scale[o] = 1
			if bias[o] != 0 {
				k.Scale[o] = math.Abs(bias[o]) / input.Scale / (1 << exactBias)
			}
		}
		scale := float64(input.Scale * k.Scale[o])
		q := math.RoundToEven(bias[o] / scale)
		if !(math.Abs(q) <= math.MaxInt32) {
			return k, fmt.Errorf("the bias %.3g of output %d of layer %s is too large for its scale of %.3g: 32 bits do not hold it", bias[o], o, x.kernel.Layer, scale)
		}
		k.Bias[o] = int32(q)
		bias[o] = float64(scale * q)
	}
	return k, nil
}
