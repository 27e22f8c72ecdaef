package tune

import (
	"descent/core/knob"
	"descent/session/live"
	"descent/tui/intent"
)

// Guide explains the table of trials.
func (p *Trials) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the trials of a search, best first",
		Shows: []intent.Reading{
			{Sign: "★, ◆", Means: "the best trial; with two objectives the trials of the Pareto front: no other is better in both."},
			{Sign: "◈, ∘", Means: "a trial that is pinned, and stays at the top; one that lies outside of the search space as it is now, and keeps counting where it can."},
			{Sign: "▶ ○ ● ! ↓ □ ×", Means: "running; waiting for a promotion; complete; complete, but it violates a constraint; pruned; stopped by you; failed, as by divergence."},
			{Sign: "value", Means: "what is searched for, under its own name: of a complete trial the median over its seeds, of one that runs or was stopped its last report."},
			{Sign: "steps", Means: "trained so far, all seeds of the trial together; of one that runs as a bar, which is full at the end."},
			{Sign: "settings", Means: "one column for each axis of the search; – where the axis does not exist, such as beta2 without an optimizer that has one."},
			{Sign: "reason", Means: "why a trial was pruned or stopped, or has failed."},
			{Sign: "order", Means: "by the value; with two objectives by fronts. Then those that run, wait, violate a constraint, were pruned, stopped, and failed. ← and → sort by another column, ^ turns the order around."},
			{Sign: "details", Means: "beside the table or below, where there is room: the chosen trial in full, as in the view trial of the Study pane."},
			{Sign: "/", Means: "filters: words that occur in the state, the reason, the worker or a setting, and comparisons: lr<1e-2 optimizer=adam steps>=500 value<0.2. All of them have to hold."},
		},
		SeeAlso: []string{"Branches", "val_loss", "race", "workbench"},
	}
}

// Guide explains the pictures.
func (p *Study) Guide() intent.Guide {
	return intent.Guide{
		Summary: "pictures of what a search has found: learning curves, history, parallel coordinates, slices, contours, importance, the front, a trial in full",
		Shows: []intent.Reading{
			{Sign: "★ ■ ●", Means: "the best trial, the chosen one, complete ones, the brighter the better; ◆ stands on the Pareto front of two objectives. Of the other states the signs are those of the table."},
			{Sign: "edge", Means: "values far from the others stand at the edge, and trials that failed at the worse one."},
			{Sign: "learning curves", Means: "what trials reported, by step. Those that were pruned are faint, the best tenth is bright. Of many trials the best and the latest are drawn."},
			{Sign: "history", Means: "the value of each trial by its number; the line is the best so far."},
			{Sign: "parallel coordinates", Means: "a line for each trial over all axes, each on its own scale, to the value at the right. Lines of good trials that run together show where to look; a line passes below an axis that the trial does not have."},
			{Sign: "slice", Means: "the value against one axis. Dashed lines are the ends of its range as it is searched now, where it once reached farther. Trials of one choice stand beside each other."},
			{Sign: "contour", Means: "the rank of trials over two axes, interpolated between them by inverse distance (power 3): where there are no trials it is a guess."},
			{Sign: "importance", Means: "how much each axis matters, and the number of trials that this rests on."},
			{Sign: "front", Means: "one objective against the other, with the Pareto front as a line; with one objective the value against what the network costs: bytes if these differ, otherwise steps."},
			{Sign: "trial", Means: "the chosen trial in full: its settings beside the preset's own and the best trial's, its curve, its seeds, why it ended."},
		},
		Measures: []knob.Option{
			{Name: "hyperparameter importance", Help: "how much of what tells good trials from all lies in each axis", Doc: knob.Doc{
				Formula: "v = Σ p(x) (p_top(x)/p(x) − 1)², p_top the density of the best tenth along the axis, p that of all; shares of the sum over the axes",
				Source:  "S. Watanabe, A. Bansal, F. Hutter, “PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces”, IJCAI 2023, section 4",
				PyTorch: "optuna.importance.PedAnovaImportanceEvaluator",
				When:    "To see which axes to narrow and which to drop. It is about the ranges as they are: an axis that is searched only where all is well looks unimportant.",
				Range:   "0 to 100 %, all axes together 100 %; little can be said from fewer than 30 trials",
			}},
		},
		SeeAlso: []string{"Trials", "Loss", "Branches", "val_loss"},
	}
}

// Subject returns the measure of the view.
func (p *Study) Subject(*live.Frame) intent.Subject {
	if pictures[p.view].name == "importance" {
		return intent.Subject{At: "hyperparameter importance"}
	}
	return intent.Subject{}
}

// Guide explains where the search looks.
func (p *Space) Guide() intent.Guide {
	return intent.Guide{
		Summary: "where a search looks and how: ranges with the trials on them, sampler, pruner, budget, workers, fresh seeds",
		Shows: []intent.Reading{
			{Sign: "▂▅█", Means: "how many trials lie where along an axis; the brighter a column, the more of them are among the best tenth."},
			{Sign: "├──┤", Means: "the range as it is searched now, within all that it ever was (┄). ★ is the best trial, ■ the chosen one; of choices ★ stands before that of the best."},
			{Sign: "━", Means: "on an axis: the prior around the knobs as they stood, a standard deviation to each side."},
			{Sign: "greed", Means: "of the sampler: −1 explores more, 1 exploits more, 0 is as published."},
			{Sign: "trials", Means: "those begun, and after how many the search is over."},
			{Sign: "workers", Means: "how many trials this process trains at once, and other workers on the study; one that gave no sign of life for long is lost, and others take over its trial."},
			{Sign: "fresh seeds", Means: "the preset's own values and the best trials, trained again with seeds that the search has not seen: the median, the quartiles as a bar, each seed as a dot; the best median in green. Luck is by how much the search had promised more."},
		},
		SeeAlso: []string{"Trials", "Study", "Knobs", "workbench"},
	}
}
