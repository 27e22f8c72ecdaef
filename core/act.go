package core

import (
	"errors"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
)

// Rewind puts the weights, and what layers keep beside them, back to those of a
// snapshot; masks and knobs stay, and the optimizer begins afresh: a ticket of
// the lottery (Frankle, Carbin 2019), drawn again.
func (t *Trainer) Rewind(to *Snapshot) error {
	if !t.Takes(to) {
		return errors.New("these are weights of another network")
	}
	then := recipe.NewParts(to.Settings, t.network).View.Layout()
	carryOver(t.params, t.layout, to.Params, then)
	for _, seg := range t.layout[len(t.network):] {
		if !slices.ContainsFunc(then, func(s knob.Segment) bool { return s.Name == seg.Name }) {
			t.parts.View.Begin(seg, t.params) // there was none
		}
	}
	if n, ok := t.of.(*network); ok {
		var own []knob.Buffer
		for _, b := range to.State {
			if !strings.HasPrefix(b.Name, teacherState) {
				own = append(own, b)
			}
		}
		n.model.Restore(own)
	}
	t.afresh()
	t.sync()
	return nil
}

// afresh lets the optimizer begin as at the first step.
func (t *Trainer) afresh() {
	t.parts.Method.Init(t.layout)
	t.age = 0
	clear(t.ages)
	t.lastUpdate, t.traced = 0, false
}

// Merge adds the adapters' products to the kernels and lets the adapters begin
// anew: what is shown, of averages where the optimizer keeps them, stays the
// same but for rounding.
func (t *Trainer) Merge() error {
	if t.parts.View.Lora.Rank == 0 {
		return errors.New("there are no adapters to merge; finetune.lora_rank brings them")
	}
	copy(t.params, t.averaged())
	copy(t.params, t.parts.View.Dense(t.params))
	for _, seg := range t.layout[len(t.network):] {
		t.parts.View.Rebegin(seg, t.params)
	}
	t.afresh()
	t.sync()
	return nil
}
