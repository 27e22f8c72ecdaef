package objective

import (
	"strings"

	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// Teacher is a network that only answers.
type Teacher struct {
	spec    nn.Spec
	model   *nn.Model
	weights []float64 // shared by copies: nobody changes them
	scratch []float64
	odds    []float64 // its answers as probabilities
}

// NewTeacher is the network of a spec with weights, which nobody may change any
// more, and what its layers keep beside them.
func NewTeacher(spec nn.Spec, weights []float64, state []knob.Buffer) *Teacher {
	model, err := nn.New(spec)
	if err != nil {
		panic("objective: the teacher cannot be built again: " + err.Error())
	}
	model.Restore(state)
	return &Teacher{spec: spec, model: model, weights: weights, scratch: make([]float64, 2*model.Out())}
}

// In is its number of inputs.
func (t *Teacher) In() int { return t.model.In() }

// Out is its number of outputs.
func (t *Teacher) Out() int { return t.model.Out() }

// Encode is its weights, and what its layers keep, as a file holds them.
func (t *Teacher) Encode() []byte {
	return nn.EncodeWeights(t.model.Layout(), t.weights, t.model.State()...)
}

// duplicate answers with buffers of its own.
func (t *Teacher) duplicate() *Teacher {
	if t == nil {
		return nil
	}
	return NewTeacher(t.spec, t.weights, t.model.State())
}

// Answer is what the teacher makes of rows, valid until the next call. Its
// weights are those that it was evaluated with; what goes into its layers is not
// rounded.
func (t *Teacher) Answer(x blas64.General) blas64.General {
	return t.model.Forward(t.weights, x, nn.Pass{})
}

// probabilities are those that answers in log-odds stand for, valid until the
// next call.
func (t *Teacher) probabilities(answer blas64.General) blas64.General {
	size := answer.Rows * answer.Cols
	if len(t.odds) < size {
		t.odds = make([]float64, size)
	}
	kernel.SigmoidAll(t.odds[:size], answer.Data[:size])
	answer.Data = t.odds[:size]
	return answer
}

// state is the teacher as buffers: its weights, and what its layers keep.
func (t *Teacher) state() []knob.Buffer {
	out := []knob.Buffer{{Name: TeacherState, Data: t.weights}}
	for _, b := range t.model.State() {
		out = append(out, knob.Buffer{Name: TeacherState + "/" + b.Name, Data: b.Data})
	}
	return out
}

// TeacherState is the buffer that holds the weights of a teacher that was set while
// training; those behind a slash are what its layers keep.
const TeacherState = "distill/teacher"

// savedTeacher is the teacher that state tells of; weights are nil where it tells of none.
func savedTeacher(saved []knob.Buffer) (weights []float64, state []knob.Buffer, found bool) {
	for _, b := range saved {
		if name, ok := strings.CutPrefix(b.Name, TeacherState+"/"); ok {
			state = append(state, knob.Buffer{Name: name, Data: b.Data})
		} else if b.Name == TeacherState {
			weights, found = b.Data, true
		}
	}
	return weights, state, found
}

// is tells whether the teacher has just these weights, not equal ones.
func (t *Teacher) is(weights []float64) bool {
	return len(t.weights) == len(weights) && (len(weights) == 0 || &t.weights[0] == &weights[0])
}
