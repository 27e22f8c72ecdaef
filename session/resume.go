package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"

	"descent/core"
	"descent/core/input"
	"descent/core/optim"
	"descent/core/recipe"
	"descent/session/disk"
	"descent/session/journal"
)

// Resumed is a reopened session with notes about it.
type Resumed struct {
	Session *Session
	Notes   []string // one sentence each, such as on an incomplete line or a damaged state file
}

// Resume reopens a session at its last position, with all branches and what can be
// undone. Steps since the last saved state are recomputed, which is reported to
// progress. Later decisions are appended to the same log.
func Resume(path string, files core.Files, progress func(done, total int) bool) (*Resumed, error) {
	return resumeOn(disk.Machine{}, path, files, progress)
}

// Peek is Resume for reading only: it needs no write permission, and decisions of
// the session are not saved.
func Peek(path string, files core.Files, progress func(done, total int) bool) (*Resumed, error) {
	return reopen(nil, path, files, progress, nil)
}

// Recompute computes the state at the end of a log from its lines alone: there need be
// no file. With another seed than the log's it is the state to which the same decisions
// lead with that seed. Decisions of the session are not saved.
func Recompute(ctx context.Context, rec *journal.Record, seed uint64, files core.Files) (*Session, error) {
	if seed != rec.Header.Recipe.Seed {
		other := *rec
		other.Header.Recipe.Seed = seed
		other.Header.Lessons = nil // their weights follow from the seed
		rec = &other
	}
	t, _, err := OpenRecord(ctx, rec, files)
	if err != nil {
		return nil, UsageError{err}
	}
	s := New(t, nil)
	s.loose, s.created, s.logLines = true, rec.Header.Created, len(rec.Entries)
	at := s.rebuild(rec.Read(t, t.Data() == nil))
	err = s.travel(s.cursor, at.position, func(int, int) bool { return ctx.Err() == nil })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return s, err
}

// PlateauMemory returns what the schedule that watches the loss keeps between two
// evaluations: with the trainer's snapshot it is all that training goes on from.
func (s *Session) PlateauMemory() optim.PlateauMemory { return s.plateau }

func resumeOn(d disk.Disk, path string, files core.Files, progress func(done, total int) bool) (*Resumed, error) {
	lock, err := journal.Acquire(path)
	if err != nil {
		return nil, UsageError{err}
	}
	r, err := reopen(d, path, files, progress, lock)
	if err != nil {
		lock.Release()
	}
	return r, err
}

func reopen(d disk.Disk, path string, files core.Files, progress func(done, total int) bool, held *journal.Lock) (*Resumed, error) {
	content, err := input.Read(path, input.MaxLog)
	if err != nil {
		return nil, UsageError{err}
	}
	rec, err := journal.Parse(path, bytes.NewReader(content))
	if err != nil {
		return nil, UsageError{err}
	}
	t, notes, err := OpenRecord(context.Background(), rec, files)
	if err != nil {
		return nil, UsageError{fmt.Errorf("%s: %w", path, err)}
	}
	out := &Resumed{}
	note := func(format string, args ...any) { out.Notes = append(out.Notes, fmt.Sprintf(format, args...)) }
	out.Notes = append(out.Notes, notes...)
	s := New(t, nil)
	s.loose = rec.Header.Arithmetic != rec.Header.Recipe.Computes()
	s.created, s.logLines = rec.Header.Created, len(rec.Entries)
	read := rec.Read(t, t.Data() == nil)
	for _, text := range read.Notes() {
		note("%s", text)
	}
	at, err := s.remember(path, rec, s.rebuild(read))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		note("%s is ignored, since %v; the session is recomputed from its log", journal.StatePath(path), err)
	}
	at = s.follow(path, len(rec.Entries), at)
	err = s.travel(s.cursor, at.position, progress)
	switch {
	case errors.Is(err, ErrCancelled):
		return nil, err
	case err != nil:
		note("%v; the session is opened at its first step", err)
		if err := s.travel(s.cursor, position{branch: s.branches[0]}, nil); err != nil {
			return nil, err
		}
	default:
		s.rewound = at.rewound
	}
	s.recall()
	if s.mismatch != "" {
		note("%s", s.mismatch)
	}
	if n := len(read.Faults); n > 0 && s.mismatch == "" {
		s.mismatch = fmt.Sprintf("%s of the log cannot be applied; `descent check` says why", count(n, "line"))
	}
	if s.loose {
		note("the log was written with arithmetic %q, this is %q: numbers may differ", rec.Header.Arithmetic, recipe.Arithmetic)
	}
	out.Session = s
	if rec.Torn {
		note("the last line of the log was cut off in the middle and is left out")
	}
	if d != nil {
		s.log, s.logErr = journal.Continue(d, rec, held)
	}
	return out, nil
}

