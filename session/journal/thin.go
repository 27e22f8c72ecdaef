package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

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
