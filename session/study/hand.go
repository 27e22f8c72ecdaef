package study

import (
	"errors"
	"fmt"
	"maps"
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
	once    sync.Once
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
	s.readWorkers()
	started := time.Now().UTC().Format("2006-01-02T15:04:05.000000000Z")
	for n := 0; ; n++ {
		w := Worker{
			ID: fmt.Sprintf("%s-%d-%d", clean(host), os.Getpid(), n), Host: host, PID: os.Getpid(), Slot: slot, Turn: s.turn(slot), Started: started, Machine: machine(),
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
		s.workers[w.ID] = &worker{Worker: w, own: true}
		mine.Store(w.ID, true)
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
	h.once.Do(func() {
		close(h.stop)
		h.beating.Wait()
		h.beat(-1, true)
		mine.Delete(h.id)
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
	})
	return nil
}

// Release gives a job back. Another worker takes it over when this one is closed, and
// this one when it asks for work again.
func (h *Hand) Release(c Claim) error {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	delete(h.s.running, c.Job)
	if f := h.reports[c.Job]; f != nil { // the next attempt has a file of its own
		delete(h.reports, c.Job)
		return f.Close()
	}
	return nil
}

// Next claims the next job: one whose worker died, a promotion, a new trial, or a run on
// fresh seeds. wait reports that there is nothing to do now but may be later, over
// that there never will be.
func (h *Hand) Next() (c Claim, wait, over bool, err error) {
	s := h.s
	s.asking.Lock()
	defer s.asking.Unlock()
	for range 1000 { // another worker was faster
		c, found, over, err := h.choose()
		if err != nil || !found {
			return c, !over && err == nil, over, err
		}
		c.Worker, c.Release, c.Arithmetic = h.id, Release(), recipe.Arithmetic
		if created, err := s.claim(c); err != nil || created {
			return c, false, false, err
		}
	}
	return c, true, false, nil
}

// claim publishes a claim; another worker may have been faster.
func (s *Study) claim(c Claim) (created bool, err error) {
	content, err := sealed(c)
	if err != nil {
		return false, err
	}
	path := filepath.Join(s.dir, c.claimFile(c.Attempt))
	if err := s.folder(filepath.Dir(path)); err != nil {
		return false, err
	}
	if created, err = disk.Take(s.on, path, content); err != nil || !created {
		return false, disk.CannotWrite(path, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[c.Job] = c.Worker
	s.noteClaim(c)
	return true, nil
}

// noteClaim takes notice of a claim of this process, unless it was read meanwhile.
func (s *Study) noteClaim(c Claim) {
	s.changes++
	if c.Fresh {
		j := s.fresh[c.Job]
		if j == nil {
			j = &job{Job: c.Job}
			s.fresh[c.Job] = j
		}
		if len(j.claims) == c.Attempt {
			j.claims, j.reports, j.read = append(j.claims, c), nil, 0
		}
		return
	}
	if c.Rung == 0 && c.Attempt == 0 {
		if len(s.trials) == c.Trial {
			s.add(&job{Job: c.Job, claims: []Claim{c}})
		}
		return
	}
	t := s.trials[c.Trial]
	if len(t.rungs) == c.Rung {
		t.rungs = append(t.rungs, &job{Job: c.Job})
	}
	if j := t.rungs[c.Rung]; len(j.claims) == c.Attempt {
		j.claims, j.reports, j.read = append(j.claims, c), nil, 0
	}
	s.changed(t)
}

// finished reports whether all is done.
func (s *Study) finished() bool {
	if !s.ending() {
		return false
	}
	return !slices.ContainsFunc(s.freshJobs(), func(of Job) bool { return s.fresh[of] == nil || s.fresh[of].result == nil })
}

// choose is the job to claim next; found is false if there is none now, and over if there
// never will be.
func (h *Hand) choose() (c Claim, found, over bool, err error) {
	s := h.s
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.glance(16); err != nil {
		return c, false, false, err
	}
	if s.plan.Paused {
		return c, false, false, nil
	}
	for _, n := range slices.Sorted(maps.Keys(s.open)) {
		t := s.trials[n]
		if !h.orphaned(t.last()) {
			continue
		}
		if s.follow(t); s.open[n] && h.orphaned(t.last()) { // it may have ended since
			return again(t.last()), true, false, nil
		}
	}
	for {
		begun := s.begun()
		if c, found := s.goOn(Claim{}, begun); found {
			if s.follow(s.trials[c.Trial]) { // another worker does that already
				continue
			}
			return s.knowing(c, -1), true, false, nil
		}
		if begun {
			break
		}
		c = s.knowing(Claim{}, len(s.trials))
		p, err := s.ask()
		if errors.Is(err, search.ErrExhausted) {
			s.exhausted = true
			s.changes++
			continue
		}
		if err != nil {
			return c, false, false, err
		}
		c.Job, c.Point, c.Note = Job{Trial: c.Begun}, p.Point, p.Note
		c.Steps = s.budget(s.plan, c.Trial, 0)
		return c, true, false, nil
	}
	if !s.ending() {
		return c, false, false, nil
	}
	if c, found := h.afresh(s.knowing(Claim{}, -1)); found {
		return c, true, false, nil
	}
	return c, false, s.finished(), nil
}

// ask asks the sampler for the next trial, or the queue. Meanwhile the study can be read.
func (s *Study) ask() (search.Proposal, error) {
	plan, told, number := s.plan, s.told, len(s.trials)
	s.lent = true
	s.mu.Unlock()
	defer func() { // also where a sampler panics
		s.mu.Lock()
		s.lent = false
	}()
	return s.propose(plan, told, number)
}

// goOn is the rung of a trial that is claimed next; begun tells that no new trial is begun.
func (s *Study) goOn(c Claim, begun bool) (Claim, bool) {
	switch {
	case s.plan.Finish, s.spec.Population > 0 && !begun:
		return c, false
	case s.spec.Population > 0:
		return s.evolve(c)
	}
	n, ok := s.promote(begun)
	if !ok {
		return c, false
	}
	last := s.trials[n].last()
	c.Job, c.Steps = Job{Trial: n, Rung: last.Rung + 1}, s.budget(s.plan, n, last.claim().Steps)
	return c, true
}

// afresh is the run on a fresh seed that is claimed next.
func (h *Hand) afresh(c Claim) (Claim, bool) {
	s := h.s
	for _, of := range s.freshJobs() {
		j := s.fresh[of]
		if j == nil {
			if j = s.readJob(of); j != nil {
				s.fresh[of] = j
			}
		}
		switch {
		case j == nil:
			c.Job, c.Steps, c.Point = of, s.spec.Steps, search.Point{}
			if of.Trial > 0 {
				c.Point = s.trials[of.Trial-1].point()
			}
			return c, true
		case h.orphaned(j):
			return again(j), true
		}
	}
	return c, false
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
