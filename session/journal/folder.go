package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"descent/session/disk"
)

// ahead is the tolerated difference by which the clock of a disk is ahead of that
// of the machine.
const ahead = time.Minute

// found is a log in the state directory, as listed in the folder.
type found struct {
	name, path string
	at         time.Time // modification time, never in the future
	future     time.Time // modification time of the files, if in the future
	bytes      int64
	odd        bool // not a regular file: a folder, a pipe, a device
	locked     bool // it has a lock, of a running or a killed process
}

// search finds the logs, the last modified first. It opens only those dated in the
// future, for the creation time in their first line.
func search() ([]found, error) {
	dir, err := sessionsDir()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", dir, disk.Reason(err))
	}
	beside := map[string]bool{}
	var out []found
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".jsonl"); ok && name != "" {
			out = append(out, found{name: name, path: filepath.Join(dir, e.Name())})
		} else {
			beside[e.Name()] = true
		}
	}
	now := time.Now()
	parallel(len(out), readers(), func(i int) {
		f := &out[i]
		file := filepath.Base(f.path)
		f.locked = beside[LockPath(file)]
		paths := []string{f.path}
		if beside[StatePath(file)] {
			paths = append(paths, StatePath(f.path))
		}
		for _, p := range paths {
			if info, err := os.Stat(p); err == nil {
				f.odd = f.odd || !info.Mode().IsRegular()
				f.bytes += info.Size()
				if at := info.ModTime(); at.After(f.at) {
					f.at = at
				}
			}
		}
		if f.at.After(now.Add(ahead)) {
			f.future, f.at = f.at, time.Time{}
			if rec, err := f.head(); err == nil {
				if at, err := time.Parse(time.RFC3339, rec.Header.Created); err == nil && !at.After(now.Add(ahead)) {
					f.at = at
				}
			}
		}
	})
	slices.SortStableFunc(out, func(a, b found) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.name, a.name)) })
	return out, nil
}

// readers returns the number of logs to read concurrently: most of them wait for
// the disk.
func readers() int { return 4 * runtime.GOMAXPROCS(0) }

// parallel calls do for 0 to n−1, with a bounded number of goroutines.
func parallel(n, at int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, at) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// headLimit bounds the first line of a log, in bytes.
const headLimit = 64 << 20

// errOdd is the error for something that is not a file but has the name of a log.
var errOdd = errors.New("it is not a regular file")

// head reads the first line of a log.
func (f *found) head() (*Record, error) {
	if f.odd {
		return nil, errOdd
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", disk.Reason(err))
	}
	defer file.Close()
	line, err := bufio.NewReader(io.LimitReader(file, headLimit)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it cannot be read: %w", disk.Reason(err))
	}
	if len(line) == 0 {
		return nil, errors.New("it is empty")
	}
	return Parse(f.name, bytes.NewReader(line))
}
