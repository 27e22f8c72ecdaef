package record

import "descent/tui/intent"

// Guide explains the list.
func (p *Pane) Guide() intent.Guide {
	return intent.Guide{
		Summary: "everything that was decided, found and said in this session, in words, the latest last",
		Shows: []intent.Reading{
			{Sign: "▲", Means: "a decision, with its number: a knob that was set, or an operation on the weights. (undone) marks one that was taken back; it still stands on the branch that was left."},
			{Sign: "→", Means: "a move: a branch that begins, is named or deleted, or a step that was gone to."},
			{Sign: "!", Means: "what was found on the way: a divergence, weights that a pruning schedule cut, a note on the data."},
			{Sign: "·", Means: "what the line above the keys has said since the screen was opened."},
			{Sign: "step, branch", Means: "where it happened: after that step of that branch. enter goes there."},
			{Sign: "who", Means: "who decided: user, or a rule such as the plateau schedule, a race, or --at of a command."},
		},
		SeeAlso: []string{"Timeline", "Branches", "workbench"},
	}
}
