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

	mu        sync.Mutex
	decisions []Decision
	plan      Plan
	trials    []*trial // by number
	fresh     map[Job]*job
	workers   map[string]*worker
	listed    time.Time      // when the workers were
	running   map[Job]string // jobs that hands of this process work on, and whose worker
	exhausted bool           // the sampler has nothing left, with the decisions so far
	idle      bool           // the last look found nothing to promote or to begin
	problems  map[string]bool
	notes     []string

	changes int // counts what has been read
	reading *Reading
	made    int // changes when reading was made
}

// trial is what is known of a trial.
type trial struct {
	rungs []*job
	// What is made of it; nil where it has to be made again.
	shown    *Trial
	told     *search.Trial
	progress *pruner.Progress
}

// stale forgets what was made of the trial.
func (t *trial) stale() { t.shown, t.told, t.progress = nil, nil, nil }

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
}

// claim is the last one.
func (j *job) claim() Claim { return j.claims[len(j.claims)-1] }

// worker is what is known of a worker.
type worker struct {
	Worker
	beat   string
	closed bool
	seen   time.Time // when the beat changed last, by the own clock
	own    bool      // of this process
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
