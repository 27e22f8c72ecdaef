package optim

import (
	"descent/core/kernel"
	"descent/core/knob"
)

// rate multiplies by the learning rate, or the share of it that a parameter
// learns at, last of the method's own links.
type rate struct{ stateless }

func (rate) Knobs() []knob.Knob { return nil }

func (rate) Apply(update, _ []float64, at At) {
	kernel.Scale(update, at.LR)
	for i, s := range at.Share {
		update[i] *= s
	}
}

// Gate ends a chain: where its mask is 0 no update passes, so that momentum
// cannot move a pruned weight. A nil mask is open.
type Gate struct {
	stateless
	Mask []float64
}

// Knobs are none: the mask belongs to the pruning.
func (*Gate) Knobs() []knob.Knob { return nil }

// Apply multiplies by the mask.
func (g *Gate) Apply(update, _ []float64, _ At) {
	for i, m := range g.Mask {
		update[i] *= m
	}
}
