package nn

import (
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

// stack is the layers and where their parameters lie.
type stack struct {
	layers []Layer
	layout knob.Layout
	parts  [][2]int // a layer's range in the flat vector
	places []Place
	shape  []int // of a row that comes in
	widths []int // of the layers' outputs

	team  *kernel.Team // shares the work; nil for none
	keeps bool         // the gradients of all outputs are read
	stop  func() bool  // asks whether a pass is to be given up; nil for never
}

func (s *stack) stopped() bool { return s.stop != nil && s.stop() }

// last is the last layer of the stack that has parameters of its own, 0 if none has.
func (s *stack) last() int {
	for i, p := range slices.Backward(s.parts) {
		if p[0] < p[1] {
			return i
		}
	}
	return 0
}

// Place is one layer where it stands.
type Place struct {
	Name    string // "3", or "3.0" within a residual block
	Layer   Layer
	In, Out []int // the shapes of a row
}

// Shared is at how many places of a row a layer uses its kernel: the pixels that come
// out of a convolution, the time steps of a recurrent layer, else 1.
func (p Place) Shared() int {
	if l, ok := p.Layer.(shared); ok {
		return l.places()
	}
	return 1
}
