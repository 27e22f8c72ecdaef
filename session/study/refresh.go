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
	return s.refresh()
}

func (s *Study) refresh() error {
	if _, err := os.Stat(s.dir); err != nil {
		return err
	}
	s.readDecisions()
	for { // trials are claimed in order, so that the first gap is the end
		j := s.open(Job{Trial: len(s.trials)})
		if j == nil {
			break
		}
		s.trials = append(s.trials, &trial{rungs: []*job{j}})
		s.changes++
	}
	for _, t := range s.trials {
		s.follow(t)
	}
	for _, j := range s.fresh {
		s.update(j)
	}
	if s.listed.IsZero() || time.Since(s.listed) > time.Second {
		s.readWorkers()
		s.readFresh()
	}
	return nil
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
		if j := s.open(of); j != nil {
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
	s.exhausted, s.idle = false, false
	for _, t := range s.trials {
		t.shown, t.progress = nil, nil // it may be outside now, or stopped
	}
	s.changes++
}

// follow reads what is new of a trial.
func (s *Study) follow(t *trial) {
	for {
		j := t.last()
		if s.update(j) {
			t.stale()
		}
		if j.result == nil || j.result.Outcome != Waiting {
			return
		}
		next := s.open(Job{Trial: j.Trial, Rung: j.Rung + 1})
		if next == nil {
			return
		}
		t.rungs = append(t.rungs, next)
		t.stale()
		s.changes++
	}
}

// open reads a job that was claimed; nil if it was not.
func (s *Study) open(of Job) *job {
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
	ok, err := s.read(j.claimFile(len(j.claims)), &c)
	if err != nil {
		s.problem(err)
		c = Claim{Job: j.Job, Attempt: len(j.claims)} // its worker is nobody, and the job is taken over
		if c.Attempt == 0 {
			c.Point = search.Point{}
		} else {
			c.Point, c.Steps, c.Note = j.claims[0].Point, j.claims[0].Steps, j.claims[0].Note
		}
		ok = true
	}
	if ok {
		j.claims = append(j.claims, c)
		j.reports, j.read = nil, 0
		s.changes++
	}
	return ok
}

// update reads what is new of a job, and reports whether there was anything.
func (s *Study) update(j *job) (news bool) {
	if j.result != nil {
		return false
	}
	var r Result
	ok, err := s.read(j.resultFile(), &r)
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
	s.listed = time.Now()
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
		w := &worker{seen: s.listed}
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
			continue
		}
		w.beat, w.seen = string(text), s.listed
		var b beat
		if json.Unmarshal(text, &b) == nil && b.Closed {
			w.closed = true
			s.changes++
		}
	}
}
