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

func (u *UpdateMask) idle(At) bool { return u.Mask == nil }

func (rate) worked(w *Worked) {
	w.Title = "learning rate"
	rule := "−ηₜ " + w.Now
	if s := w.At.scale(w.I); s != 1 {
		w.Note = "s is the layer's share of the rate"
		w.Set("s", s)
		rule = "−ηₜ s " + w.Now
	}
	w.Line("Δθₜ", rule)
	w.Hand("Δθₜ")
}

func (u *UpdateMask) worked(w *Worked) {
	if u.Mask == nil || u.Mask[w.I] == 1 {
		return
	}
	w.Title, w.Note = "update mask", "this weight is pruned or frozen"
	w.Set("mask", u.Mask[w.I])
	w.Line(w.Now, w.Now+" mask")
}
