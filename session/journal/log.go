package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"descent/session/disk"
)

// Log is a log open for writing. Every line is on disk before Append returns, or it
// is pending: lines that could not be written are retried, in order, with the next
// line and by Flush.
type Log struct {
	Path string

	disk    disk.Disk
	open    func() (disk.File, error) // nil once it is open
	file    disk.File
	size    int64    // of what is known to be written
	waiting [][]byte // lines that are pending
	half    bool     // there may be a partial line after size
	synced  bool
	named   bool  // the name is on disk too
	gone    error // why the file is gone: nothing written is kept
	lock    *Lock
	header  Header
	begun   bool // created by Begin, under a generated name: the user did not ask for the file
}

// Created returns the creation time in the header.
func (l *Log) Created() string {
	if l == nil {
		return ""
	}
	return l.header.Created
}

// Create creates a log at path. replace allows overwriting a file.
func Create(path string, h Header, replace bool) (*Log, error) {
	return CreateOn(disk.Machine{}, path, h, replace)
}

// CreateOn is Create on a given disk.
func CreateOn(d disk.Disk, path string, h Header, replace bool) (*Log, error) {
	if path == "-" {
		l := &Log{Path: path, disk: d, file: disk.Pipe{File: os.Stdout}, named: true}
		return l, l.write(h)
	}
	lock, err := Acquire(path)
	if err != nil {
		return nil, err
	}
	flags := disk.Fresh
	if replace {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := d.Create(path, flags|os.O_APPEND, disk.Public)
	if err != nil {
		lock.Release()
		return nil, disk.CannotWrite(path, err)
	}
	l := &Log{Path: path, disk: d, file: file, lock: lock, header: h}
	if err := l.write(h); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Continue opens a log that was read for appending and takes over its lock. The
// error is why it cannot be written; the log is returned nevertheless, and its
// lines are pending.
func Continue(d disk.Disk, rec *Record, held *Lock) (*Log, error) {
	again := func() (disk.File, error) { return d.Create(rec.Name, os.O_WRONLY|os.O_APPEND, disk.Private) }
	l := &Log{Path: rec.Name, disk: d, size: rec.Size, synced: true, named: true, lock: held}
	f, err := again()
	if err != nil {
		l.open = again
		return l, disk.CannotWrite(rec.Name, err)
	}
	l.file = f
	if rec.Torn {
		if err := f.Truncate(rec.Size); err != nil {
			l.half = true
			return l, disk.CannotWrite(rec.Name, err)
		}
	}
	return l, nil
}

// Append writes one entry and syncs it.
func (l *Log) Append(e Entry) error { return l.write(e) }

func (l *Log) write(line any) error {
	b, err := json.Marshal(line)
	if err != nil {
		return fmt.Errorf("the log cannot be written: %w", err)
	}
	l.waiting = append(l.waiting, Seal(b))
	return l.Flush()
}

// Flush writes pending lines. On an error they remain pending.
func (l *Log) Flush() error {
	err := l.flush()
	if err == nil {
		return nil
	}
	var p *os.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	where := l.Path
	if where == "" {
		where = "a log"
		if dir, err := sessionsDir(); err == nil {
			where = "a log under " + dir
		}
	}
	if l.gone != nil {
		return fmt.Errorf("%s: %w; this session is no longer saved there", where, err)
	}
	return fmt.Errorf("%s cannot be written: %w", where, err)
}

func (l *Log) flush() error {
	if l.open != nil {
		f, err := l.open()
		if err != nil {
			return err
		}
		l.file, l.open = f, nil
	}
	if err := l.Check(); err != nil {
		return err
	}
	for len(l.waiting) > 0 {
		l.synced = false
		if l.half { // a partial line would corrupt the next
			if err := l.file.Truncate(l.size); err != nil {
				return err
			}
			l.half = false
		}
		if _, err := l.file.Write(l.waiting[0]); err != nil {
			l.half = l.file.Truncate(l.size) != nil
			return err
		}
		l.size += int64(len(l.waiting[0]))
		l.waiting = l.waiting[1:]
	}
	if !l.synced {
		if err := l.file.Sync(); err != nil {
			return err
		}
		l.synced = true
	}
	if !l.named && l.disk != nil {
		if err := l.disk.SyncDir(filepath.Dir(l.Path)); err != nil {
			return err
		}
		l.named = true
	}
	return l.Check()
}

// Check returns why the log is no longer at its path, nil if it is. Once it is gone
// it remains so: its contents cannot be written again.
func (l *Log) Check() error {
	if l.gone == nil && l.file != nil && l.Path != "" && l.Path != "-" {
		l.gone = l.file.Lost(l.Path, l.size)
	}
	return l.gone
}

// Gone returns why the log is no longer at its path, nil if it is as far as is
// known.
func (l *Log) Gone() error {
	if l == nil {
		return nil
	}
	return l.gone
}

// Named reports whether the log is a regular file, beside which others can be
// written.
func (l *Log) Named() bool { return l != nil && l.Path != "" && l.Path != "-" }

// Close closes the file, after a last attempt to write pending lines. A log without
// any line is removed.
func (l *Log) Close() error {
	err := l.Flush()
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
		if l.size == 0 && l.gone == nil && l.header.Version > 0 && l.disk != nil {
			_ = l.disk.Remove(l.Path)
		}
	}
	l.lock.Release()
	return err
}

// Discard closes a log created by Begin and removes it, with the files beside it.
// ok is false, and nothing happens, if another process created it, the user asked
// for it, or the file is gone.
func (l *Log) Discard() (ok bool, err error) {
	if !l.begun || l.Check() != nil {
		return false, nil
	}
	err = errors.Join(l.file.Close(), l.disk.Remove(l.Path))
	_ = l.disk.Remove(StatePath(l.Path)) // it may not exist
	_ = l.disk.Remove(ProgressPath(l.Path))
	l.lock.Release()
	l.Path, l.file = "", nil
	return true, disk.CannotWrite("the folder of sessions", err)
}

// Begin creates a log with a generated name in the state directory. If that fails,
// the error is returned with a log whose lines are pending, and written as soon as
// possible.
func Begin(h Header) (*Log, error) { return BeginOn(disk.Machine{}, h) }

// BeginOn is Begin on a given disk.
func BeginOn(d disk.Disk, h Header) (*Log, error) {
	l := &Log{header: h, disk: d}
	l.open = func() (disk.File, error) { return l.begin(h.Recipe.Name) }
	return l, l.write(h)
}

// longestName bounds the part of a preset's name in that of a log, in bytes,
// leaving room for the suffixes of the files beside it.
const longestName = 100

// begin creates the file, under an unused name.
func (l *Log) begin(preset string) (disk.File, error) {
	dir, err := sessionsDir()
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, err
	}
	stem := fmt.Sprintf("%s-%s", time.Now().Format("20060102-150405"), disk.CutAt(preset, longestName))
	for n := 0; ; n++ {
		name := stem
		if n > 0 {
			name += "-" + strconv.Itoa(n)
		}
		path := filepath.Join(dir, name+".jsonl")
		f, err := l.disk.Create(path, disk.Fresh|os.O_APPEND, disk.Private)
		if errors.Is(err, os.ErrExist) && n < 1000 {
			continue
		}
		if err != nil {
			return nil, err
		}
		if l.lock, err = Acquire(path); err != nil {
			_ = f.Close()
			_ = l.disk.Remove(path)
			return nil, err
		}
		l.Path, l.begun = path, true
		return f, nil
	}
}
