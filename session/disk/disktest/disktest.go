// Package disktest provides a fake disk with write failures and power cuts, for
// tests.
package disktest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"descent/session/disk"
)

// Disk records for each file what was synced and what was only written, and fails
// the n-th operation and, optionally, all later ones.
type Disk struct {
	Synced, Written map[string][]byte
	Named           map[string]bool // names that would be there after a power cut
	Left            int             // operations until a failure; −1 for never
	Forever         bool
}

// New makes an empty disk that fails at the n-th operation, −1 for never, and with
// forever at all later ones.
func New(left int, forever bool) *Disk {
	return &Disk{Synced: map[string][]byte{}, Written: map[string][]byte{}, Left: left, Forever: forever}
}

// ErrFull is the error of failing operations.
var ErrFull = &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}

func (d *Disk) fails() bool {
	if d.Left < 0 {
		return false
	}
	if d.Left == 0 {
		if !d.Forever {
			d.Left = -1
		}
		return true
	}
	d.Left--
	return false
}

// Create opens a file.
func (d *Disk) Create(path string, flags int, _ fs.FileMode) (disk.File, error) {
	if d.fails() {
		return nil, ErrFull
	}
	if flags&os.O_EXCL != 0 && d.Written[path] != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: syscall.EEXIST}
	}
	if flags&os.O_TRUNC != 0 || d.Written[path] == nil {
		d.Written[path] = []byte{}
	}
	return &plainFile{d, path}, nil
}

// Rename renames a file.
func (d *Disk) Rename(from, to string) error {
	if d.fails() {
		return ErrFull
	}
	d.Written[to], d.Synced[to] = d.Written[from], d.Synced[from]
	delete(d.Written, from)
	delete(d.Synced, from)
	return nil
}

// Link gives a file a further name.
func (d *Disk) Link(from, to string) error {
	switch {
	case d.fails():
		return ErrFull
	case d.Written[to] != nil:
		return &os.LinkError{Op: "link", Old: from, New: to, Err: syscall.EEXIST}
	}
	d.Written[to], d.Synced[to] = d.Written[from], d.Synced[from]
	return nil
}

// Remove never fails.
func (d *Disk) Remove(path string) error { delete(d.Written, path); return nil }

// SyncDir makes names durable.
func (d *Disk) SyncDir(string) error {
	if d.fails() {
		return ErrFull
	}
	d.Named = map[string]bool{}
	for path := range d.Written {
		d.Named[path] = true
	}
	return nil
}

// Survives returns the contents of a file after a power cut.
func (d *Disk) Survives(path string) []byte {
	if !d.Named[path] {
		return nil
	}
	return d.Synced[path]
}

// Exists reports whether a file of that name exists.
func (d *Disk) Exists(path string) bool { return d.Written[path] != nil }

// List returns the names in a folder.
func (d *Disk) List(dir string) (names []string, err error) {
	for path := range d.Written {
		if filepath.Dir(path) == dir {
			names = append(names, filepath.Base(path))
		}
	}
	return names, nil
}

type plainFile struct {
	d    *Disk
	path string
}

func (f *plainFile) Write(b []byte) (int, error) {
	if f.d.fails() { // only half of it is written
		f.d.Written[f.path] = append(f.d.Written[f.path], b[:len(b)/2]...)
		return len(b) / 2, ErrFull
	}
	f.d.Written[f.path] = append(f.d.Written[f.path], b...)
	return len(b), nil
}

func (f *plainFile) Sync() error {
	if f.d.fails() {
		return ErrFull
	}
	f.d.Synced[f.path] = bytes.Clone(f.d.Written[f.path])
	return nil
}

func (f *plainFile) Truncate(n int64) error {
	f.d.Written[f.path] = f.d.Written[f.path][:n]
	return nil
}
func (f *plainFile) Close() error             { return nil }
func (f *plainFile) Lost(string, int64) error { return nil }
