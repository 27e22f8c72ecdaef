// Package model is a trained network with all that is needed to use it elsewhere: its
// layers and weights, what is made of the columns of a table before it sees them, and
// what its outputs stand for.
package model

import (
	"errors"
	"slices"

	"descent/core"
	"descent/core/data/transform"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/recipe"
)

// Model is a trained network.
type Model struct {
	Name    string // of the recipe
	Version string // of the descent that wrote it
	Step    int    // updates that it was trained for
	Recipe  recipe.Recipe

	Spec    nn.Spec       // of the layers, with the shape of a row filled in
	Layout  knob.Layout   // of Weights
	Weights []float64     // effective: pruned, quantized, adapters merged, averaged
	State   []knob.Buffer // of batch norms

	Transform *transform.Table // nil for data without columns
	Outputs   []string         // names of the outputs: classes, or target columns
	ByClass   bool             // one class for each row; else a number for each output
	Reads     loss.Reading     // how the loss takes the outputs

	Metrics map[string]float64 // on the validation rows, when it was written
}

// Of is the model that a trainer holds. version is that of the program.
func Of(t *core.Trainer, version string) (*Model, error) {
	n, ok := t.Network()
	if !ok {
		return nil, errors.New("a test surface has no network")
	}
	if !nn.Finite(t.Weights()) {
		return nil, errors.New("the weights are not finite")
	}
	r := t.Recipe()
	set := t.Data()
	return &Model{
		Name: r.Name, Version: version, Step: t.StepCount(), Recipe: r,
		Spec: n.Spec(), Layout: n.Layout(), Weights: slices.Clone(t.Weights()), State: knob.Copies(n.Model().State()),
		Transform: set.Transform, Outputs: set.Targets, ByClass: set.ByClass, Reads: n.Reads(),
	}, nil
}
