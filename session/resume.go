package session

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"descent/core"
	"descent/input"
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
	content, err := input.Read(path, input.MaxLog)
	if err != nil {
		return nil, UsageError{err}
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
			b := &branch{
				id: e.Branch, parent: parent, from: e.Fork.Step, inherit: e.Fork.Inherit, label: e.Fork.Label,
				entries: append([]Entry(nil), parent.entries[:e.Fork.Inherit]...),
				head:    e.Fork.Step, logged: e.Fork.Step,
			}
			parent.head = max(parent.head, b.from)
			if int(e.Branch) != len(s.branches) {
				return at, false, fmt.Errorf("%s: branch %d does not follow branch %d", rec.Name, e.Branch, len(s.branches)-1)
			}
			s.branches = append(s.branches, b)
			at, rewound = position{branch: b, step: b.from, applied: b.inherit}, false
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
			b.entries = append(b.entries, e)
			b.head = max(b.head, e.Step-1)
			at, rewound = position{branch: b, step: e.Step - 1, applied: len(b.entries)}, false
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
	content, err := input.Read(path, input.MaxLog)
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
		b.curves, b.past = bi.Curves.curves(), bi.Past
		for _, ki := range bi.Kept {
			k, err := ki.kept()
			if err != nil || k.applied > len(b.entries) || !s.trainer.Takes(k.state) {
				return logged, errors.New("a snapshot in it does not fit the log")
			}
			b.kept.add(k)
		}
	}
	s.visits = i.Visits
	if i.Lines == len(rec.Entries) && int(i.At) < len(s.branches) {
		b := s.branches[i.At]
		if i.Step <= b.head && i.Applied <= len(b.entries) {
			return standing{position{branch: b, step: i.Step, applied: i.Applied}, i.Rewound}, nil
		}
	}
	return logged, nil
}

// recall makes the decisions of the present branch ones that can be taken back.
func (s *Session) recall() {
	s.undo, s.redo, s.last = nil, nil, nil
	for i := range s.applied {
		e := &s.at.entries[i]
		if n := len(s.undo); n > 0 && s.last.Step == e.Step && s.last.Set != nil && e.Set != nil && s.last.Set.Path == e.Set.Path {
			s.last = e
			continue
		}
		s.undo = append(s.undo, undoable{position: position{branch: s.at, step: e.Step - 1, applied: i, last: s.last}})
		s.last = e
	}
	s.undo = s.undo[max(0, len(s.undo)-maxUndo):]
}

// Latest is the log of the session that was written last.
func Latest() (string, error) {
	all, err := List()
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		dir, _ := sessionsDir()
		return "", fmt.Errorf("there is no session yet in %s; `descent` begins one", dir)
	}
	return all[0].Path, nil
}

// Kept is a session on the disk.
type Kept struct {
	Name      string `json:"name"` // of the file, without its ending
	Path      string `json:"path"`
	Preset    string `json:"preset"`
	Modified  string `json:"modified"` // RFC 3339
	Bytes     int64  `json:"bytes"`    // with its state
	Step      int    `json:"step"`     // where it stood, as far as the log tells
	Branches  int    `json:"branches"`
	Decisions int    `json:"decisions"`
	State     string `json:"state"` // "ended", "cut off", "running" or what is wrong with it
}

// List names the sessions under the state directory, the last written first.
func List() ([]Kept, error) {
	dir, err := sessionsDir()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", dir, plain(err))
	}
	var out []Kept
	for _, e := range entries {
		if name, ok := cutSuffix(e.Name(), ".jsonl"); ok {
			out = append(out, look(filepath.Join(dir, e.Name()), name))
		}
	}
	slices.SortStableFunc(out, func(a, b Kept) int {
		switch {
		case a.Modified > b.Modified, a.Modified == b.Modified && a.Name > b.Name:
			return -1
		}
		return 1
	})
	return out, nil
}

func cutSuffix(name, suffix string) (string, bool) {
	if len(name) > len(suffix) && name[len(name)-len(suffix):] == suffix {
		return name[:len(name)-len(suffix)], true
	}
	return "", false
}

// look reads what a log says of itself.
func look(path, name string) Kept {
	k := Kept{Name: name, Path: path}
	modified := int64(0)
	for _, p := range []string{path, statePath(path)} {
		if info, err := os.Stat(p); err == nil {
			k.Bytes += info.Size()
			if at := info.ModTime().UnixNano(); at > modified {
				modified, k.Modified = at, info.ModTime().UTC().Format("2006-01-02T15:04:05.000Z")
			}
		}
	}
	content, err := input.Read(path, input.MaxLog)
	if err == nil {
		var rec *Record
		if rec, err = ReadLog(name, bytes.NewReader(content)); err == nil {
			k.Preset, k.Branches, k.State = rec.Header.Recipe.Name, 1, "cut off"
			for _, e := range rec.Entries {
				switch {
				case e.Fork != nil:
					k.Branches++
				case e.Set != nil, e.Act != nil:
					k.Decisions++
				}
			}
			var end *End
			if _, end, k.Step, err = rec.lineage(); end != nil {
				k.State = "ended"
			}
		}
	}
	if err != nil {
		k.State = err.Error()
	}
	if l, err := lockLog(path); err != nil {
		k.State = "running"
	} else {
		l.release()
	}
	return k
}

// Remove deletes sessions by name; one that runs is refused.
func Remove(names ...string) error {
	dir, err := sessionsDir()
	if err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(dir, filepath.Base(name))
		if _, ok := cutSuffix(path, ".jsonl"); !ok {
			path += ".jsonl"
		}
		if _, err := os.Stat(path); err != nil {
			return UsageError{fmt.Errorf("there is no session %q; `descent sessions` names them", name)}
		}
		l, err := lockLog(path)
		if err != nil {
			return err
		}
		err = os.Remove(path)
		_ = os.Remove(statePath(path)) // there may be none
		l.release()
		if err != nil {
			return fmt.Errorf("%s cannot be removed: %w", path, plain(err))
		}
	}
	return nil
}
