package core

import (
	"errors"
	"fmt"
	"strings"

	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/recipe"

	"gonum.org/v1/gonum/blas/blas64"
)

// teacher is a network that only answers.
type teacher struct {
	spec    nn.Spec
	model   *nn.Model
	weights []float64 // shared by twins: nobody changes them
	scratch []float64
	odds    []float64 // its answers as probabilities
}

func newTeacher(spec nn.Spec, weights []float64, state []knob.Buffer) *teacher {
	model, err := nn.New(spec)
	if err != nil {
		panic("core: the teacher cannot be built again: " + err.Error())
	}
	model.Restore(state)
	return &teacher{spec: spec, model: model, weights: weights, scratch: make([]float64, 2*model.Out())}
}

// hire finds the teacher that a recipe names, nil if it names none.
func (n *network) hire(r recipe.Recipe, files Files) (*teacher, error) {
	d := r.Teacher
	var t *teacher
	switch {
	case d.Recipe != nil:
		from, err := learn(&d.Lesson, r, files)
		if err != nil {
			return nil, err
		}
		of := from.of.(*network)
		if err := alike(n.set, of.set); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Preset, err)
		}
		t = newTeacher(of.spec, from.learnt, of.model.State())
	case d.Weights != "":
		spec := nn.Spec{Layers: d.Layers, Activation: d.Activation, Init: "zero"}
		if len(d.Layers) == 0 {
			spec = n.spec
		}
		model, err := nn.New(spec)
		if err != nil {
			return nil, errors.New(strings.Replace(err.Error(), "model.layers", "teacher.layers", 1))
		}
		if model.In() != n.model.In() || model.Out() != n.model.Out() {
			return nil, fmt.Errorf("teacher.layers %v has to begin with the data's %d inputs and end with the model's %d outputs", d.Layers, n.model.In(), n.model.Out())
		}
		content, err := files.File(d.Weights)
		if err != nil {
			return nil, err
		}
		weights := make([]float64, model.Layout().Size())
		if err := nn.LoadWeights(weights, model.Layout(), content, model.State()...); err != nil {
			return nil, fmt.Errorf("%s: %w", d.Weights, err)
		}
		t = newTeacher(spec, weights, model.State())
	default:
		return nil, nil
	}
	if t.model.In() != n.model.In() || t.model.Out() != n.model.Out() {
		return nil, fmt.Errorf("the teacher goes from %d inputs to %d outputs, the student from %d to %d; they have to be the same",
			t.model.In(), t.model.Out(), n.model.In(), n.model.Out())
	}
	return t, nil
}

// twin answers with buffers of its own.
func (t *teacher) twin() *teacher {
	if t == nil {
		return nil
	}
	return newTeacher(t.spec, t.weights, t.model.State())
}

// answer is what the teacher makes of rows, valid until the next call. Its
// weights are those that it was evaluated with; what goes into its layers is not
// rounded.
func (t *teacher) answer(x blas64.General) blas64.General {
	return t.model.Forward(t.weights, x, nn.Pass{})
}

// probabilities are those that answers in log-odds stand for, valid until the
// next call.
func (t *teacher) probabilities(answer blas64.General) blas64.General {
	size := answer.Rows * answer.Cols
	if len(t.odds) < size {
		t.odds = make([]float64, size)
	}
	kernel.SigmoidAll(t.odds[:size], answer.Data[:size])
	answer.Data = t.odds[:size]
	return answer
}

// Teach makes the network of a snapshot the teacher from now on, instead of the
// one before, with its effective weights. It is state from then on.
func (t *Trainer) Teach(by *Snapshot) error {
	n, ok := t.of.(*network)
	if !ok {
		return errors.New("a surface has no teacher")
	}
	other := t.Twin()
	other.Restore(by)
	weights := append([]float64(nil), other.Weights()...)
	n.teacher = newTeacher(n.spec, weights, other.of.(*network).model.State())
	n.appointed = true
	return nil
}

// Appointed is the teacher that Teach made, as a file holds a network; ok is
// false where there is none but the recipe's.
func (t *Trainer) Appointed() (file []byte, ok bool) {
	n, ok := t.of.(*network)
	if !ok || !n.appointed {
		return nil, false
	}
	return nn.EncodeWeights(n.Layout(), n.teacher.weights, n.teacher.model.State()...), true
}

// The state of a teacher that was appointed while training.
const teacherState = "distill/teacher"

// appointment is a teacher as state, nothing while it is that of the recipe.
func (n *network) appointment() []knob.Buffer {
	if !n.appointed {
		return nil
	}
	out := []knob.Buffer{{Name: teacherState, Data: n.teacher.weights}}
	for _, b := range n.teacher.model.State() {
		out = append(out, knob.Buffer{Name: teacherState + "/" + b.Name, Data: b.Data})
	}
	return out
}

// reappoint brings back the teacher that a snapshot tells of, or the recipe's.
func (n *network) reappoint(saved []knob.Buffer) {
	n.appointed = false
	var state []knob.Buffer
	var weights []float64
	for _, b := range saved {
		if name, ok := strings.CutPrefix(b.Name, teacherState+"/"); ok {
			state = append(state, knob.Buffer{Name: name, Data: b.Data})
		} else if b.Name == teacherState {
			weights, n.appointed = b.Data, true
		}
	}
	switch {
	case !n.appointed:
		n.teacher = n.hired
	case n.teacher == nil || n.teacher == n.hired || !same(n.teacher.weights, weights):
		n.teacher = newTeacher(n.spec, weights, state)
	}
}

// same tells whether two slices are one.
func same(a, b []float64) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// taught mixes the teacher into the loss of a batch and its gradient: by the
// softened softmax, or for other outputs by the same loss of what the teacher
// says, numbers as they are and log-odds as probabilities; and by its features,
// whose gradient enters where they lie.
func (n *network) taught(out, x blas64.General, value float64) float64 {
	answer, a := n.teacher.answer(x), n.distill.Alpha
	switch {
	case a == 0:
	case n.reads() == loss.Distribution:
		value = loss.Distill(n.model.OutGrad(), out, answer, a, n.distill.Temperature, value, n.teacher.scratch)
	case n.reads() == loss.LogOdds:
		value = n.blend(out, loss.Target{Values: n.teacher.probabilities(answer)}, 1-a, a, value)
	default:
		value = n.blend(out, loss.Target{Values: answer}, 1-a, a, value)
	}
	if n.distill.Features == loss.NoFeatures || n.distill.Weight == 0 {
		return value
	}
	own, ok1 := n.model.Features()
	theirs, ok2 := n.teacher.model.Features()
	if !ok1 || !ok2 {
		return value
	}
	push := n.model.Nudge()
	switch {
	case n.distill.Features == loss.SimilarityFeatures:
		value += n.alike.Eval(push, own, theirs, n.distill.Weight)
	case own.Cols == theirs.Cols:
		value += loss.Hint(push, own, theirs, n.distill.Weight)
	}
	return value
}

// unlike says why hints cannot be compared, "" if they can.
func (n *network) unlike() string {
	if n.teacher == nil {
		return ""
	}
	own, theirs := n.model.FeatureWidth(), n.teacher.model.FeatureWidth()
	switch {
	case own == 0 || theirs == 0:
		return "a network of one layer has no features"
	case own != theirs && n.distill.Features == loss.HintFeatures:
		return fmt.Sprintf("hints need the same width before the last layer: %d here, %d at the teacher; similarity takes any", own, theirs)
	}
	return ""
}
