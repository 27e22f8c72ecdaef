package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core"
	"descent/core/compress"
	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/recipe"
	"descent/core/tensor"

	"gonum.org/v1/gonum/blas/blas64"
)

// Network answers for rows as the trainer did when the model was written, to the bit.
// Not for two goroutines at once.
type Network struct {
	// WhyNotInteger says in a sentence why a network whose weights or inputs of layers
	// are quantized is not run in integer arithmetic; "" where it is, or nothing is
	// quantized.
	WhyNotInteger string

	net     *nn.Model
	weights []float64
	integer *nn.Integer
	reads   loss.Reading
}

// Network is the network of the model, in integer arithmetic where that is wanted and
// quant.bits and quant.activations allow it.
func (m *Model) Network(integer bool) (*Network, error) {
	net, err := nn.New(m.Spec)
	if err != nil {
		return nil, err
	}
	net.Restore(m.State)
	n := &Network{net: net, weights: m.Weights, reads: m.Reads}
	parts := recipe.NewParts(m.Recipe.Settings, m.Layout)
	net.Single(parts.Train.Single())
	view := parts.View
	m.restore(view)
	if integer && view.Quant.Activations > 0 && view.Quant.Bits > 0 {
		if err := n.whole(m, view); err != nil {
			n.WhyNotInteger = err.Error()
		}
	}
	if n.integer == nil {
		n.net.Round(view.Inputs())
	}
	return n, nil
}

// Integer tells whether rows go through integer arithmetic.
func (n *Network) Integer() bool { return n.integer != nil }

// In and Out are the widths of a row of inputs and of one of outputs.
func (n *Network) In() int  { return n.net.In() }
func (n *Network) Out() int { return n.net.Out() }

// Forward runs rows×In through the network. The outputs, rows×Out, are valid until the
// next call.
func (n *Network) Forward(x blas64.General) blas64.General {
	if n.integer != nil {
		return n.integer.Forward(x)
	}
	n.net.Reserve(x.Rows)
	return n.net.Forward(n.weights, x, nn.Pass{})
}

// CheckInput says what of the inputs the first layer cannot take.
func (n *Network) CheckInput(x blas64.General) error { return n.net.CheckInput(x) }

// Probabilities overwrites outputs with the probabilities that they stand for. It
// panics where they are numbers.
func (n *Network) Probabilities(out blas64.General) {
	switch n.reads {
	case loss.Distribution:
		loss.Softmax(out)
	case loss.LogOdds:
		for r := range out.Rows {
			row := out.Data[r*out.Stride : r*out.Stride+out.Cols]
			kernel.SigmoidAll(row, row)
		}
	default:
		panic(fmt.Sprintf("model: outputs that are %s have no probabilities", readings[n.reads]))
	}
}

// whole makes the integer network: the grids of the weights are those that rounding the
// stored ones leaves in the view.
func (n *Network) whole(m *Model, view *compress.View) error {
	stored, err := m.stored(view.Layout())
	if err != nil {
		return err
	}
	w := slices.Clone(view.Effective(stored))
	if !sameBits(w, m.Weights) {
		return errors.New("the weights are not those that its settings of quantization make")
	}
	kernels, err := view.Integers(w)
	if err != nil {
		return err
	}
	n.integer, err = nn.NewInteger(n.net, w, kernels)
	return err
}

func sameBits(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}

// stored are the parameters before masks, rounding and adapters.
func (m *Model) stored(layout knob.Layout) ([]float64, error) {
	out := make([]float64, layout.Size())
	copy(out, m.Weights)
	for _, seg := range layout {
		i := slices.IndexFunc(m.Beside, func(t tensor.Tensor) bool { return t.Name == core.StoredTensor+seg.Name })
		switch {
		case i >= 0 && slices.Equal(m.Beside[i].Shape, seg.Shape):
			copy(seg.Of(out), m.Beside[i].Data)
		case seg.Offset >= len(m.Weights):
			return nil, fmt.Errorf("the file does not hold %s", seg.Name)
		}
	}
	return out, nil
}

// restore gives a view the masks and ranges of the model.
func (m *Model) restore(view *compress.View) {
	var state []knob.Buffer
	for _, t := range m.Beside {
		if name, ok := strings.CutPrefix(t.Name, core.StateTensor); ok {
			state = append(state, knob.Buffer{Name: name, Data: t.Data})
		}
	}
	view.Restore(state)
}
