package live

import (
	"slices"
	"sync"
	"time"

	"descent/core/recipe"
	"descent/session/study"
)

// Tuning is the search that belongs to a session, nil if there is none. It is never
// modified.
type Tuning struct {
	Study   *study.Reading // never nil
	Recipe  recipe.Recipe  // from which the trials start, before their own settings
	Workers int            // of this process, 0 if others work on the study alone
	Paused  bool
	Err     error // why no work is done any more
}

// Running reports whether there is something left to do, by this process or by others.
func (t *Tuning) Running() bool { return t != nil && !t.Study.Over }

// Idle reports whether there is something left to do, and nobody does it.
func (t *Tuning) Idle() bool {
	return t.Running() && (t.Paused || t.Workers == 0 && !slices.ContainsFunc(t.Study.Workers, func(w study.Working) bool { return !w.Lost }))
}

// Search is a study, and the workers of this process that train its trials. It may be
// used by several goroutines.
type Search interface {
	// Reading is what is known now. The same value is returned as long as nothing changes.
	Reading() *study.Reading
	// Recipe is what every trial starts from, before its own settings.
	Recipe() recipe.Recipe
	// Base is the log at whose end every trial starts, nil for step 0 of the recipe.
	Base() []byte
	// Log is the log of a trial, of its first seed.
	Log(t *study.Trial) ([]byte, error)
	// Decide takes a decision.
	Decide(study.Decision) error
	// Work has so many trials trained at once from now on. Those that are over the number
	// are given back where they stand, for somebody to go on with.
	Work(workers int) error
	// Working returns how many workers there are, and why those that were asked for work
	// no more.
	Working() (workers int, err error)
	// Close gives back what is being trained, and ends the workers.
	Close() error
}

// Searches begins searches in new folders, and opens those of folders, without workers.
type Searches struct {
	Begin func(dir string, spec study.Spec, r recipe.Recipe, base []byte) (Search, error)
	Open  func(dir string) (Search, error)
}

// tuning is what a Runner has of a search.
type tuning struct {
	now    *Tuning
	search Search
	events int            // decisions that the record has
	end    chan struct{}  // closed to end the one who looks
	looks  sync.WaitGroup // until that one has ended
	failed error          // what Close reports of the search
}

// looking is the interval at which a search is looked at.
const looking = 100 * time.Millisecond

// told takes over what is known of the search.
func (t *tuning) told(now *study.Reading, workers int, err error) {
	t.now = &Tuning{Study: now, Recipe: t.search.Recipe(), Workers: workers, Paused: now.Plan.Paused, Err: err}
}

// detach ends the search of this process; what was found is kept.
func (t *tuning) detach() error {
	if t.search == nil {
		return nil
	}
	s := t.search
	close(t.end)
	t.search, t.now = nil, nil
	return s.Close()
}
