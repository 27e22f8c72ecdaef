package onnx

import (
	"slices"

	"descent/core/nn"
)

// builder turns layers into operators. Those of float64 are the ones that runtimes
// have for it: convolutions and means become gathered windows and matrix products.
type builder struct {
	graph
	tensors map[string][]float64 // weights and statistics by name
	shapes  map[string][]int
	kernels []nn.IntegerKernel // of layers with a kernel, in order, where the network is quantized
}

// constant adds a tensor of a layer.
func (b *builder) constant(d nn.Described, name string) string {
	full := d.Name + "." + name
	shape := b.shapes[full]
	return b.numbers(full, shape, b.tensors[full])
}

func (b *builder) has(d nn.Described, name string) bool { return b.tensors[d.Name+"."+name] != nil }

func (b *builder) nothing(_ nn.Described, in string) (string, error) { return in, nil }

// reshaped gives rows another shape.
func (b *builder) reshaped(layer, in string, shape ...int) string {
	to := append([]int{-1}, shape...) // the rows are counted by what is left
	return b.add(layer, "Reshape", []string{in, b.places(layer+"/shape", []int{len(to)}, to)})
}

// flat gives rows no other shape than their width.
func (b *builder) flat(d nn.Described, in string) string {
	if len(d.In) == 1 {
		return in
	}
	return b.reshaped(d.Name, in, product(d.In))
}

func product(shape []int) int {
	n := 1
	for _, s := range shape {
		n *= s
	}
	return n
}

// setting is a setting of an activation, or what it is where the activation has none.
func setting(d nn.Described, key string, otherwise float64) float64 {
	if slices.Contains(d.Settings(), key) {
		return d.Numbers(key)[0]
	}
	return otherwise
}

// epsilon is what is added to variances.
func epsilon(d nn.Described) float64 { return setting(d, "eps", 1e-5) }
