package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// rate multiplies by the learning rate and its scale of each parameter, after all
// other transforms of the algorithm.
type rate struct{ stateless }

func (rate) Knobs() []knob.Knob { return nil }

func (rate) Apply(update, _ []float64, at At) {
	kernel.Scale(update, at.LR)
	for i, s := range at.LRScale {
		update[i] *= s
	}
}

// UpdateMask multiplies the update by a mask of 0 and 1 at the end of a chain, so
// that momentum cannot move a pruned weight. A nil mask is 1 everywhere.
type UpdateMask struct {
	stateless
	Mask []float64
}

// Knobs returns none: the mask is set by pruning.
func (*UpdateMask) Knobs() []knob.Knob { return nil }

// Apply multiplies by the mask.
func (u *UpdateMask) Apply(update, _ []float64, _ At) {
	for i, m := range u.Mask {
		update[i] *= m
	}
}
