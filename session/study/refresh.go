package study

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"descent/core/search"
)

// Refresh reads what is new in the folder. What is damaged there becomes a note of the
// reading; the error is that of a folder that cannot be read.
func (s *Study) Refresh() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refresh(256)
}

// share is of how many parts of a worker's time looking at others takes at most one: with
// many workers on a file server a look takes long, and is taken the less often.
const share = 20

// glance reads what is new, of the trials that others train only where that is due.
func (s *Study) glance(most int) error {
	if time.Now().After(s.due) {
		return s.refresh(most)
	}
	s.readDecisions()
	s.readTrials()
	return nil
}

// refresh reads what is new. It asks of so many trials that wait whether others train
// them on: whoever claims one looks at it first, so that nothing hangs on when that is
// noticed.
func (s *Study) refresh(most int) error {
	began := time.Now()
	if err := s.here(); err != nil {
		return err
	}
	s.readDecisions()
	s.readTrials()
	for n := range s.open {
		s.follow(s.trials[n])
	}
	if len(s.resting) <= most {
		for n := range s.resting {
			s.follow(s.trials[n])
		}
	} else {
		for looked := 0; looked < most; s.next = (s.next + 1) % len(s.trials) {
			if s.resting[s.next] {
				s.follow(s.trials[s.next])
				looked++
			}
		}
	}
	for _, j := range s.fresh {
		s.update(j)
	}
	if s.listed.IsZero() || time.Since(s.listed) > max(time.Second, share*s.listing) {
		began := time.Now()
		s.readWorkers()
		s.readFresh()
		s.listing = time.Since(began)
	}
	s.due = time.Now().Add(share * time.Since(began))
	return nil
}

// readTrials reads the trials that were begun since. They are claimed in order, so that
// the first gap is the end.
func (s *Study) readTrials() {
	for {
		j := s.readJob(Job{Trial: len(s.trials)})
		if j == nil {
			return
		}
		s.add(j)
	}
}

// add takes notice of a new trial, with all its rungs.
func (s *Study) add(j *job) {
	t := &trial{rungs: []*job{j}, lost: j.claims[0].Point == nil}
	s.trials = append(s.trials, t)
	if j.claims[0].Imported != "" {
		s.imported++
	}
	s.changed(t)
	if !t.lost {
		s.follow(t)
	}
}

// readAll is the first look at a folder. Where there are later trials or decisions, one
// that is missing was lost.
func (s *Study) readAll() error {
	if err := s.refresh(0); err != nil {
		return err
	}
	shards, _ := s.on.List(filepath.Join(s.dir, trialsDir))
	last := -1
	for _, shard := range shards {
		last = max(last, s.greatest(filepath.Join(trialsDir, shard), "%d.0.0.claim"))
	}
	for s.readTrials(); len(s.trials) <= last; s.readTrials() {
		of := Job{Trial: len(s.trials)}
		s.problem(fmt.Errorf("%s is missing: what trial %d was is not known, and it counts as failed", filepath.Join(s.dir, of.claimFile(0)), of.Trial))
		s.add(&job{Job: of, claims: []Claim{{Job: of}}})
	}
	decided := s.greatest(decisionsDir, "%d.json")
	for s.readDecisions(); len(s.decisions) < decided; s.readDecisions() {
		s.problem(fmt.Errorf("%s is missing: the decision is not in force", filepath.Join(s.dir, decisionFile(len(s.decisions)+1))))
		s.accept(Decision{Words: "a decision that is missing"})
	}
	return nil
}

// greatest is the greatest number in the names of a folder that have a form, −1 for none.
func (s *Study) greatest(dir, form string) int {
	names, _ := s.on.List(filepath.Join(s.dir, dir))
	out := -1
	for _, name := range names {
		var n int
		if got, err := fmt.Sscanf(name, form, &n); err == nil && got == 1 && n > out && filepath.Ext(name) == filepath.Ext(form) {
			out = n
		}
	}
	return out
}

// readFresh finds the runs on fresh seeds that others have begun.
func (s *Study) readFresh() {
	names, err := s.on.List(filepath.Join(s.dir, freshDir))
	if err != nil {
		return
	}
	for _, name := range names {
		of := Job{Fresh: true}
		if n, err := fmt.Sscanf(name, "%d.%d.0.claim", &of.Trial, &of.Rung); err != nil || n != 2 || !strings.HasSuffix(name, ".0.claim") || s.fresh[of] != nil {
			continue
		}
		if j := s.readJob(of); j != nil {
			s.fresh[of] = j
		}
	}
}

func (s *Study) readDecisions() {
	for {
		var d Decision
		ok, err := s.read(decisionFile(len(s.decisions)+1), &d)
		if err != nil {
			s.problem(err)
			d, ok = Decision{Words: "a decision that cannot be read"}, true
		} else if ok {
			if err := s.possible(d); err != nil {
				s.problem(fmt.Errorf("%s: %w; the decision is not in force", filepath.Join(s.dir, decisionFile(len(s.decisions)+1)), err))
				d = Decision{Words: "a decision that cannot be taken"}
			}
		}
		if !ok {
			return
		}
		s.accept(d)
	}
}

// accept puts a decision in force.
func (s *Study) accept(d Decision) {
	s.decisions = append(s.decisions, d)
	s.plan = s.plan.after(d)
	s.exhausted = false
	for i, t := range s.trials {
		if t.shown = nil; d.Stop != nil && *d.Stop == i { // any may lie outside now
			s.dirty[i] = true
		}
	}
	s.changes++
}

