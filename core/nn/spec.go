package nn

import (
	"errors"
	"fmt"
	"strings"
)

// Spec is the [model] table of a recipe: the widths of a plain stack, or one
// entry for each layer.
type Spec struct {
	Layers     []int  // widths, input first
	Hidden     []int  // widths between the inputs and the outputs, instead of Layers: see Between
	Activation string // between the layers, none after the last
	Init       string
	InitValue  float64  // of the initialisation constant
	Weights    string   // path of a safetensors or PyTorch file, "" for none
	Stack      []string // "conv2d out=8 kernel=3 padding=1", "relu", ...: see ParseEntry
	Input      []int    // the shape of a row for Stack; nil for the data's width
}

// NewSpec holds the defaults.
func NewSpec() Spec { return Spec{Activation: "identity", Init: "torch", InitValue: 0.1} }

// KeyError is an error that a key of the recipe is to blame for.
// "model.stack.2" is the third layer.
type KeyError struct {
	Key string
	Err error
}

func (e *KeyError) Error() string { return e.Err.Error() }
func (e *KeyError) Unwrap() error { return e.Err }

func blame(key, format string, args ...any) error {
	return &KeyError{key, fmt.Errorf(format, args...)}
}

// Check says what is wrong with the table before any data are known.
func (s Spec) Check() error {
	switch {
	case len(s.Hidden) > 0 && len(s.Layers) > 0:
		return blame("model.hidden", "[model] takes hidden or layers, not both; hidden leaves out the first and the last width")
	case len(s.Hidden) > 0 && len(s.Stack) > 0:
		return blame("model.hidden", "[model] takes hidden or a stack of [[model.layer]], not both")
	case len(s.Hidden) > 0 && len(s.Input) > 0:
		return blame("model.input", "model.input goes with [[model.layer]]; with hidden the input is as wide as the data")
	case len(s.Hidden) > maxLayers:
		return blame("model.hidden", "model.hidden makes %d layers; the most is %d", len(s.Hidden)+1, maxLayers)
	case len(s.Hidden) > 0:
		return nil
	case len(s.Layers) == 0 && len(s.Stack) == 0:
		return blame("model", "[model] is missing: give it layers = [inputs, ..., outputs]")
	case len(s.Layers) > 0 && len(s.Stack) > 0:
		return blame("model.layers", "[model] takes layers or a stack of [[model.layer]], not both")
	case len(s.Layers) > 0 && len(s.Input) > 0:
		return blame("model.input", "model.input goes with [[model.layer]]; layers = %v begins with the input itself", s.Layers)
	case len(s.Stack) > 0 && s.Activation != "identity":
		return blame("model.activation", "model.activation goes with layers; among [[model.layer]] an activation is a layer of its own")
	}
	if n := len(s.Layers) - 1; n > maxLayers {
		return blame("model.layers", "model.layers makes %d layers; the most is %d", n, maxLayers)
	}
	_, err := s.entries()
	return err
}

func (s Spec) entries() ([]*Entry, error) {
	out := make([]*Entry, len(s.Stack))
	if n := len(s.Stack); n > maxLayers {
		return nil, blame("model.stack", "model.stack has %d layers; the most is %d", n, maxLayers)
	}
	layers := 0
	for i, text := range s.Stack {
		e, err := ParseEntry(text)
		if err != nil {
			return nil, blame(fmt.Sprintf("model.stack.%d", i), "layer %d: %w", i, err)
		}
		if layers += e.count(); layers > maxLayers {
			return nil, blame(fmt.Sprintf("model.stack.%d", i), "layer %d: the model has more than %d layers with those within blocks", i, maxLayers)
		}
		out[i] = e
	}
	return out, nil
}

// Between is the spec with its hidden widths between so many inputs and outputs, as
// layers; a spec without hidden widths as it is.
func (s Spec) Between(inputs, outputs int) Spec {
	if len(s.Hidden) == 0 {
		return s
	}
	s.Layers = append(append([]int{inputs}, s.Hidden...), outputs)
	s.Hidden = nil
	return s
}

// For is the spec with the shape of its input filled in for data of so many
// inputs, or what does not fit.
func (s Spec) For(inputs int) (Spec, error) {
	if len(s.Layers) > 0 {
		if s.Layers[0] != inputs {
			return s, blame("model.layers", "model.layers starts with %d but the data has %d inputs", s.Layers[0], inputs)
		}
		return s, nil
	}
	if len(s.Input) == 0 {
		s.Input = []int{inputs}
	}
	if product(s.Input) != float64(inputs) {
		return s, blame("model.input", "model.input %s makes %v inputs but the data has %d", ShapeText(s.Input), product(s.Input), inputs)
	}
	return s, nil
}

var errNoInput = errors.New("model.input is missing: the shape of a row")

// Shape writes the network in a word: its widths, or its stack.
func (s Spec) Shape() string {
	if len(s.Hidden) > 0 {
		return "…-" + strings.ReplaceAll(ShapeText(s.Hidden), "×", "-") + "-…"
	}
	if len(s.Layers) > 0 {
		return strings.ReplaceAll(ShapeText(s.Layers), "×", "-")
	}
	return strings.Join(s.Stack, "; ")
}
