package onnx

import (
	"errors"
	"fmt"

	"descent/core/nn"
)

// gru has the gates in the order z, r, n, where PyTorch has r, z, n.
func (b *builder) gru(d nn.Described, in string) (string, error) {
	if b.kernels != nil {
		return "", errors.New("has no int8 form in ONNX; leave it out of quant.layers and export float32")
	}
	if b.kind == float64s {
		return b.steps(d, in)
	}
	hidden := whole(d.Numbers("hidden")[0])
	turned := func(name string) []float64 {
		of := b.tensors[d.Name+"."+name]
		third := len(of) / 3
		out := append([]float64{}, of[third:2*third]...)
		return append(append(out, of[:third]...), of[2*third:]...)
	}
	inputs := []string{
		b.add(d.Name, "Transpose", []string{in}, integers("perm", 1, 0, 2)),
		b.numbers(d.Name+".weight_ih_l0", []int{1, 3 * hidden, d.In[1]}, turned("weight_ih_l0")),
		b.numbers(d.Name+".weight_hh_l0", []int{1, 3 * hidden, hidden}, turned("weight_hh_l0")),
	}
	if b.has(d, "bias_ih_l0") {
		inputs = append(inputs, b.numbers(d.Name+".bias_l0", []int{1, 6 * hidden}, append(turned("bias_ih_l0"), turned("bias_hh_l0")...)))
	}
	all := b.add(d.Name, "GRU", inputs, integer("hidden_size", int64(hidden)), integer("linear_before_reset", 1))
	all = b.add(d.Name, "Squeeze", []string{all, b.places(d.Name+"/axes", []int{1}, []int{1})}) // steps, rows, hidden
	if len(d.Out) == 1 {
		return b.add(d.Name, "Gather", []string{all, b.places(d.Name+"/last", nil, []int{d.In[0] - 1})}), nil
	}
	return b.add(d.Name, "Transpose", []string{all}, integers("perm", 1, 0, 2)), nil
}

// mostSteps is how long a sequence may be that is written out.
const mostSteps = 512

// steps is a gru written out step by step, since runtimes have the operator in float32
// alone.
func (b *builder) steps(d nn.Described, in string) (string, error) {
	steps, features, hidden := d.In[0], d.In[1], whole(d.Numbers("hidden")[0])
	if steps > mostSteps {
		return "", fmt.Errorf("has %d steps, too many to be written out; export float32", steps)
	}
	wide := integer("transB", 1)
	affine := func(of, name string) string {
		inputs := []string{of, d.Name + ".weight_" + name}
		if b.has(d, "bias_"+name) {
			inputs = append(inputs, d.Name+".bias_"+name)
		}
		return b.add(d.Name, "Gemm", inputs, wide)
	}
	for _, name := range []string{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"} {
		if b.has(d, name) {
			b.constant(d, name)
		}
	}
	axis := b.places(d.Name+"/axis", []int{1}, []int{1})
	var cuts [4]string
	for i := range cuts {
		cuts[i] = b.places(d.Name+"/cut", []int{1}, []int{i * hidden})
	}
	gate := func(of string, i int) string { return b.add(d.Name, "Slice", []string{of, cuts[i], cuts[i+1], axis}) }
	op := func(name string, of ...string) string { return b.add(d.Name, name, of) }
	one := b.scalar(d.Name, 1)
	state, all := "", []string{}
	for t := range steps {
		x := b.add(d.Name, "Gather", []string{in, b.places(d.Name+"/step", nil, []int{t})}, integer("axis", 1))
		if state == "" {
			state = op("MatMul", x, b.numbers(d.Name+"/zeros", []int{features, hidden}, make([]float64, features*hidden)))
		}
		own, past := affine(x, "ih_l0"), affine(state, "hh_l0")
		reset := op("Sigmoid", op("Add", gate(own, 0), gate(past, 0)))
		update := op("Sigmoid", op("Add", gate(own, 1), gate(past, 1)))
		fresh := op("Tanh", op("Add", gate(own, 2), op("Mul", reset, gate(past, 2))))
		state = op("Add", op("Mul", op("Sub", one, update), fresh), op("Mul", update, state))
		if len(d.Out) == 2 {
			all = append(all, b.reshaped(d.Name, state, 1, hidden))
		}
	}
	if len(d.Out) == 1 {
		return state, nil
	}
	return b.add(d.Name, "Concat", all, integer("axis", 1)), nil
}
