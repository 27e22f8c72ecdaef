package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"descent/core"
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
	return resumeOn(realDisk{}, path, files, progress)
}

func resumeOn(d disk, path string, files core.Files, progress func(done, total int) bool) (*Resumed, error) {
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

func reopen(d disk, path string, files core.Files, progress func(done, total int) bool, held *lock) (*Resumed, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, UsageError{fmt.Errorf("%s cannot be read: %w", path, plain(err))}
	}
	rec, err := ReadLog(path, bytes.NewReader(content))
	if err != nil {
		return nil, UsageError{err}
	}
	h := &hashed{Files: files, seen: map[string]string{}, want: rec.Header.Files}
	t, err := core.New(rec.Header.Recipe, h)
	if err != nil {
		return nil, UsageError{fmt.Errorf("%s: %w", path, err)}
	}
	out := &Resumed{}
	note := func(format string, args ...any) { out.Notes = append(out.Notes, fmt.Sprintf(format, args...)) }
	s := New(t, nil)
	s.loose = rec.Header.Arithmetic != core.Arithmetic
	s.created, s.logLines = rec.Header.Created, len(rec.Entries)
	to, rewound, err := s.rebuild(rec)
	if err != nil {
		return nil, UsageError{err}
	}
	at, err := s.remember(statePath(path), rec, to, rewound)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		note("%s is left aside, since %v; the session is computed again from its log", statePath(path), err)
	}
	at = s.follow(path, len(rec.Entries), at)
	if err := s.travel(s.lane, at.position, progress); err != nil {
		return nil, err
	}
	s.rewound = at.rewound
	s.recall()
	if s.mismatch != "" {
		note("%s", s.mismatch)
	}
	if s.loose {
		note("the log was written with arithmetic %q, this is %q: numbers may differ", rec.Header.Arithmetic, core.Arithmetic)
	}
	f, err := openLog(d, path, os.O_WRONLY)
	if err != nil {
		s.logErr = fmt.Errorf("%s cannot be written: %w", path, plain(err))
	}
	s.log = &Log{Path: path, file: f, size: rec.Size, synced: true, lock: held}
	if err != nil {
		s.log.file, s.log.open = nil, func() (file, error) { return openLog(d, path, os.O_WRONLY) }
	} else if rec.Torn {
		note("the last line of the log was cut off in the middle and is left out")
		if err := f.Truncate(rec.Size); err != nil {
			s.logErr = fmt.Errorf("%s cannot be written: %w", path, plain(err))
		}
	}
	out.Session = s
	return out, nil
}

func plain(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// rebuild makes the branches as the log tells of them, and says where the
// session stood at its end.
func (s *Session) rebuild(rec *Record) (at position, rewound bool, err error) {
	if _, _, _, err := rec.lineage(); err != nil {
		return at, false, err // it checks every line
	}
	at = position{branch: s.branches[0]}
	for _, e := range rec.Entries {
		if e.Fork != nil {
			parent := s.branches[e.Fork.Parent]
			b := begun(e.Branch, parent, e.Fork.Step, e.Fork.Inherit, e.Fork.Label)
			parent.head = max(parent.head, b.from)
			if int(e.Branch) != len(s.branches) {
				return at, false, fmt.Errorf("%s: branch %d does not follow branch %d", rec.Name, e.Branch, len(s.branches)-1)
			}
			s.branches = append(s.branches, b)
			at, rewound = position{branch: b, step: b.from, applied: b.entries.inherit}, false
			continue
		}
		b := s.branches[e.Branch]
		switch {
		case e.Label != nil:
			b.label = *e.Label
		case e.Delete != nil:
			b.deleted = *e.Delete
		case e.Reach != nil:
			b.head, b.logged = max(b.head, e.Reach.Step), e.Reach.Step
		case e.Set != nil, e.Act != nil:
			e.words = s.words(e.Command)
			b.entries.own = append(b.entries.own, &e)
			b.head = max(b.head, e.Step-1)
			at, rewound = position{branch: b, step: e.Step - 1, applied: b.entries.count()}, false
		case e.Seek != nil:
			b.head = max(b.head, e.Seek.Step)
			at, rewound = position{branch: b, step: e.Seek.Step, applied: e.Seek.Decisions}, e.Seek.Undo
		case e.End != nil:
			b.head = max(b.head, e.End.Step)
			at, rewound = position{branch: b, step: e.End.Step, applied: e.End.Decisions}, false
		}
	}
	return at, rewound, nil
}

// standing is a position, and whether an undo stands there.
type standing struct {
	position
	rewound bool
}

// remember takes over what a state file knows: how far each branch has come,
// its curves and snapshots, and where the session stood if the log says no more
// than the state knew.
func (s *Session) remember(path string, rec *Record, at position, rewound bool) (standing, error) {
	logged := standing{at, rewound}
	content, err := os.ReadFile(path)
	if err != nil {
		return logged, err
	}
	i, err := decodeImage(content)
	if err != nil {
		return logged, err
	}
	if i.Created != rec.Header.Created || i.Lines > len(rec.Entries) || len(i.Branches) > len(s.branches) {
		return logged, errors.New("it belongs to another log")
	}
	for n, bi := range i.Branches {
		b := s.branches[n]
		b.head = max(b.head, bi.Head)
		if b.curves = bi.Curves; !b.curves.sound(b) {
			return logged, errors.New("the curves in it do not fit the log")
		}
		for _, ki := range bi.Kept {
			k, err := ki.kept()
			if err != nil || k.applied > b.entries.count() || k.tip.Step != k.state.Step || !k.tip.sound() || !s.trainer.Takes(k.state) {
				return logged, errors.New("a snapshot in it does not fit the log")
			}
			s.hold(b, k)
		}
	}
	s.visits = i.Visits
	if i.Lines == len(rec.Entries) && int(i.At) < len(s.branches) {
		b := s.branches[i.At]
		if i.Step <= b.head && i.Applied <= b.entries.count() {
			return standing{position{branch: b, step: i.Step, applied: i.Applied}, i.Rewound}, nil
		}
	}
	return logged, nil
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
