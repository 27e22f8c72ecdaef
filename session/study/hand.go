package study

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"descent/core/recipe"
	"descent/core/search"
	"descent/session/disk"
)

// Hand is a worker's hold on a study: it claims jobs, and ends them. It belongs to one
// goroutine.
type Hand struct {
	s       *Study
	id      string
	reports map[Job]disk.File
	stop    chan struct{}
	beating sync.WaitGroup
}

// Register writes who works on the study, and returns the worker to work as. slot is
// the task of a scheduler, "" without one: whoever gets it next takes over what was
// begun. A study of another release or another arithmetic is refused.
func (s *Study) Register(slot string) (*Hand, error) {
	if s.spec.Arithmetic != recipe.Arithmetic || s.spec.Release != Release() {
		return nil, fmt.Errorf("%s was begun by descent %s, whose arithmetic is %s; this is %s with %s, and its results could not be compared: use the same release for all workers", s.dir, s.spec.Release, s.spec.Arithmetic, Release(), recipe.Arithmetic)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	started := time.Now().UTC().Format("2006-01-02T15:04:05.000000000Z")
	for n := 0; ; n++ {
		w := Worker{
			ID: fmt.Sprintf("%s-%d-%d", clean(host), os.Getpid(), n), Host: host, PID: os.Getpid(), Slot: slot, Started: started,
			Release: Release(), Arch: runtime.GOARCH, Arithmetic: recipe.Arithmetic,
		}
		if s.workers[w.ID] != nil {
			continue
		}
		content, err := sealed(w)
		if err != nil {
			return nil, err
		}
		created, err := disk.Publish(s.on, filepath.Join(s.dir, workerFile(w.ID)), content)
		if err != nil {
			return nil, disk.CannotWrite(s.dir, err)
		}
		if !created {
			continue
		}
		s.workers[w.ID] = &worker{Worker: w, own: true, seen: time.Now()}
		s.changes++
		h := &Hand{s: s, id: w.ID, reports: map[Job]disk.File{}, stop: make(chan struct{})}
		h.beat(0, false)
		h.beating.Go(h.live)
		return h, nil
	}
}

// clean leaves of a host name what a file name can hold.
func clean(name string) string {
	out := []byte(name)
	for i, c := range out {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			out[i] = '-'
		}
	}
	return string(out[:min(len(out), 64)])
}

// ID is the worker's name.
func (h *Hand) ID() string { return h.id }

// live shows that the worker lives until it is closed.
func (h *Hand) live() {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-h.stop:
			return
		case <-tick.C:
			h.beat(n, false)
		}
	}
}

func (h *Hand) beat(n int, closed bool) {
	f, err := h.s.on.Create(filepath.Join(h.s.dir, beatFile(h.id)), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, disk.Public)
	if err != nil {
		return // it is taken for dead where that lasts, and its jobs are done by others
	}
	_, _ = fmt.Fprintf(f, `{"count":%d,"closed":%t}`, n, closed)
	_ = f.Close()
}

// Close ends the worker: what it has not ended is free for others.
func (h *Hand) Close() error {
	close(h.stop)
	h.beating.Wait()
	h.beat(-1, true)
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	for _, f := range h.reports {
		_ = f.Close()
	}
	for j, id := range h.s.running {
		if id == h.id {
			delete(h.s.running, j)
		}
	}
	h.s.workers[h.id].closed = true
	h.s.changes++
	return nil
}

// Release gives a job back. Another worker takes it over when this one is closed, and
// this one when it asks for work again.
func (h *Hand) Release(c Claim) error {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	delete(h.s.running, c.Job)
	return nil
}

// Next claims the next job: one whose worker died, a promotion, a new trial, or a run on
// fresh seeds. wait reports that there is nothing to do now but may be later, over
// that there never will be.
func (h *Hand) Next() (c Claim, wait, over bool, err error) {
	s := h.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for range 1000 { // another worker was faster
		if err := s.refresh(); err != nil {
			return c, false, false, err
		}
		if s.plan.Paused {
			return c, true, false, nil
		}
		c, found, err := h.choose()
		if err != nil {
			return c, false, false, err
		}
		if !found {
			return c, !s.finished(), s.finished(), nil
		}
		c.Worker, c.Release, c.Arithmetic, c.Decisions = h.id, Release(), recipe.Arithmetic, len(s.decisions)
		created, err := s.publish(c)
		if err != nil {
			return c, false, false, err
		}
		if created {
			s.running[c.Job] = h.id
			return c, false, false, nil
		}
	}
	return c, true, false, nil
}

