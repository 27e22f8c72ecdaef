// Package model is a trained network with all that is needed to use it elsewhere: its
// layers and weights, what is made of the columns of a table before it sees them, and
// what its outputs stand for. It is one file, in the safetensors format.
package model

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/blas/blas64"

	"descent/core"
	"descent/core/data"
	"descent/core/data/transform"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/metric"
	"descent/core/nn"
	"descent/core/recipe"
	"descent/core/tensor"
)

// Model is a trained network.
type Model struct {
	Name    string // of the recipe
	Version string // of the descent that wrote it
	Step    int    // updates that it was trained for
	Recipe  recipe.Recipe

	Spec    nn.Spec         // of the layers, with the shape of a row filled in
	Layout  knob.Layout     // of Weights
	Weights []float64       // effective: pruned, quantized, adapters merged, averaged
	State   []knob.Buffer   // of batch norms
	Beside  []tensor.Tensor // what training goes on from, where Weights do not tell; see core.Trainer.Beside

	Transform *transform.Table // nil for data without columns
	Inputs    []string         // names of the inputs
	Outputs   []string         // names of the outputs: classes, or target columns
	ByClass   bool             // one class for each row; else a number for each output
	Reads     loss.Reading     // how the loss takes the outputs
	Images    Images           // how the inputs lie, where they are an image

	// Of data without columns: what standardizing took off each input and then divided
	// it by; nil where it was not asked for.
	Mean, Deviation []float64
	// The same of each target, of data with columns too.
	TargetMean, TargetDeviation []float64

	// Metrics are those of the validation rows when it was written, or of the training
	// rows where there are no others; only finite ones.
	Metrics map[string]float64
}

// Images says how the numbers of a row are an image.
type Images struct {
	Shape []int `json:"shape,omitempty"` // height, width and, if there are several, channels; nil for none
	Last  bool  `json:"last,omitempty"`  // the channels of a pixel lie side by side
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
	r, set := t.Recipe(), t.Data()
	m := &Model{
		Name: r.Name, Version: version, Step: t.StepCount(), Recipe: r,
		Spec: n.Spec(), Layout: n.Layout(), Weights: slices.Clone(t.Weights()), State: knob.Copies(n.Model().State()), Beside: t.Beside(),
		Transform: set.Transform, Inputs: set.Inputs, Outputs: set.Targets, ByClass: set.ByClass, Reads: n.Reads(),
		Images:     Images{set.Shape, set.Last},
		TargetMean: set.TargetMean, TargetDeviation: set.TargetDeviation,
		Metrics: map[string]float64{},
	}
	m.Spec.Weights = ""
	if m.Transform == nil {
		m.Mean, m.Deviation = set.Mean, set.Deviation
	}
	m.measure(t, set.Held())
	return m, nil
}

// measureRows is how many rows are answered at a time.
const measureRows = 256

// measure fills in the metrics over rows.
func (m *Model) measure(t *core.Trainer, rows data.Part) {
	value, accuracy := t.Measure(rows)
	m.measured("loss", value)
	if t.HasAccuracy() {
		m.measured("accuracy", accuracy)
	}
	width := len(m.Outputs)
	out := blas64.General{Rows: rows.Rows(), Cols: width, Stride: width, Data: make([]float64, 0, rows.Rows()*width)}
	for from := 0; from < out.Rows; from += measureRows {
		part := t.Outputs(rows.Cut(from, min(from+measureRows, out.Rows)).X)
		for r := range part.Rows {
			out.Data = append(out.Data, part.Data[r*part.Stride:r*part.Stride+width]...)
		}
	}
	for _, s := range metric.All(m.Task().Of(out, loss.Target{Classes: rows.Classes, Values: rows.Values}, nil)) {
		m.measured(s.Name, s.Value)
	}
}

// Task is what metrics are told of the outputs.
func (m *Model) Task() metric.Task {
	task := metric.Task{Reads: m.Reads, Mean: m.TargetMean, Deviation: m.TargetDeviation}
	if tau, err := m.Recipe.Settings.Find("loss.tau"); err == nil {
		task.Tau = tau.Value.Num()
	}
	if c, ok := recipe.NewParts(m.Recipe.Settings, m.Layout).LossFn.(loss.Ignorer); ok {
		task.Ignores = c.Ignores
	}
	return task
}

// measured keeps a metric that is finite.
func (m *Model) measured(name string, v float64) {
	if !math.IsNaN(v) && !math.IsInf(v, 0) {
		m.Metrics[name] = v
	}
}

// Raw is output j in units of the data, of a value as the network gives it.
func (m *Model) Raw(j int, v float64) float64 {
	switch {
	case m.ByClass:
		return v
	case m.Transform != nil && j < len(m.Transform.Targets):
		return m.Transform.Targets[j].Raw(v)
	case m.TargetMean != nil:
		return float64(v*m.TargetDeviation[j]) + m.TargetMean[j]
	}
	return v
}

// Words are what 0 and 1 of output j stand for, of outputs that hold or not.
func (m *Model) Words(j int) []string {
	if m.Transform != nil && j < len(m.Transform.Targets) && len(m.Transform.Targets[j].Classes) == 2 {
		return m.Transform.Targets[j].Classes
	}
	return []string{"0", "1"}
}

// InSingle tells whether the weights were trained as float32, so that a file that holds
// them in float32 loses nothing that training had.
func (m *Model) InSingle() bool {
	p, err := m.Recipe.Settings.Find("train.precision")
	return err == nil && p.Value.Word() == recipe.Float32
}

// FineTune is a recipe that begins with the model, which lies at path: the recipe that
// it was trained with, as its knobs stood at the end. Pruning that has reached its
// sparsity keeps it from the first step on.
func (m *Model) FineTune(path string) (recipe.Recipe, error) {
	r := m.Recipe
	r.Model.Weights = path
	when, err := r.Settings.Find("prune.when")
	if err != nil {
		return r, err
	}
	if when.Value.Word() == "gradual" {
		begin, _ := r.Settings.Find("prune.begin")
		steps, _ := r.Settings.Find("prune.steps")
		if float64(m.Step) >= begin.Value.Num()+steps.Value.Num() {
			return r, r.Set("prune.when", knob.Word("at once"))
		}
	}
	return r, nil
}
