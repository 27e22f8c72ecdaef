package core

import (
	"errors"
	"slices"

	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// IntegerNet is a quantized network as a small processor would run it, in whole
// numbers, and the same network simulated in float64. It holds for the state in
// which it was made, until the trainer is turned or trains on.
type IntegerNet struct {
	whole   *nn.Integer
	model   *nn.Model
	weights []float64 // effective, with biases as the whole numbers have them
}

// Integer makes it of the weights as they are evaluated, or says in a sentence
// which knob stands in the way: it wants quant.bits and quant.activations from 2
// to 8, in all layers.
func (t *Trainer) Integer() (*IntegerNet, error) {
	n, ok := t.of.(*network)
	if !ok {
		return nil, errors.New("a surface has no layers to run in whole numbers")
	}
	w := slices.Clone(t.Weights())
	kernels, err := t.parts.View.Whole(w)
	if err != nil {
		return nil, err
	}
	whole, err := nn.NewInteger(n.model, w, kernels)
	if err != nil {
		return nil, err
	}
	return &IntegerNet{whole, n.model, w}, nil
}

// Forward runs rows×inputs in whole numbers. The outputs are valid until the
// next call.
func (n *IntegerNet) Forward(x blas64.General) blas64.General { return n.whole.Forward(x) }

// Simulate runs the same in float64, weights, inputs and biases rounded to the
// same grids. The outputs are valid until the next pass of the trainer.
func (n *IntegerNet) Simulate(x blas64.General) blas64.General {
	return n.model.Forward(n.weights, x, nn.Pass{})
}
