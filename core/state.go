package core

import (
	"slices"

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
