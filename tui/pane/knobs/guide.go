package knobs

import (
	"strings"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Subject returns the selected knob, and of a choice its current option; the
// heading of a group has none.
func (k *Pane) Subject(f *live.Frame) intent.Subject {
	r := k.selection(f)
	if r.head {
		return intent.Subject{}
	}
	d := f.Panel[r.dial]
	path := d.Knob.Path
	table, _, _ := strings.Cut(path, ".")
	if owner, ok := intent.FindKnob(f, table+".name"); ok && owner.Knob.Path != path {
		path += "@" + owner.Value.Word()
	}
	s := intent.Subject{Pages: []string{path}}
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
			{Sign: "▸ name value", Means: "the selected knob. The settings of an optimizer, a schedule or a loss are indented below its name; another choice has other settings."},
			{Sign: "──●──", Means: "the position of a number in its range, on the scale of the knob: logarithmic for rates, linear for fractions."},
			{Sign: "‹›", Means: "a choice: ← and → select its neighbours, enter opens the list. Options that do not apply to the data or the loss are skipped."},
			{Sign: "prune … off +", Means: "a folded group: off means that nothing in it is active, on that something is. Enter unfolds it; knobs that are not at their defaults are visible anyway."},
			{Sign: "12 more +", Means: "rarely changed knobs of an optimizer or of training, at their defaults."},
			{Sign: "below ╌╌", Means: "path and summary of the selected knob, or why it has no effect now."},
		},
		SeeAlso: []string{"look-ahead", "race", "learning-rate range test", "workbench"},
	}
}
