package study

import (
	"descent/core/recipe"
	"descent/session/disk"
)

// Study is a study folder that is open for work. It may be used by several goroutines.
type Study struct {
	on  disk.Disk
	dir string
}

// Create makes the folder of a new study; base is the log of Spec.Base, nil for none. It
// refuses a folder that holds anything.
func Create(on disk.Disk, dir string, spec Spec, r recipe.Recipe, base []byte) (*Study, error) {
	return nil, nil
}

// Open opens the folder of a study, and reads what is there.
func Open(on disk.Disk, dir string) (*Study, error) { return nil, nil }

// Recipe is what every trial starts from, before its own settings.
func (s *Study) Recipe() recipe.Recipe { return recipe.Recipe{} }

// Base is the log of Spec.Base, nil for none.
func (s *Study) Base() []byte { return nil }

// Refresh reads what is new in the folder.
func (s *Study) Refresh() error { return nil }

// Reading is what is known now. It is cheap where nothing has changed.
func (s *Study) Reading() *Reading { return nil }

// Decide takes a decision: it is in force as soon as the call returns.
func (s *Study) Decide(d Decision) error { return nil }

// Register writes who works on the study, and returns the worker to work as. slot is
// the task of a scheduler, "" without one.
func (s *Study) Register(slot string) (*Hand, error) { return nil, nil }

// Hand is a worker's hold on a study: it claims jobs, and ends them. A goroutine of the
// process shows that it lives.
type Hand struct{ s *Study }

// Next claims the next job: one whose worker died, a promotion, a new trial, or a run on
// fresh seeds. wait reports that there is nothing to do now but may be later, over
// that there never will be.
func (h *Hand) Next() (c Claim, wait, over bool, err error) { return Claim{}, false, false, nil }

// Report publishes what a job measured, for pruning and for the screen, and returns
// whether the trial is to be stopped now, and why.
func (h *Hand) Report(c Claim, r Report) (stop Outcome, why string, err error) { return "", "", nil }

// Keep publishes the state of a job, so that it can be trained on later, or by somebody
// else; it replaces an earlier one of the same attempt.
func (h *Hand) Keep(c Claim, state []byte) error { return nil }

// Kept returns the state that a job continues from: that of an earlier attempt, of the
// rung before or of its parent; nil to begin at the start.
func (h *Hand) Kept(c Claim) ([]byte, error) { return nil, nil }

// End publishes the result of a job. It is synced when the call returns.
func (h *Hand) End(c Claim, r Result) error { return nil }

// Release gives a job back: somebody may go on with it at once.
func (h *Hand) Release(c Claim) error { return nil }

// Close ends the worker.
func (h *Hand) Close() error { return nil }
