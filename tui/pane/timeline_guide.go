package pane

import "descent/tui/intent"

// Guide explains the branches.
func (l *Timeline) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the branches of the session with their decisions, where it stands, and which branch is best",
		Shows: []intent.Reading{
			{Sign: "a line each", Means: "a branch: a run of its own from the step at which it leaves its parent, under which it is indented (╰). One begins with b, with a race, and with a change after going back; what lay ahead stays in the old one."},
			{Sign: "horizontal axis", Means: "steps, from 0 to the furthest of all branches."},
			{Sign: "━ ▷", Means: "the steps that were trained, and their end."},
			{Sign: "●", Means: "where the session stands: weights, optimizer and knobs are those of that step."},
			{Sign: "▲", Means: "a decision."},
			{Sign: "right", Means: "the last step and the best loss: of validation where rows are held out, which it is not before the first evaluation (–), else of training. A branch whose loss is no longer finite has diverged."},
			{Sign: "★", Means: "the least loss of several branches; in a race, of the racers, which share the state and the batches they began with."},
		},
		SeeAlso: []string{"val_loss", "race", "workbench"},
	}
}
