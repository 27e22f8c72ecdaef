package study

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"descent/core/input"
	"descent/core/recipe"
	"descent/core/search"
	"descent/session/disk"
	"descent/session/journal"
)

// Report publishes what a job measured, for pruning and for the screen, and returns
// whether the trial is to be stopped now, and why: outcome is "" if it goes on.
func (h *Hand) Report(c Claim, r Report) (outcome Outcome, why string, err error) {
	s := h.s
	s.mu.Lock()
	defer s.mu.Unlock()
	line, err := sealed(r)
	if err != nil {
		return "", "", err
	}
	f := h.reports[c.Job]
	if f == nil {
		path := filepath.Join(s.dir, c.reportFile(c.Attempt))
		if f, err = s.on.Create(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, disk.Public); err != nil {
			return "", "", disk.CannotWrite(path, err)
		}
		h.reports[c.Job] = f
	}
	if _, err := f.Write(line); err != nil {
		return "", "", disk.CannotWrite(s.dir, err)
	}
	if c.Fresh {
		return "", "", nil
	}
	s.readDecisions()
	t := s.trials[c.Trial]
	if j := t.rungs[c.Rung]; j.claim().Attempt == c.Attempt && j.result == nil {
		j.reports = append(j.reports, r)
		j.read += int64(len(line))
		s.changed(t)
	}
	if s.plan.Stop[c.Trial] {
		return Stopped, "stopped by hand", nil
	}
	if s.spec.Population > 0 {
		return "", "", nil
	}
	s.current()
	if p := s.prunerOf(s.plan); p.Stop(s.live[c.Trial], without(s.live, c.Trial)) {
		return Pruned, fmt.Sprintf("by the pruner %s at step %d", s.plan.Pruner, r.Step), nil
	}
	return "", "", nil
}

// Stopped reports whether the user has stopped a trial.
func (h *Hand) Stopped(c Claim) bool {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	return !c.Fresh && h.s.plan.Stop[c.Trial]
}

func without[T any](list []T, i int) []T {
	out := make([]T, 0, len(list)-1)
	return append(append(out, list[:i]...), list[i+1:]...)
}

// Keep publishes the state of a job, so that it can be trained on later, or by somebody
// else; it replaces an earlier one of the same attempt.
func (h *Hand) Keep(c Claim, state []byte) error {
	path := filepath.Join(h.s.dir, c.stateFile(c.Attempt))
	return disk.CannotWrite(path, disk.Replace(h.s.on, path, state))
}

// KeepLog keeps the log of a trial in the folder; one that is there stays.
func (h *Hand) KeepLog(trial int, log []byte) error {
	path := filepath.Join(h.s.dir, LogFile(trial))
	_, err := disk.Publish(h.s.on, path, log)
	return disk.CannotWrite(path, err)
}

// Kept returns the state that a job continues from: that of an earlier attempt, of the
// rung before or of its parent; nil to begin at the start. Whether it is whole is for
// the caller to see.
func (h *Hand) Kept(c Claim) ([]byte, error) {
	for attempt := c.Attempt; attempt >= 0; attempt-- {
		if b, err := h.s.state(c.Job, attempt); b != nil || err != nil {
			return b, err
		}
	}
	from := Job{Trial: c.Trial, Rung: c.Rung - 1}
	if c.Parent != nil {
		from = *c.Parent
	}
	if c.Fresh || from.Rung < 0 {
		return nil, nil
	}
	h.s.mu.Lock()
	attempt := 0
	if t := h.s.trials[from.Trial]; from.Rung < len(t.rungs) && t.rungs[from.Rung].result != nil {
		attempt = t.rungs[from.Rung].result.Attempt
	}
	h.s.mu.Unlock()
	return h.s.state(from, attempt)
}

func (s *Study) state(j Job, attempt int) ([]byte, error) {
	path := filepath.Join(s.dir, j.stateFile(attempt))
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	b, err := input.Read(path, input.MaxLog)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return bytes.Clone(b), err
}

// End publishes the result of a job, synced when the call returns. If somebody else has
// ended it meanwhile, that result stands.
func (h *Hand) End(c Claim, r Result) error {
	if err := h.s.end(c, r); err != nil {
		return err
	}
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	if f := h.reports[c.Job]; f != nil {
		_ = f.Close()
		delete(h.reports, c.Job)
	}
	return nil
}

func (s *Study) end(c Claim, r Result) error {
	r.Job, r.Attempt = c.Job, c.Attempt
	content, err := sealed(r)
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, c.resultFile())
	created, err := disk.Publish(s.on, path, content)
	if err != nil {
		return disk.CannotWrite(path, err)
	}
	if !created { // either it was ended, or what is there is damaged
		there, _, err := s.readResult(c.Job)
		if err != nil {
			s.mu.Lock()
			s.problem(err)
			s.mu.Unlock()
			if err := s.on.Rename(path, path+".damaged"); err != nil {
				return disk.CannotWrite(path, err)
			}
			if _, err := disk.Publish(s.on, path, content); err != nil {
				return disk.CannotWrite(path, err)
			}
		} else {
			r = there
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, c.Job)
	s.ended(c, r)
	return nil
}

