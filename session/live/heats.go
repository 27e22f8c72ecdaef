package live

import (
	"context"

	"descent/core/recipe"
	"descent/session"
)

// Progress is how far something is; both are 0 if there is none.
type Progress struct{ Done, Total int }

// Heats are repetitions of a race with other seeds, from step 0 and with the knobs of
// the racers at its end. They are never modified.
type Heats struct {
	Runs     []Heat
	Progress Progress // of the one that is being run, in runs; both are 0 if none is
	Seed     uint64   // of that one
	Err      error    // why the last one failed
}

// Heat is one repetition: the outcomes in the order of Contest.Racers.
type Heat struct {
	Seed     uint64
	Outcomes []Outcome
}

// Outcome is how one racer of a heat fared.
type Outcome struct {
	Loss, Accuracy float64   // as Standing has them; NaN without
	Diverged       int       // the step from which it diverged, 0 if it did not
	Curve          []float64 // of the training loss: means over equal parts of the run, NaN where there is none
}

// Repeater trains each recipe for a number of steps, and returns the outcomes in their
// order. told is called after each.
type Repeater func(ctx context.Context, racers []recipe.Recipe, steps int, told func(done, total int)) ([]Outcome, error)

// Running reports whether a heat is being run.
func (h *Heats) Running() bool { return h != nil && h.Progress.Total > 0 }

// heats is what a Runner has of them.
type heats struct {
	now    *Heats
	of     *session.Contest
	cancel context.CancelFunc // of the one that is being run
}

// current returns the heats of a race, nil if there are none.
func (h *heats) current(c *session.Contest) *Heats {
	if c == nil || h.of == nil || h.of.From != c.From || len(h.of.Racers) != len(c.Racers) || h.of.Racers[0] != c.Racers[0] {
		return nil
	}
	return h.now
}

// change replaces the heats by a modified copy.
func (h *heats) change(f func(*Heats)) {
	next := *h.now
	f(&next)
	h.now = &next
}

// stop cancels the one that is being run.
func (h *heats) stop() {
	if h.cancel != nil {
		h.cancel()
	}
}
