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

// running tells whether a process has the log. A lock that was left behind by
// one that was killed goes.
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

// Keep removes all sessions but the last so many and those that run, and says how
// many went and how many are left.
func Keep(last int) (removed, left int, err error) {
	all, err := search()
	if err != nil {
		return 0, 0, err
	}
	old := all[min(last, len(all)):]
	var mu sync.Mutex
	parallel(len(old), 2, func(i int) { // a folder is changed by one at a time
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

// keepLast is how many sessions Tidy leaves, beside those with a label.
const keepLast = 20

// Tidy removes the sessions that have grown old: all but the last keepLast, those
// that run, and those in which a branch was given a name.
func Tidy() error {
	all, err := search()
	if err != nil {
		return err
	}
	for _, f := range all[min(keepLast, len(all)):] {
		if f.odd || f.running() || f.labelled() {
			continue
		}
		err = errors.Join(err, remove(f.path))
	}
	return err
}

// labelled tells whether a user has named a branch of a session. It is true where
// the log cannot be read, too: what is not understood is not removed.
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

// named tells whether a label is that of the decision that follows it: a branch
// which begins without a change is named after its first.
func named(rest []Entry, branch BranchID, label string) bool {
	for _, e := range rest {
		if e.Branch == branch && e.Set != nil {
			return recipe.Words(e.Set.Path, e.Set.Value) == label
		}
		if e.Seek == nil { // which tells where the decision is taken
			return false
		}
	}
	return false
}

// Unknown is a name that no session has.
type Unknown string

func (u Unknown) Error() string {
	return fmt.Sprintf("there is no session %q; `descent sessions` names them", string(u))
}

// Remove deletes sessions by name; one that runs is refused.
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

// remove deletes a log and its state, unless a process has it.
func remove(path string) error {
	l, err := claim(path)
	if err != nil {
		return err
	}
	err = os.Remove(path)
	_ = os.Remove(StatePath(path)) // there may be none
	_ = os.Remove(ReachedPath(path))
	l.Release()
	if err != nil {
		return fmt.Errorf("%s cannot be removed: %w", path, disk.Plain(err))
	}
	return nil
}
