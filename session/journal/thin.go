package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"descent/core/input"
	"descent/core/recipe"
	"descent/session/disk"
)

// running reports whether a process has the log open. A lock left behind by a
// killed process is removed.
func (f *found) running() bool {
	if !f.locked {
		return false
	}
	l, err := claim(f.path)
	if err != nil {
		return true
	}
	l.Release()
	return false
}

// Retain removes all sessions but the last n and those that are open, and returns how
// many were removed and how many are left.
func Retain(last int) (removed, left int, err error) {
	all, err := search()
	if err != nil {
		return 0, 0, err
	}
	old := all[min(last, len(all)):]
	var mu sync.Mutex
	parallel(len(old), 2, func(i int) { // one process at a time changes the folder
		if old[i].running() {
			return
		}
		e := remove(old[i].path)
		mu.Lock()
		defer mu.Unlock()
		if err = errors.Join(err, e); e == nil {
			removed++
		}
	})
	return removed, len(all) - removed, err
}

// keepLast is the number of sessions that Tidy keeps, besides those with a label.
const keepLast = 20

// Tidy removes old sessions: all but the last keepLast, those that are open, those
// with a branch that the user named, and those with a search.
func Tidy() error {
	all, err := search()
	if err != nil {
		return err
	}
	for _, f := range all[min(keepLast, len(all)):] {
		if f.odd || f.running() || f.labelled() || len(Studies(f.path)) > 0 {
			continue
		}
		err = errors.Join(err, remove(f.path))
	}
	return err
}

// labelled reports whether the user has named a branch of a session. It is also
// true if the log cannot be read, so that such a log is not removed.
func (f *found) labelled() bool {
	content, err := input.Read(f.path, input.MaxLog)
	if err != nil {
		return true
	}
	rec, err := Parse(f.name, bytes.NewReader(content))
	if err != nil {
		return true
	}
	for i, e := range rec.Entries {
		if e.Label != nil && !named(rec.Entries[i+1:], e.Branch, *e.Label) {
			return true
		}
	}
	return false
}

// named reports whether a label is that of the decision that follows it: a branch
// that starts without a change is named after its first decision.
func named(rest []Entry, branch BranchID, label string) bool {
	for _, e := range rest {
		if e.Branch == branch && e.Set != nil {
			return recipe.Words(e.Set.Path, e.Set.Value) == label
		}
		if e.Seek == nil { // whose position is that of the decision
			return false
		}
	}
	return false
}

// Unknown is the error for a name that no session has.
type Unknown string

func (u Unknown) Error() string {
	return fmt.Sprintf("there is no session %q; `descent sessions` lists them", string(u))
}

// Remove deletes sessions by name; it refuses one that is open.
func Remove(names ...string) error {
	dir, err := sessionsDir()
	if err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(dir, filepath.Base(name))
		if !strings.HasSuffix(path, ".jsonl") {
			path += ".jsonl"
		}
		if _, err := os.Stat(path); err != nil {
			return Unknown(name)
		}
		if err := remove(path); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes a log, its state and its studies, unless a process has it open.
func remove(path string) error {
	l, err := claim(path)
	if err != nil {
		return err
	}
	err = os.Remove(path)
	_ = os.Remove(StatePath(path)) // it may not exist
	_ = os.Remove(ProgressPath(path))
	if dir, failed := StudiesPath(path, ""); err == nil && failed == nil {
		for _, study := range Studies(path) {
			err = errors.Join(err, os.RemoveAll(study))
		}
		_ = os.Remove(dir) // if nothing else is in it
	}
	l.Release()
	if err != nil {
		return fmt.Errorf("%s cannot be removed: %w", path, disk.Reason(err))
	}
	return nil
}
