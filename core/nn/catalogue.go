package nn

import (
	"fmt"
	"strings"

	"descent/core/knob"
)

// kinds is the catalogue of layers; every activation is a kind too.
var kinds []kind

func init() { // a residual block is built from the catalogue that it stands in
	kinds = []kind{
		denseKind, conv2dKind, conv1dKind, maxPoolKind, avgPoolKind, adaptiveMaxPoolKind, adaptiveAvgPoolKind,
		globalMaxPoolKind, globalAvgPoolKind, flattenKind, transposeKind, batchNormKind, layerNormKind, groupNormKind,
		dropoutKind, residualKind, embeddingKind, gruKind,
	}
}

// activations is the catalogue of activation functions.
var activations = []activation{
	identityActivation, reluActivation, leakyReluActivation, eluActivation, geluActivation, siluActivation,
	softplusActivation, hardSwishActivation, tanhActivation, sigmoidActivation,
}

// Activations are the names a recipe may use, with their help.
func Activations() []knob.Option {
	out := make([]knob.Option, len(activations))
	for i, a := range activations {
		out[i] = knob.Option{Name: a.name, Help: a.help, Doc: a.doc}
	}
	return out
}

// Kinds are the layers a recipe may use beside the activations, with their help.
func Kinds() []knob.Option {
	out := make([]knob.Option, len(kinds))
	for i, k := range kinds {
		out[i] = knob.Option{Name: k.name, Help: k.help, Doc: k.doc}
	}
	return out
}

// Argument is one key of a layer's entry: "kernel" of conv2d.
type Argument struct {
	Name, Help string
	Default    string // "" if it must be given
}

// Arguments are the keys of the entry of a layer or an activation of that kind; the
// first may be written without its name.
func Arguments(name string) []Argument {
	e, err := NewEntry(name)
	if err != nil {
		return nil
	}
	var out []Argument
	for _, o := range e.kind.options {
		out = append(out, Argument{o.name, o.help, o.fallback})
	}
	return out
}

// NewEntry is the entry of a layer of that kind, without settings.
func NewEntry(name string) (*Entry, error) {
	known := make([]string, 0, len(kinds)+len(activations))
	for _, k := range kinds {
		if k.name == name {
			return &Entry{kind: k}, nil
		}
		known = append(known, k.name)
	}
	for _, a := range activations {
		if a.name == name {
			return &Entry{kind: activationKind(a)}, nil
		}
		known = append(known, a.name)
	}
	if near := knob.Nearest(name, known); near != "" {
		return nil, fmt.Errorf("there is no layer %q; did you mean %q?", name, near)
	}
	return nil, fmt.Errorf("there is no layer %q, only %s", name, strings.Join(known, ", "))
}

func activationKind(a activation) kind {
	return kind{name: a.name, help: a.help, options: a.options, build: func(at site, e *Entry) (Layer, []int, error) {
		of := a
		if a.with != nil {
			of.forward, of.backward = a.with(e)
		}
		return elementwise{activation: of, width: size(at.in)}, at.in, nil
	}}
}
