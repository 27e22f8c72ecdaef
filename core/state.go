package core

import (
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/objective"
	"descent/core/recipe"
)

// Snapshot is the whole state of a Trainer after a step. It is never modified.
type Snapshot struct {
	Step, Age, Seen     int
	GradientEvaluations int
	LastUpdate          float64
	Settings            recipe.Settings
	Report              Report
	Params              []float64
	Ages                []float64     // of each tensor: its updates by the optimizer
	State               []knob.Buffer // of the optimizer and the mask
}

// copies are buffers with memory of their own, but for what nobody changes.
func copies(of []knob.Buffer) []knob.Buffer {
	out := slices.Clone(of)
	for i := range out {
		if !shared(out[i]) {
			out[i].Data = slices.Clone(out[i].Data)
		}
	}
	return out
}

// shared tells whether snapshots share a buffer: the weights of a
// teacher that was set while training are one copy, however often they are kept.
func shared(b knob.Buffer) bool { return b.Name == objective.TeacherState }

// Bytes is about how much memory the snapshot holds alone.
func (s *Snapshot) Bytes() int {
	n := len(s.Params) + len(s.Ages)
	for _, b := range s.State {
		if !shared(b) {
			n += len(b.Data)
		}
	}
	return 8*n + 512
}

// Vectors are those that the snapshot holds alone, in a fixed order; not to be modified.
func (s *Snapshot) Vectors() [][]float64 {
	out := [][]float64{s.Params}
	for _, b := range s.State {
		if !shared(b) {
			out = append(out, b.Data)
		}
	}
	return out
}

// Bare is the snapshot without them: it can be restored only With them.
func (s *Snapshot) Bare() *Snapshot {
	vectors := make([][]float64, len(s.State)+1)
	return s.With(vectors)
}

// With is the snapshot with other Vectors, or with what Vectors were before it was Bare.
func (s *Snapshot) With(vectors [][]float64) *Snapshot {
	out := *s
	out.Params, out.State = vectors[0], slices.Clone(s.State)
	n := 1
	for i := range out.State {
		if !shared(out.State[i]) {
			out.State[i].Data = vectors[n]
			n++
		}
	}
	return &out
}

// averages reports whether a snapshot holds an average of the weights.
func (s *Snapshot) averages() bool {
	return slices.ContainsFunc(s.State, func(b knob.Buffer) bool { return averages[meaning(b.Name)] })
}

func meaning(buffer string) string { return buffer[strings.LastIndexByte(buffer, '/')+1:] }

// averages are the buffers that hold weights: what is new begins there with
// its own value.
var averages = map[string]bool{"average": true, "weight": true, "base": true}

// before is what a step needs to be taken back.
type before struct {
	whole                 *Snapshot     // where the step changes more than it can tell
	partly                bool          // it is not whole: only the passes can be taken back
	state                 []knob.Buffer // that they move
	step, age, seen, hops int
	ages                  []float64
	length                float64
	report                Report
}
