package disk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Scratch is a file for what memory has no room for. It has no name, or one that nobody
// looks for, and is gone when it is closed or, at the latest, when another one is made in
// the same folder after the process has ended.
type Scratch interface {
	io.ReaderAt
	io.WriterAt
	Truncate(size int64) error
	Close() error
}

// scratchStem is the beginning of the name, before the process and a number.
const scratchStem = "scratch-"

// NewScratch makes a file in a folder, which it makes too.
func NewScratch(dir string) (Scratch, error) {
	if dir == "" {
		return nil, errors.New("there is no folder for it")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	clearScratch(dir)
	f, err := os.CreateTemp(dir, scratchStem+strconv.Itoa(os.Getpid())+"-")
	if err != nil {
		return nil, err
	}
	if os.Remove(f.Name()) == nil {
		return f, nil
	}
	return named{f}, nil // a system on which what is open has a name
}

// named is a file that is removed when it is closed.
type named struct{ *os.File }

func (f named) Close() error {
	return errors.Join(f.File.Close(), os.Remove(f.Name()))
}

// clearScratch removes what processes have left that were killed.
func clearScratch(dir string) {
	all, _ := filepath.Glob(filepath.Join(dir, scratchStem+"*"))
	for _, path := range all {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), scratchStem), "-")
		if pid, err := strconv.Atoi(owner); err == nil && pid != os.Getpid() && !Alive(pid) {
			_ = os.Remove(path)
		}
	}
}