// finished reports whether all is done.
func (s *Study) finished() bool {
	if !s.ending() {
		return false
	}
	return !slices.ContainsFunc(s.freshJobs(), func(of Job) bool { return s.fresh[of] == nil || s.fresh[of].result == nil })
}

// publish writes a claim, and takes notice of it.
func (s *Study) publish(c Claim) (created bool, err error) {
	content, err := sealed(c)
	if err != nil {
		return false, err
	}
	path := filepath.Join(s.dir, c.claimFile(c.Attempt))
	if err := s.folder(filepath.Dir(path)); err != nil {
		return false, err
	}
	created, err = disk.Publish(s.on, path, content)
	if err != nil || !created {
		return false, disk.CannotWrite(path, err)
	}
	switch {
	case c.Attempt > 0 && c.Fresh:
		s.fresh[c.Job].claims = append(s.fresh[c.Job].claims, c)
	case c.Attempt > 0:
		t := s.trials[c.Trial]
		j := t.rungs[c.Rung]
		j.claims, j.reports, j.read = append(j.claims, c), nil, 0
		t.stale()
	case c.Fresh:
		s.fresh[c.Job] = &job{Job: c.Job, claims: []Claim{c}}
	case c.Rung > 0:
		t := s.trials[c.Trial]
		t.rungs = append(t.rungs, &job{Job: c.Job, claims: []Claim{c}})
		t.stale()
	default:
		s.trials = append(s.trials, &trial{rungs: []*job{{Job: c.Job, claims: []Claim{c}}}})
	}
	s.changes++
	return true, nil
}

// choose is the job to claim next; found is false if there is none now.
func (h *Hand) choose() (c Claim, found bool, err error) {
	s := h.s
	for _, t := range s.trials {
		if j := t.last(); h.orphaned(j) {
			return again(j), true, nil
		}
	}
	told, known := s.everything()
	c.Told = known.String()
	begun := s.begun(told)
	if n, ok := s.promote(begun); ok && !s.plan.Finish {
		last := s.trials[n].last()
		c.Job, c.Steps = Job{Trial: n, Rung: last.Rung + 1}, s.budget(n, last.claim().Steps)
		return c, true, nil
	}
	if c, ok := s.evolve(c); ok {
		return c, true, nil
	}
	if !begun {
		p, err := s.propose(s.plan, told, len(s.trials))
		if errors.Is(err, search.ErrExhausted) {
			s.exhausted = true
			s.changes++
		} else if err != nil {
			return c, false, err
		} else {
			c.Job, c.Point, c.Note = Job{Trial: len(s.trials)}, p.Point, p.Note
			c.Steps = s.budget(c.Trial, 0)
			return c, true, nil
		}
	}
	if !s.ending() {
		return c, false, nil
	}
	for _, of := range s.freshJobs() {
		j := s.fresh[of]
		if j == nil {
			if j = s.open(of); j != nil {
				s.fresh[of] = j
			}
		}
		switch {
		case j == nil:
			c.Job, c.Steps, c.Point = of, s.spec.Steps, search.Point{}
			if of.Trial > 0 {
				c.Point = s.trials[of.Trial-1].point()
			}
			return c, true, nil
		case h.orphaned(j):
			return again(j), true, nil
		}
	}
	return c, false, nil
}

// orphaned reports whether nobody works on a job that has no result.
func (h *Hand) orphaned(j *job) bool {
	if j.result != nil {
		return false
	}
	if id := j.claim().Worker; id != h.id {
		return h.s.dead(id)
	}
	_, busy := h.s.running[j.Job]
	return !busy
}

// again is the claim of a job that is taken over.
func again(j *job) Claim {
	c := j.claim()
	c.Attempt++
	return c
}

// budget is the step to which a trial is trained next.
func (s *Study) budget(number, reached int) int {
	steps := s.spec.Steps
	if s.spec.Population > 0 {
		return min(reached+s.interval(), steps)
	}
	return min(max(s.prunerOf(s.plan).Budget(number, reached, steps), reached+1), steps)
}

func (s *Study) interval() int {
	if s.spec.Interval > 0 {
		return s.spec.Interval
	}
	return max(s.spec.Steps/20, 1)
}

// evolve claims the next interval of a member of the population that waits, the one that
// has come the least far.
func (s *Study) evolve(c Claim) (Claim, bool) {
	return c, false
}
