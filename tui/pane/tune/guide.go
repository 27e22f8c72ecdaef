package tune

import "descent/tui/intent"

// Guide explains the table of trials.
func (p *Trials) Guide() intent.Guide {
	return intent.Guide{
		Summary: "the trials of a search, best first",
		Shows: []intent.Reading{
			{Sign: "★, ◆", Means: "the best trial; with two objectives the trials of the Pareto front: no other is better in both."},
			{Sign: "◈, ∘", Means: "a trial that is pinned, and stays at the top; one that lies outside of the search space as it is now, and keeps counting where it can."},
			{Sign: "▶ ○ ● ! ↓ ■ ×", Means: "running; waiting for a promotion; complete; complete, but it violates a constraint; pruned; stopped by you; failed, as by divergence."},
			{Sign: "value", Means: "what is searched for, under its own name: of a complete trial the median over its seeds, of one that runs or was stopped its last report."},
			{Sign: "steps", Means: "trained so far, all seeds of the trial together; of one that runs as a bar, which is full at the end."},
			{Sign: "settings", Means: "one column for each axis of the search; – where the axis does not exist, such as beta2 without an optimizer that has one."},
			{Sign: "reason", Means: "why a trial was pruned or stopped, or has failed."},
			{Sign: "order", Means: "by the value; with two objectives by fronts. Then those that run, wait, violate a constraint, were pruned, stopped, and failed. ← and → sort by another column, ^ turns the order around."},
			{Sign: "/", Means: "filters: words that occur in the state, the reason, the worker or a setting, and comparisons: lr<1e-2 optimizer=adam steps>=500 value<0.2. All of them have to hold."},
		},
		SeeAlso: []string{"Branches", "val_loss", "race", "workbench"},
	}
}
