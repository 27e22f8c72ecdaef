package intent

import (
	"descent/core/recipe"
	"descent/core/search"
	"descent/session/study"
)

// Hyperparameter search. Each is harmless or can be taken back: decisions change what is
// tried from now on, and what was found stays.
type (
	// StartSearch opens the menu that starts a search from here; while one is shown, it
	// starts another in its place, which is kept.
	StartSearch struct{}
	// BeginSearch starts a search in a new folder beside the session.
	BeginSearch struct {
		Spec    study.Spec // its Base is filled in if Here
		Here    bool       // trials start from the present step of the branch, not from step 0
		Workers int        // of this process
	}
	// OpenSearch shows the search of a folder, in place of the one that is shown.
	OpenSearch struct{ Dir string }
	// Decide takes a decision in the search.
	Decide struct{ Decision study.Decision }
	// PauseSearch pauses the search, or goes on with it: with its workers, if it has none
	// in this process yet.
	PauseSearch struct{}
	// AskWorkers asks how many trials are trained at once by this process.
	AskWorkers struct{}
	// SetWorkers says how many.
	SetWorkers struct{ Workers int }
	// FinishSearch begins no further trial: the best are trained again on fresh seeds.
	FinishSearch struct{}
	// AdoptTrial makes a trial a branch of the session, with its weights, and goes to its
	// end.
	AdoptTrial struct{ Trial int }
	// OpenTrial opens a trial as a session of its own, trained as it was.
	OpenTrial struct {
		Trial  int
		Recipe recipe.Recipe
		Steps  int
	}
	// SaveTrial saves the recipe of a trial as a preset; without a path it asks for one.
	SaveTrial struct {
		Trial int
		Path  string
	}
	// EditTrial asks for the values of a new trial, starting from those of a trial; −1 for
	// the settings as they stand.
	EditTrial struct{ Trial int }
	// EditAxis asks for the range of an axis, or with "" for an axis to add.
	EditAxis struct{ Path string }
	// DropAxis searches no more over an axis.
	DropAxis struct{ Path string }
	// SetAxis replaces an axis of the search space, or adds it.
	SetAxis struct{ Axis search.Axis }
	// ScaleAxis narrows the range of an axis around the best trial by a factor below 1, or
	// widens it.
	ScaleAxis struct {
		Path   string
		Factor float64
	}
	// EditSampler asks for the sampler and its greed.
	EditSampler struct{}
	// EditPruner asks for the pruner.
	EditPruner struct{}
	// EditAround asks for the width of the prior around the knobs as they stand.
	EditAround struct{}
	// EditTrials asks for the number of trials after which the search is over.
	EditTrials struct{}
	// SearchResult shows what the search has found.
	SearchResult struct{}
)