// rebuild reconstructs the branches from the valid lines of the log, and returns
// the position at its end.
func (s *Session) rebuild(d *journal.Reading) standing {
	at := journal.BranchID(0) // the branch on which the session stands
	for i, e := range d.Record.Entries {
		if e.Fork != nil && int(e.Branch) == len(s.branches) {
			lost := d.Branches[e.Branch].Lost
			if s.branches = append(s.branches, s.first(e, lost)); !lost {
				s.told(e)
				at = e.Branch
			}
			continue
		}
		if d.Aside[i] {
			continue
		}
		b := s.branches[e.Branch]
		if e.Seek != nil && e.Seek.Undo {
			s.strike(at, e.Seek.Decisions, math.MaxInt, true)
		}
		if e.Set != nil || e.Act != nil || e.Seek != nil {
			at = e.Branch
		}
		switch {
		case e.Label != nil:
			b.label = *e.Label
		case e.Delete != nil:
			b.deleted = *e.Delete
		case e.Set != nil, e.Act != nil:
			b.entries.own = append(b.entries.own, &Decision{e, s.words(e.Command)})
		case e.Reach != nil:
			b.logged = e.Reach.Step
		}
		s.told(e)
	}
	s.branches[0].knobs = nil // of its end, which is computed when it is asked for
	for i, b := range s.branches {
		known := d.Branches[i]
		b.head = max(b.head, known.Reached)
		if b.sealed = known.Sealed; b.sealed {
			b.head = known.Last
		}
	}
	return standing{position{branch: s.branches[d.At.Branch], step: d.At.Step, applied: d.At.Decisions}, d.At.Undo}
}

// first makes a branch from its first line. An invalid one keeps its number, and
// counts as deleted.
func (s *Session) first(e journal.Entry, lost bool) *branch {
	if lost {
		b := begun(e.Branch, s.branches[0], 0, 0, "")
		b.deleted, b.lost = true, true
		return b
	}
	return begun(e.Branch, s.branches[e.Fork.Parent], e.Fork.Step, e.Fork.Inherit, e.Fork.Label)
}

// standing is a position, and whether it was reached by an undo.
type standing struct {
	position
	rewound bool
}

// remember takes over the state file beside a log: the head of each branch, its
// curves and snapshots, and the position of the session unless the log has a later
// one.
func (s *Session) remember(path string, rec *journal.Record, logged standing) (standing, error) {
	content, err := journal.ReadState(path)
	if err != nil {
		return logged, err
	}
	i, err := decodeState(content)
	if err != nil {
		return logged, err
	}
	if err := i.validate(s, len(rec.Entries)); err != nil {
		return logged, err
	}
	all := make([][]kept, len(i.Branches))
	for n, bi := range i.Branches {
		b := s.branches[n]
		later := b.sealed && bi.Head > b.head || b.lost && bi.Head > 0
		if later {
			return logged, errors.New("it has steps that can no longer be recomputed")
		}
		if !b.lost && !bi.Curves.Valid(b.from, max(b.head, bi.Head)) {
			return logged, errors.New("its curves do not match the log")
		}
		for _, ki := range bi.Kept {
			k, err := ki.kept()
			if err == nil {
				err = s.trainer.Sound(k.state)
			}
			if err == nil && (b.lost || k.tip.Step != k.state.Step || !k.tip.Sound() || !holds(b, k.state.Step, k.applied)) {
				err = errors.New("a snapshot has other steps or decisions")
			}
			if err != nil {
				return logged, fmt.Errorf("a snapshot does not match the log: %w", err)
			}
			all[n] = append(all[n], k)
		}
	}
	for n, bi := range i.Branches { // no errors from here on
		b := s.branches[n]
		if b.lost {
			continue
		}
		b.head = max(b.head, bi.Head)
		b.curves.Restore(bi.Curves)
		for _, k := range all[n] {
			s.hold(b, k)
		}
	}
	s.visits = i.Visits
	if i.Lines == len(rec.Entries) {
		b := s.branches[i.At]
		if !b.lost && i.Step <= b.head && holds(b, i.Step, i.Applied) {
			return standing{position{branch: b, step: i.Step, applied: i.Applied}, i.Rewound}, nil
		}
	}
	return logged, nil
}

// follow returns the position of a killed session: the logged one, or a later one
// if the progress file beside the log has one.
func (s *Session) follow(path string, lines int, logged standing) standing {
	r, ok := journal.ReadProgress(path, s.created, lines)
	if !ok {
		return logged
	}
	can := func(id journal.BranchID, step, decisions int) bool {
		if id < 0 || int(id) >= len(s.branches) {
			return false
		}
		b := s.branches[id]
		return !b.lost && stepInRange(step) && (!b.sealed || step <= b.head) && holds(b, step, decisions)
	}
	if !can(r.Branch, r.Step, r.Decisions) {
		return logged
	}
	for _, l := range append(r.Racers, journal.Racing{Branch: r.Branch, Step: r.Step}) {
		if l.Branch < 0 || int(l.Branch) >= len(s.branches) || !stepInRange(l.Step) {
			continue
		}
		if b := s.branches[l.Branch]; !b.lost && !b.sealed {
			b.head = max(b.head, l.Step)
		}
	}
	return standing{position{branch: s.branches[r.Branch], step: r.Step, applied: r.Decisions}, r.Undo}
}

// CheckState returns why the state file beside a log cannot be used, nil if it can;
// t is a trainer of the log, which is not modified.
func CheckState(t *core.Trainer, path string, rec *journal.Record, read *journal.Reading) error {
	s := New(t.Copy(), nil)
	s.created = rec.Header.Created
	_, err := s.remember(path, rec, s.rebuild(read))
	return err
}
