package pane

import "descent/tui/intent"

// Guide explains the branches.
func (l *Timeline) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the branches of the session with their decisions, the current position, and the best branch",
		Shows: []intent.Reading{
			{Sign: "lines", Means: "branches: each is a run of its own from the step at which it leaves its parent, below which it is indented (╰). b, a race, or a change after going back starts one; the later steps are kept in the old branch."},
			{Sign: "horizontal axis", Means: "steps, from 0 to the furthest of all branches."},
			{Sign: "━ ▷", Means: "the trained steps, and their end."},
			{Sign: "●", Means: "the current position: weights, optimizer and knobs are those of that step."},
			{Sign: "▲", Means: "a decision."},
			{Sign: "★ on a line", Means: "the best step on the way to the current one: that with the lowest validation loss or, without validation rows, the lowest training loss. * goes there."},
			{Sign: "right", Means: "the last step and the lowest loss: of validation if rows are held out (– before the first evaluation), otherwise of training. A branch whose loss is no longer finite has diverged."},
			{Sign: "★ at the end", Means: "the lowest loss of several branches; in a race, of the racers, which share the initial state and the batches."},
		},
		SeeAlso: []string{"val_loss", "race", "workbench"},
	}
}
