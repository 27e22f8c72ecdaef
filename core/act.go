package core

import (
	"errors"
	"slices"

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
	t.rewind(to.Settings, to.Params, to.State)
	return nil
}

// Best is Rewind to the weights that were evaluated at a snapshot: those of the
// average where the optimizer kept one.
func (t *Trainer) Best(to *Snapshot) error {
	if !t.Takes(to) {
		return errors.New("these are weights of another network")
	}
	other := t.Copy()
	other.Restore(to)
	t.rewind(to.Settings, other.averaged(), other.Statistics())
	return nil
}

// rewind takes over parameters and what layers keep, as they were under settings.
func (t *Trainer) rewind(settings recipe.Settings, params []float64, state []knob.Buffer) {
	then := recipe.NewParts(settings, t.network).View.Layout()
	carryOver(t.live(), t.layout, params, then)
	for _, seg := range t.layout[len(t.network):] {
		if !slices.ContainsFunc(then, func(s knob.Segment) bool { return s.Name == seg.Name }) {
			t.parts.View.Begin(seg, t.live()) // there was none
		}
	}
	if n, ok := t.Network(); ok {
		n.Model().Restore(state)
	}
	t.afresh()
	t.sync()
}

// Merge adds the adapters' products to the kernels and lets the adapters begin
// anew: what is shown, of averages where the optimizer keeps them, stays the
// same but for rounding.
func (t *Trainer) Merge() error {
	if t.parts.View.Lora.Rank == 0 {
		return errors.New("there are no adapters to merge; finetune.lora_rank brings them")
	}
	copy(t.live(), t.averaged())
	copy(t.live(), t.parts.View.Dense(t.live()))
	for _, seg := range t.layout[len(t.network):] {
		t.parts.View.Rebegin(seg, t.live())
	}
	t.afresh()
	t.sync()
	return nil
}

// SetTeacher makes the network of a snapshot the teacher from now on, instead of the
// one before, with its effective weights. It is state from then on.
func (t *Trainer) SetTeacher(by *Snapshot) error {
	n, ok := t.Network()
	if !ok {
		return errors.New("a surface has no teacher")
	}
	other := t.Copy()
	other.Restore(by)
	n.SetTeacher(slices.Clone(other.Weights()), other.Statistics())
	return nil
}

// TeacherFile is the teacher that Teach made, as a file holds a network; ok is
// false where there is none but the recipe's.
func (t *Trainer) TeacherFile() (file []byte, ok bool) {
	n, ok := t.Network()
	if !ok {
		return nil, false
	}
	teacher, replaced := n.Teacher()
	if !replaced {
		return nil, false
	}
	return teacher.Encode(), true
}
