package core

import (
	"fmt"

	"descent/core/knob"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// TeacherSpec is the [teacher] table of a recipe: a network whose outputs a
// student learns beside the labels.
type TeacherSpec struct {
	Weights    string // path of a safetensors file, "" for no teacher
	Layers     []int
	Activation string
}

// Knobs are the fixed keys, bound to the spec.
func (d *TeacherSpec) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.String("teacher.weights", &d.Weights, "the teacher: a safetensors file, as a saved preset has beside it").AsFixed(),
		knob.Ints("teacher.layers", &d.Layers, "the teacher's widths, input first").AsFixed(),
		knob.OneOf("teacher.activation", &d.Activation, nn.Activations(), "what stands between the teacher's layers").AsFixed(),
	}
}

// distillation is how much the teacher counts, live.
type distillation struct{ Alpha, Temperature float64 }

func (d *distillation) knobs() []knob.Knob {
	return []knob.Knob{
		knob.Float("distill.alpha", &d.Alpha, 0, 1, knob.Linear, "how much the teacher's outputs count beside the labels").WithZero("off").WithStep(0.05),
		knob.Float("distill.temperature", &d.Temperature, 0.01, 1000, knob.Log, "how much both outputs are softened before they are compared").WithScale(knob.Log, 0.1),
	}
}

// teacher is a network that only answers.
type teacher struct {
	spec    nn.Spec
	model   *nn.Model
	weights []float64 // shared by twins: nobody changes them
	scratch []float64
}

func loadTeacher(d TeacherSpec, files Files, in, out int) (*teacher, error) {
	t := &teacher{spec: nn.Spec{Layers: d.Layers, Activation: d.Activation, Init: "zero"}}
	if len(d.Layers) < 2 || d.Layers[0] != in || d.Layers[len(d.Layers)-1] != out {
		return nil, fmt.Errorf("teacher.layers %v has to begin with the data's %d inputs and end with the model's %d outputs", d.Layers, in, out)
	}
	model, err := nn.New(t.spec)
	if err != nil {
		return nil, err
	}
	content, err := files.File(d.Weights)
	if err != nil {
		return nil, err
	}
	t.model, t.weights, t.scratch = model, make([]float64, model.Layout().Size()), make([]float64, 2*out)
	if err := nn.LoadWeights(t.weights, model.Layout(), content); err != nil {
		return nil, fmt.Errorf("%s: %w", d.Weights, err)
	}
	return t, nil
}

// twin answers with buffers of its own.
func (t *teacher) twin() *teacher {
	if t == nil {
		return nil
	}
	model, err := nn.New(t.spec)
	if err != nil {
		panic("core: the teacher cannot be built again: " + err.Error())
	}
	return &teacher{spec: t.spec, model: model, weights: t.weights, scratch: make([]float64, len(t.scratch))}
}

// answer is what the teacher makes of rows, valid until the next call.
func (t *teacher) answer(x blas64.General) blas64.General {
	return t.model.Forward(t.weights, x, nn.Pass{})
}
