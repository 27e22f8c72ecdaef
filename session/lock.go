package session

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/gofrs/flock"
)

// lock keeps two descents from writing one log. It is the system's, on a file
// beside the log, and vanishes with the process.
type lock struct{ file *flock.Flock }

// lockLog takes the lock of a log and signs it, or says who has it.
func lockLog(path string) (*lock, error) {
	l, err := claim(path)
	if err == nil && l != nil {
		_ = os.WriteFile(l.file.Path(), fmt.Appendln(nil, os.Getpid()), 0o644) // only for the sentence in claim
	}
	return l, err
}

// claim is lockLog for a moment: nobody is told who has it.
func claim(path string) (*lock, error) {
	name := path + ".lock"
	f := flock.New(name)
	ok, err := f.TryLock()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return nil, nil // a file system without locks
	case err != nil:
		return nil, said(path, err)
	case !ok:
		who := "another descent"
		if pid, err := os.ReadFile(name); err == nil && len(pid) > 0 {
			who += " (process " + strings.TrimSpace(string(pid)) + ")"
		}
		return nil, fmt.Errorf("%s is being written by %s; leave that one first", path, who)
	}
	return &lock{f}, nil
}

func (l *lock) release() {
	if l == nil {
		return
	}
	_ = os.Remove(l.file.Path()) // before it is free: afterwards it may be another's
	_ = l.file.Unlock()
}