// ended takes notice of a result, and removes what nobody needs any more: what it says
// stands in the result.
func (s *Study) ended(c Claim, r Result) {
	s.changes++
	for attempt := range c.Attempt + 1 {
		_ = s.on.Remove(filepath.Join(s.dir, c.reportFile(attempt)))
		if attempt != r.Attempt || !s.goesOn(&r) {
			_ = s.on.Remove(filepath.Join(s.dir, c.stateFile(attempt)))
		}
	}
	if c.Fresh {
		j := s.fresh[c.Job]
		j.result, j.reports = &r, nil
		return
	}
	t := s.trials[c.Trial]
	j := t.rungs[c.Rung]
	j.result, j.reports = &r, nil
	s.changed(t)
	if s.spec.Population > 0 {
		s.clear() // another member may begin from an earlier state
		return
	}
	for _, before := range t.rungs[:c.Rung] {
		_ = s.on.Remove(filepath.Join(s.dir, before.stateFile(before.result.Attempt)))
	}
}

// Decide takes a decision: it is synced, and in force, when the call returns.
func (s *Study) Decide(d Decision) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.allows(d); err != nil {
		return err
	}
	content, err := sealed(d)
	if err != nil {
		return err
	}
	for {
		s.readDecisions()
		path := filepath.Join(s.dir, decisionFile(len(s.decisions)+1))
		if err := s.folder(filepath.Dir(path)); err != nil {
			return err
		}
		created, err := disk.Publish(s.on, path, content)
		if err != nil {
			return disk.CannotWrite(path, err)
		}
		if created {
			s.accept(d)
			return nil
		}
	}
}

// settable says in one sentence what of a point cannot be set.
func (s *Study) settable(p search.Point) error {
	r := s.recipe
	for _, names := range []bool{true, false} { // names bring other knobs
		for _, path := range slices.Sorted(maps.Keys(p)) {
			if strings.HasSuffix(path, ".name") != names {
				continue
			}
			if err := r.Set(path, p[path]); err != nil {
				return fmt.Errorf("%s=%s: %w", path, p[path], err)
			}
		}
	}
	return nil
}

// allows says in one sentence why a decision cannot be taken now.
func (s *Study) allows(d Decision) error {
	switch {
	case d.Enqueue != nil:
		return s.settable(d.Enqueue)
	case d.Stop != nil && (*d.Stop < 0 || *d.Stop >= len(s.trials)):
		return fmt.Errorf("there is no trial %d", *d.Stop)
	case d.Stop != nil && s.trials[*d.Stop].last().result != nil && s.trials[*d.Stop].last().result.Outcome != Waiting:
		return fmt.Errorf("trial %d has ended already", *d.Stop)
	case d.Pin != nil && (d.Pin.Trial < 0 || d.Pin.Trial >= len(s.trials)):
		return fmt.Errorf("there is no trial %d", d.Pin.Trial)
	}
	return s.possible(d)
}

// Imported is a trial that was trained elsewhere.
type Imported struct {
	From   string // what it was there; what is in the study already is not imported again
	Point  search.Point
	State  search.State // complete, pruned or failed
	Values []journal.Float
}

// importer is the worker of the claims of imported trials.
const importer = "import"

// Import adds trials that were trained elsewhere, and returns how many. Samplers are told
// of them as of all others; they count neither as trials of the budget nor for the best,
// which descent has to have trained.
func (s *Study) Import(trials []Imported) (n int, err error) {
	s.asking.Lock()
	defer s.asking.Unlock()
	for _, one := range trials {
		for { // somebody may claim the number
			c, there, err := s.importing(one)
			if err != nil {
				return n, err
			}
			if there {
				break
			}
			created, err := s.claim(c)
			if err != nil {
				return n, err
			}
			if !created {
				continue
			}
			r := Result{Outcome: Done, Values: one.Values, Metrics: map[string]journal.Float{}, Why: "trained elsewhere: " + one.From}
			switch one.State {
			case search.Pruned, search.Waiting:
				r.Outcome = Pruned
			case search.Failed:
				r.Outcome, r.Values = Failed, nil
			}
			if err := s.end(c, r); err != nil {
				return n, err
			}
			n++
			break
		}
	}
	return n, nil
}

// importing is the claim of a trial that was trained elsewhere; there tells that the study
// has it.
func (s *Study) importing(one Imported) (c Claim, there bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refresh(0); err != nil {
		return c, false, err
	}
	for _, t := range s.trials {
		if t.rungs[0].claims[0].Imported == one.From {
			return c, true, nil
		}
	}
	return s.knowing(Claim{
		Job: Job{Trial: len(s.trials)}, Worker: importer, Release: Release(), Arithmetic: recipe.Arithmetic,
		Point: one.Point, Steps: s.spec.Steps, Imported: one.From,
	}, len(s.trials)), false, nil
}
