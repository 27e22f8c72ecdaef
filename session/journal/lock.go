package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"descent/session/disk"

	"github.com/gofrs/flock"
)

// Lock prevents two processes from writing one log. It is a lock of the operating
// system on a file beside the log, and is released with the process.
type Lock struct{ file *flock.Flock }

// Acquire takes the lock of a log and records the process id in it; the error names
// the process that holds it.
func Acquire(path string) (*Lock, error) {
	l, err := claim(path)
	if err == nil && l != nil {
		sign(l.file.Path())
	}
	return l, err
}

// claim is Acquire without recording the process id.
func claim(path string) (*Lock, error) {
	name := LockPath(path)
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s was not written by descent; remove it", name)
	}
	for range 100 {
		f := flock.New(name, flock.SetFlag(os.O_CREATE|os.O_RDWR|disk.NoFollow), flock.SetPermissions(disk.Private))
		ok, err := f.TryLock()
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			return nil, nil // a file system without locks
		case err != nil:
			return nil, disk.CannotWrite(path, err)
		case !ok:
			who := "another descent"
			if pid := holder(name); pid > 0 {
				who += fmt.Sprintf(" (process %d)", pid)
			}
			return nil, fmt.Errorf("%s is being written by %s; quit that one first", path, who)
		}
		if own, err := f.Stat(); err == nil {
			if there, err := os.Lstat(name); err != nil || !os.SameFile(own, there) {
				_ = f.Unlock() // its holder has removed it meanwhile
				continue
			}
			if own.Size() > longestHolder {
				_ = f.Unlock()
				return nil, fmt.Errorf("%s was not written by descent; remove it", name)
			}
		}
		return &Lock{f}, nil
	}
	return nil, fmt.Errorf("%s cannot be locked: its lock file keeps changing", path)
}

// longestHolder bounds the size of a lock file, in bytes.
const longestHolder = 32

// sign writes the process id into a lock file, for the error messages of other
// processes.
func sign(name string) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_TRUNC|disk.NoFollow, disk.Private)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = fmt.Fprintln(f, os.Getpid())
}

// holder returns the id of the process that holds a lock, 0 if unknown.
func holder(name string) int {
	f, err := os.OpenFile(name, os.O_RDONLY|disk.NoFollow, 0)
	if err != nil {
		return 0
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestHolder))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}

// Release releases the lock and removes its file.
func (l *Lock) Release() {
	if l == nil {
		return
	}
	_ = os.Remove(l.file.Path()) // before unlocking: afterwards it may be held by another process
	_ = l.file.Unlock()
}
