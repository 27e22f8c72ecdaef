package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"descent/core"
	"descent/core/input"
	"descent/core/recipe"
	"descent/session/disk"
)

// Resumed is a session that was opened again, and what there is to say about it.
type Resumed struct {
	Session *Session
	Notes   []string // a torn line was cut off, a state was damaged: a sentence each
}

// Resume opens a log where the session stood when it was last written: every
// branch, and what can be taken back. What was trained since the last state is
// computed again; progress is told how far that has come. Later decisions are
// appended to the same log.
func Resume(path string, files core.Files, progress func(done, total int) bool) (*Resumed, error) {
	return resumeOn(disk.Machine{}, path, files, progress)
}

// Peek opens a log as Resume does, but for reading alone: it needs no right to
// write, and what is decided in the session is kept nowhere.
func Peek(path string, files core.Files, progress func(done, total int) bool) (*Resumed, error) {
	return reopen(nil, path, files, progress, nil)
}

func resumeOn(d disk.Disk, path string, files core.Files, progress func(done, total int) bool) (*Resumed, error) {
	lock, err := lockLog(path)
	if err != nil {
		return nil, UsageError{err}
	}
	r, err := reopen(d, path, files, progress, lock)
	if err != nil {
		lock.release()
	}
	return r, err
}

func reopen(d disk.Disk, path string, files core.Files, progress func(done, total int) bool, held *lock) (*Resumed, error) {
	content, err := input.Read(path, input.MaxLog)
	if err != nil {
		return nil, UsageError{err}
	}
	rec, err := ReadLog(path, bytes.NewReader(content))
	if err != nil {
		return nil, UsageError{err}
	}
	h := &hashed{Files: files, seen: newInputs(), want: rec.Header.inputs()}
	t, err := core.New(rec.Header.Recipe, h)
	if err != nil {
		return nil, UsageError{fmt.Errorf("%s: %w", path, err)}
	}
	out := &Resumed{}
	note := func(format string, args ...any) { out.Notes = append(out.Notes, fmt.Sprintf(format, args...)) }
	out.Notes = append(out.Notes, h.notes...)
	s := New(t, nil)
	s.loose = rec.Header.Arithmetic != rec.Header.Recipe.Computes()
	s.created, s.logLines = rec.Header.Created, len(rec.Entries)
	read := rec.read(t, t.Data() == nil)
	for _, text := range read.say() {
		note("%s", text)
	}
	at, err := s.remember(statePath(path), rec, s.rebuild(read))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		note("%s is left aside, since %v; the session is computed again from its log", statePath(path), err)
	}
	at = s.follow(path, len(rec.Entries), at)
	err = s.travel(s.lane, at.position, progress)
	switch {
	case errors.Is(err, ErrCancelled):
		return nil, err
	case err != nil:
		note("%v; the session is opened at its first step", err)
		if err := s.travel(s.lane, position{branch: s.branches[0]}, nil); err != nil {
			return nil, err
		}
	default:
		s.rewound = at.rewound
	}
	s.recall()
	if s.mismatch != "" {
		note("%s", s.mismatch)
	}
	if n := len(read.faults); n > 0 && s.mismatch == "" {
		s.mismatch = fmt.Sprintf("%s of the log cannot be applied; `descent check` says why", count(n, "line"))
	}
	if s.loose {
		note("the log was written with arithmetic %q, this is %q: numbers may differ", rec.Header.Arithmetic, recipe.Arithmetic)
	}
	out.Session = s
	if d == nil {
		if rec.Torn {
			note("the last line of the log was cut off in the middle and is left out")
		}
		return out, nil
	}
	again := func() (disk.File, error) { return d.Create(path, os.O_WRONLY|os.O_APPEND, disk.Private) }
	f, err := again()
	if err != nil {
		s.logErr = fmt.Errorf("%s cannot be written: %w", path, disk.Plain(err))
	}
	s.log = &Log{Path: path, disk: d, file: f, size: rec.Size, synced: true, named: true, lock: held}
	if err != nil {
		s.log.file, s.log.open = nil, again
	} else if rec.Torn {
		note("the last line of the log was cut off in the middle and is left out")
		if err := f.Truncate(rec.Size); err != nil {
			s.log.half = true
			s.logErr = fmt.Errorf("%s cannot be written: %w", path, disk.Plain(err))
		}
	}
	return out, nil
}