// follow reads what is new of a trial, and reports whether there was anything.
func (s *Study) follow(t *trial) (news bool) {
	for {
		j := t.last()
		if s.update(j) {
			news = true
		}
		if j.result == nil || !s.goesOn(j.result) {
			break
		}
		next := s.readJob(Job{Trial: j.Trial, Rung: j.Rung + 1})
		if next == nil {
			break
		}
		t.rungs = append(t.rungs, next)
		news = true
	}
	if news {
		s.changed(t)
	}
	return news
}

// readJob reads a job that was claimed; nil if it was not.
func (s *Study) readJob(of Job) *job {
	j := &job{Job: of}
	if !s.readClaim(j) {
		return nil
	}
	s.update(j)
	return j
}

// readClaim reads the next claim of a job.
func (s *Study) readClaim(j *job) bool {
	var c Claim
	name := j.claimFile(len(j.claims))
	ok, err := s.read(name, &c)
	if err == nil && ok && (c.Job != j.Job || c.Attempt != len(j.claims) || !c.sound()) {
		err = fmt.Errorf("%s: %w", filepath.Join(s.dir, name), errTorn)
	}
	if err != nil {
		c = s.instead(j)
		if c.Point == nil && j.Rung == 0 {
			err = fmt.Errorf("%w: what trial %d was is not known, and it counts as failed", err, j.Trial)
		}
		s.problem(err)
		ok = true
	}
	if ok {
		j.claims = append(j.claims, c)
		j.reports, j.read = nil, 0
		s.changes++
	}
	return ok
}

// instead is the claim of a job whose file is damaged. Its worker is nobody, so that the
// job is taken over.
func (s *Study) instead(j *job) Claim {
	c := Claim{Job: j.Job}
	switch {
	case len(j.claims) > 0:
		c = j.claims[0]
		c.Worker, c.Attempt = "", len(j.claims)
	case j.Fresh:
		c.Steps = s.spec.Steps
		if c.Point = (search.Point{}); j.Trial > 0 && j.Trial <= len(s.trials) {
			c.Point = s.trials[j.Trial-1].point()
		}
	case j.Rung > 0 && j.Trial < len(s.trials): // of a fork the point is lost, and the trial goes on as it was
		c.Steps = s.budget(s.plan, j.Trial, s.trials[j.Trial].rungs[j.Rung-1].claims[0].Steps)
	}
	return c
}

// readResult reads how a job ended; ok is false if it has not.
func (s *Study) readResult(of Job) (r Result, ok bool, err error) {
	ok, err = s.read(of.resultFile(), &r)
	if err == nil && ok && (r.Job != of || !r.sound(len(s.spec.Objectives))) {
		err = fmt.Errorf("%s: %w", filepath.Join(s.dir, of.resultFile()), errTorn)
	}
	return r, ok, err
}

// update reads what is new of a job, and reports whether there was anything.
func (s *Study) update(j *job) (news bool) {
	if j.result != nil {
		return false
	}
	r, ok, err := s.readResult(j.Job)
	if err != nil {
		s.problem(err)
	} else if ok {
		j.result, j.reports = &r, nil
		s.changes++
		return true
	}
	for s.readClaim(j) {
		news = true
	}
	return s.readReports(j) || news
}

// readReports reads the reports of the last attempt as far as they are written.
func (s *Study) readReports(j *job) (news bool) {
	f, err := os.Open(filepath.Join(s.dir, j.reportFile(j.claim().Attempt)))
	if err != nil {
		return false
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() <= j.read {
		return false
	}
	if _, err := f.Seek(j.read, io.SeekStart); err != nil {
		return false
	}
	content, err := io.ReadAll(io.LimitReader(f, 1<<24))
	if err != nil {
		return false
	}
	for {
		end := bytes.IndexByte(content, '\n')
		if end < 0 {
			return news
		}
		var r Report
		if line := content[:end+1]; unsealed(line, &r) == nil {
			j.reports = append(j.reports, r)
			news = true
			s.changes++
		}
		j.read += int64(end + 1)
		content = content[end+1:]
	}
}

// beat is a sign of life.
type beat struct {
	Count  int  `json:"count"`
	Closed bool `json:"closed,omitempty"`
}

// readWorkers reads who works, and whether they still live.
func (s *Study) readWorkers() {
	now := time.Now()
	watched := min(now.Sub(s.listed), 2*beatEvery) // who was stopped for a while saw nobody
	if s.listed.IsZero() {
		watched = 0
	}
	s.listed = now
	names, err := s.on.List(filepath.Join(s.dir, workersDir))
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			s.problem(err)
		}
		return
	}
	for _, name := range names {
		id, ok := strings.CutSuffix(name, ".json")
		if !ok || s.workers[id] != nil || strings.HasPrefix(name, ".") {
			continue
		}
		w := &worker{}
		if ok, err := s.read(workerFile(id), &w.Worker); err != nil || !ok || w.ID != id {
			if err != nil {
				s.problem(err)
			}
			w.ID, w.closed = id, true
		}
		s.workers[id] = w
		s.changes++
	}
	for id, w := range s.workers {
		if w.closed || w.own {
			continue
		}
		text, err := os.ReadFile(filepath.Join(s.dir, beatFile(id)))
		if err != nil || string(text) == w.beat {
			w.silent += watched
			continue
		}
		w.beat, w.silent = string(text), 0
		var b beat
		if json.Unmarshal(text, &b) == nil && b.Closed {
			w.closed = true
			s.changes++
		}
	}
}
