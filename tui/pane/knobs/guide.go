package knobs

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject is the selected knob, and of a choice the one that is made; the line of a
// group has none.
func (k *Pane) Subject(f *live.Frame) intent.Subject {
	r := k.selection(f)
	if r.head {
		return intent.Subject{}
	}
	d := f.Panel[r.dial]
	s := intent.Subject{Pages: []string{"knob " + d.Knob.Path}}
	if d.Knob.Kind == knob.Choice {
		s.At = d.Value.Word()
	}
	return s
}

// Guide explains the panel.
func (k *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "every knob that can change while training: optimizer, schedule, loss, training, pruning, quantization, distillation, augmentation, fine-tuning",
		Shows: []intent.Reading{
			{Sign: "▸ name value", Means: "the selected knob. Those of an optimizer, a schedule or a loss are indented below its name; others come with another choice."},
			{Sign: "──●──", Means: "where a number stands in its range, on the scale on which it is turned: logarithmic for rates, linear for fractions."},
			{Sign: "‹›", Means: "a choice: ← and → go to its neighbours, enter opens the list. What does not fit the data or the loss is passed over."},
			{Sign: "prune … off +", Means: "a group that is folded: off tells that nothing in it is active, on that something is. Enter opens it; what is not at its default shows anyway."},
			{Sign: "12 more +", Means: "knobs of an optimizer or of training that seldom change, at their defaults."},
			{Sign: "below ╌╌", Means: "path and summary of the selected knob, or why it has no effect now."},
		},
		SeeAlso: []string{"look-ahead", "race", "learning-rate range test", "workbench"},
	}
}
