package study

import (
	"sync"
	"time"

	"descent/core/recipe"
	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/disk"
)

// Study is a study folder that is open. It may be used by several goroutines.
type Study struct {
	on     disk.Disk
	dir    string
	spec   Spec
	recipe recipe.Recipe
	base   []byte

	asking sync.Mutex // held while the next job is chosen and claimed; mu is free while a sampler thinks

	mu        sync.Mutex
	decisions []Decision
	plan      Plan
	trials    []*trial // by number
	fresh     map[Job]*job
	workers   map[string]*worker
	listed    time.Time            // when the workers were
	listing   time.Duration        // how long that took
	due       time.Time            // when the trials of others are looked at again
	unknown   map[string]time.Time // workers whose file is missing, and since when
	running   map[Job]string       // jobs that hands of this process work on, and whose worker
	exhausted bool                 // the sampler has nothing left, with the decisions so far
	imported  int                  // trials that were trained elsewhere
	problems  map[string]bool
	notes     []string

	open    map[int]bool // trials whose last rung has no result
	resting map[int]bool // trials whose next rung may be claimed
	next    int          // of those the one that is looked at next

	// What is made of the trials for samplers and pruners, by number; see current.
	dirty      map[int]bool
	told       []search.Trial
	lent       bool // a sampler reads told at this moment
	known      []int
	wholeAt    int // the claim that says wholeKnown, which others are told from
	wholeKnown []int
	live       []pruner.Progress // with the reports of those that run
	settled    []pruner.Progress // from results alone

	changes int // counts what has been read
	reading *Reading
	made    int // changes when reading was made
}

// trial is what is known of a trial.
type trial struct {
	rungs []*job
	lost  bool   // what was tried is not known: its claim is damaged or missing
	shown *Trial // nil where it has to be made again
}

// changed takes notice of news of a trial.
func (s *Study) changed(t *trial) {
	n := t.rungs[0].Trial
	t.shown, s.dirty[n] = nil, true
	s.changes++
	delete(s.open, n)
	delete(s.resting, n)
	switch r := t.last().result; {
	case t.lost:
	case r == nil:
		s.open[n] = true
	case s.goesOn(r):
		s.resting[n] = true
	}
}

// goesOn reports whether a trial may have a further rung. A member of a population that
// diverged begins again as a fork.
func (s *Study) goesOn(r *Result) bool {
	return r.Outcome == Waiting || s.spec.Population > 0 && r.Outcome == Failed
}

// last is the rung that was claimed last.
func (t *trial) last() *job { return t.rungs[len(t.rungs)-1] }

// known is the number of rungs with a result.
func (t *trial) known() int {
	n := len(t.rungs)
	if t.last().result == nil {
		n--
	}
	return n
}

// point is where the trial is: that of its last fork.
func (t *trial) point() search.Point {
	for i := len(t.rungs) - 1; i > 0; i-- {
		if p := t.rungs[i].claim().Point; p != nil {
			return p
		}
	}
	return t.rungs[0].claims[0].Point
}

// job is what is known of a job.
type job struct {
	Job
	claims  []Claim // by attempt
	result  *Result
	reports []Report // of the last attempt
	read    int64    // bytes of their file that were read
	cleared bool     // its state was removed
}

// claim is the last one.
func (j *job) claim() Claim { return j.claims[len(j.claims)-1] }

// worker is what is known of a worker.
type worker struct {
	Worker
	beat   string
	closed bool
	silent time.Duration // for how long its beat has been watched without a change, by the own clock
	own    bool          // of this process
}

// Dir is the folder.
func (s *Study) Dir() string { return s.dir }

// Spec is what the study is about.
func (s *Study) Spec() Spec { return s.spec }

// Recipe is what every trial starts from, before its own settings.
func (s *Study) Recipe() recipe.Recipe { return s.recipe }

// Base is the log of Spec.Base, nil for none.
func (s *Study) Base() []byte { return s.base }

// Paused reports whether a decision holds all workers.
func (s *Study) Paused() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plan.Paused
}

// Pinned reports whether a trial is pinned.
func (s *Study) Pinned(trial int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.plan.Pinned[trial]
}

// problem notes what is wrong with the folder, once.
func (s *Study) problem(err error) {
	if text := err.Error(); !s.problems[text] {
		s.problems[text] = true
		s.notes = append(s.notes, text)
		s.changes++
	}
}
