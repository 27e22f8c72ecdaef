package search

import "descent/tui/intent"

// PageName is the name of the page of the menu.
const PageName = "search"

// Guide documents the dialogs of a search.
func Guide() intent.Guide {
	return intent.Guide{
		Summary: "searches hyperparameters beside the session: trials are trained in the background, from step 0 with the knobs as they stand or from this step, and the best is adopted as a branch",
		Shows: []intent.Reading{
			{Sign: "[x] optimizer.lr", Means: "an axis of the search space: a knob and the values that it may take. At first the three that matter most for this recipe are chosen. space chooses, ← and → narrow and widen the range around the value as it stands, e edits it as text (1e-4..1e-1, 8..128 step 8, 0..0.9 linear, sgd,adam,lion), a adds any other knob. A knob that belongs to one optimizer alone is searched over only under that."},
			{Sign: "objective, and", Means: "what is to be low, or high for an accuracy; with two of them the Pareto front is looked for."},
			{Sign: "where", Means: "constraints that a trial has to meet to be the best: bytes<=20000, val_accuracy>=0.9; several with spaces between them."},
			{Sign: "sampler, pruner", Means: "how the next trial is proposed, and which trials are stopped early. Both can be changed while the search runs."},
			{Sign: "trials, steps, seeds", Means: "after how many trials the search is over, how long a trial is at the most, and how many runs it has, of which the median counts. At the end the best three are trained again on five fresh seeds, beside the values as they stand now: what is worse there than in the search was luck."},
			{Sign: "around here", Means: "a prior centred on the knobs as they stand: the standard deviation of what is proposed, in shares of each range. It can be turned while the search runs (PriorBand, N. Mallik et al., arXiv 2306.12370, 2023)."},
			{Sign: "start from", Means: "step 0, or this step of this branch: then every trial starts with the present weights and state of the optimizer."},
			{Sign: "last lines", Means: "how much there is to compute, and how long it takes at the most, by the steps per second that were measured in this session."},
		},
		SeeAlso: []string{"Trials", "race", "optimizer.lr"},
	}
}