// rebuild makes the branches as the log tells of them, as far as it holds, and
// says where the session stood at its end.
func (s *Session) rebuild(d *reading) standing {
	for i, e := range d.rec.Entries {
		if e.Fork != nil && int(e.Branch) == len(s.branches) {
			s.branches = append(s.branches, s.first(e, d.branches[e.Branch].lost))
			continue
		}
		if d.aside[i] {
			continue
		}
		b := s.branches[e.Branch]
		switch {
		case e.Label != nil:
			b.label = *e.Label
		case e.Delete != nil:
			b.deleted = *e.Delete
		case e.Set != nil, e.Act != nil:
			e.words = s.words(e.Command)
			b.entries.own = append(b.entries.own, &e)
		case e.Reach != nil:
			b.logged = e.Reach.Step
		}
	}
	for i, b := range s.branches {
		known := d.branches[i]
		b.head = max(b.head, known.reached)
		if b.sealed = known.sealed; b.sealed {
			b.head = known.last
		}
	}
	return standing{position{branch: s.branches[d.at.branch], step: d.at.step, applied: d.at.applied}, d.at.rewound}
}

// first is a branch by its first line. One that does not hold keeps its number,
// and is as if it had been deleted.
func (s *Session) first(e Entry, lost bool) *branch {
	if lost {
		b := begun(e.Branch, s.branches[0], 0, 0, "")
		b.deleted, b.lost = true, true
		return b
	}
	return begun(e.Branch, s.branches[e.Fork.Parent], e.Fork.Step, e.Fork.Inherit, e.Fork.Label)
}

// standing is a position, and whether an undo stands there.
type standing struct {
	position
	rewound bool
}

// remember takes over what a state file knows: how far each branch has come,
// its curves and snapshots, and where the session stood if the log says no more
// than the state knew.
func (s *Session) remember(path string, rec *Record, logged standing) (standing, error) {
	content, err := input.Read(path, input.MaxLog)
	if err != nil {
		return logged, err
	}
	i, err := decodeImage(content)
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
			return logged, errors.New("it knows of steps that cannot be computed any more")
		}
		ahead := *b
		ahead.head = max(b.head, bi.Head)
		if !b.lost && !bi.Curves.sound(&ahead) {
			return logged, errors.New("the curves in it do not fit the log")
		}
		for _, ki := range bi.Kept {
			k, err := ki.kept()
			if err == nil {
				err = s.trainer.Sound(k.state)
			}
			if err == nil && (b.lost || k.tip.Step != k.state.Step || !k.tip.sound() || !holds(b, k.state.Step, k.applied)) {
				err = errors.New("a snapshot counts other steps or decisions")
			}
			if err != nil {
				return logged, fmt.Errorf("a snapshot in it does not fit the log: %w", err)
			}
			all[n] = append(all[n], k)
		}
	}
	for n, bi := range i.Branches { // from here on nothing is refused
		b := s.branches[n]
		if b.lost {
			continue
		}
		b.head, b.curves = max(b.head, bi.Head), bi.Curves
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

// holds tells whether so many decisions can have been taken after a step of a branch.
func holds(b *branch, step, applied int) bool {
	if applied < 0 || applied > b.entries.count() || applied < b.entries.upTo(step) {
		return false
	}
	return applied <= b.entries.upTo(step+1)
}

// recall makes the decisions of the present branch ones that can be taken back.
func (s *Session) recall() {
	s.undo, s.redo, s.last = nil, nil, nil
	for i, e := range s.decisions()[:s.applied] {
		if n := len(s.undo); n > 0 && s.last.Step == e.Step && s.last.Set != nil && e.Set != nil && s.last.Set.Path == e.Set.Path {
			s.last = e
			continue
		}
		s.undo = append(s.undo, undoable{position: position{branch: s.at, step: e.Step - 1, applied: i, last: s.last}})
		s.last = e
	}
	s.undo = s.undo[max(0, len(s.undo)-maxUndo):]
}
