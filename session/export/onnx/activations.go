package onnx

import (
	"math"

	"descent/core/nn"
)

// parts are max(x, 0) and min(x, 0).
func (b *builder) parts(d nn.Described, in string) (above, below string) {
	zero := b.scalar(d.Name, 0)
	return b.add(d.Name, "Max", []string{in, zero}), b.add(d.Name, "Min", []string{in, zero})
}

func (b *builder) leakyRelu(d nn.Described, in string) (string, error) {
	slope := setting(d, "slope", 0.01)
	if b.kind == float32s {
		return b.add(d.Name, "LeakyRelu", []string{in}, number("alpha", slope)), nil
	}
	above, below := b.parts(d, in)
	return b.add(d.Name, "Add", []string{above, b.add(d.Name, "Mul", []string{below, b.scalar(d.Name, slope)})}), nil
}

func (b *builder) elu(d nn.Described, in string) (string, error) {
	alpha := setting(d, "alpha", 1)
	if b.kind == float32s {
		return b.add(d.Name, "Elu", []string{in}, number("alpha", alpha)), nil
	}
	above, below := b.parts(d, in)
	low := b.add(d.Name, "Sub", []string{b.add(d.Name, "Exp", []string{below}), b.scalar(d.Name, 1)})
	return b.add(d.Name, "Add", []string{above, b.add(d.Name, "Mul", []string{low, b.scalar(d.Name, alpha)})}), nil
}

// gelu is x (1 + erf(x/√2)) / 2; the operator set has a Gelu only from 20 on.
func (b *builder) gelu(d nn.Described, in string) (string, error) {
	erf := b.add(d.Name, "Erf", []string{b.add(d.Name, "Mul", []string{in, b.scalar(d.Name, math.Sqrt2/2)})})
	half := b.add(d.Name, "Mul", []string{in, b.scalar(d.Name, 0.5)})
	return b.add(d.Name, "Mul", []string{half, b.add(d.Name, "Add", []string{erf, b.scalar(d.Name, 1)})}), nil
}

// silu is x σ(x); in float64 x / (1 + e⁻ˣ), since onnxruntime joins the first into an
// operator that it has in float32 alone.
func (b *builder) silu(d nn.Described, in string) (string, error) {
	if b.kind == float64s {
		grown := b.add(d.Name, "Exp", []string{b.add(d.Name, "Neg", []string{in})})
		return b.add(d.Name, "Div", []string{in, b.add(d.Name, "Add", []string{grown, b.scalar(d.Name, 1)})}), nil
	}
	return b.add(d.Name, "Mul", []string{in, b.add(d.Name, "Sigmoid", []string{in})}), nil
}

func (b *builder) softplus(d nn.Described, in string) (string, error) {
	if b.kind == float32s {
		return b.add(d.Name, "Softplus", []string{in}), nil
	}
	above, _ := b.parts(d, in)
	small := b.add(d.Name, "Exp", []string{b.add(d.Name, "Neg", []string{b.add(d.Name, "Abs", []string{in})})})
	return b.add(d.Name, "Add", []string{above, b.add(d.Name, "Log", []string{b.add(d.Name, "Add", []string{small, b.scalar(d.Name, 1)})})}), nil
}

func (b *builder) hardSwish(d nn.Described, in string) (string, error) {
	if b.kind == float32s {
		return b.add(d.Name, "HardSwish", []string{in}), nil
	}
	moved := b.add(d.Name, "Add", []string{in, b.scalar(d.Name, 3)})
	gate := b.add(d.Name, "Clip", []string{moved, b.scalar(d.Name, 0), b.scalar(d.Name, 6)})
	return b.add(d.Name, "Div", []string{b.add(d.Name, "Mul", []string{in, gate}), b.scalar(d.Name, 6)}), nil
}
