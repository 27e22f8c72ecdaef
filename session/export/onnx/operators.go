package onnx

import (
	"fmt"

	"descent/core/nn"
)

// layers adds layers one on the other; in is what goes into the first.
func (b *builder) layers(of []nn.Described, in string) (string, error) {
	for _, d := range of {
		add, ok := operators[d.Kind]
		if !ok {
			return "", fmt.Errorf("layer %s (%s) has no operator in ONNX yet", d.Name, d.Kind)
		}
		var err error
		if in, err = add(b, d, in); err != nil {
			return "", fmt.Errorf("layer %s (%s): %w", d.Name, d.Kind, err)
		}
	}
	return in, nil
}

// operators says how each kind of layer is written.
var operators map[string]func(b *builder, d nn.Described, in string) (string, error)

func init() { // a residual block is built of those that it stands among
	operators = map[string]func(b *builder, d nn.Described, in string) (string, error){
		"dense":             (*builder).dense,
		"conv2d":            (*builder).conv,
		"max-pool":          (*builder).maxPool,
		"avg-pool":          (*builder).avgPool,
		"conv1d":            (*builder).conv,
		"adaptive-max-pool": (*builder).maxPool,
		"adaptive-avg-pool": (*builder).avgPool,
		"global-max-pool":   (*builder).maxPool,
		"global-avg-pool":   (*builder).avgPool,
		"transpose":         (*builder).transpose,
		"group-norm":        (*builder).groupNorm,
		"gru":               (*builder).gru,
		"flatten":           (*builder).flatten,
		"batch-norm":        (*builder).batchNorm,
		"layer-norm":        (*builder).layerNorm,
		"dropout":           (*builder).nothing,
		"identity":          (*builder).nothing,
		"residual":          (*builder).residual,
		"embedding":         (*builder).embedding,
		"relu":              one("Relu"),
		"tanh":              one("Tanh"),
		"sigmoid":           one("Sigmoid"),
		"leaky_relu":        (*builder).leakyRelu,
		"elu":               (*builder).elu,
		"gelu":              (*builder).gelu,
		"silu":              (*builder).silu,
		"softplus":          (*builder).softplus,
		"hard-swish":        (*builder).hardSwish,
	}
}

// one is a layer that is an operator.
func one(operator string) func(b *builder, d nn.Described, in string) (string, error) {
	return func(b *builder, d nn.Described, in string) (string, error) {
		return b.add(d.Name, operator, []string{in}), nil
	}
}

func (b *builder) residual(d nn.Described, in string) (string, error) {
	out, err := b.layers(d.Body, in)
	if err != nil {
		return "", err
	}
	return b.add(d.Name, "Add", []string{out, in}), nil
}
