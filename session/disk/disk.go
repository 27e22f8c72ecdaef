// Package disk abstracts the file system for all writes. Tests replace it with one
// that loses unsynced data and fails on demand.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
)

// Disk is the part of a file system that writing needs.
type Disk interface {
	// Create opens a file for writing. With O_EXCL symbolic links are not followed.
	Create(path string, flags int, mode fs.FileMode) (File, error)
	Rename(from, to string) error
	// Link gives a file a further name, and fails where that exists.
	Link(from, to string) error
	Remove(path string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(dir string) error
	Exists(path string) bool
	List(dir string) ([]string, error)
}

// File is a file open for appending.
type File interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Close() error
	// Lost returns why a path no longer refers to this file with the given size,
	// nil if it does.
	Lost(path string, size int64) error
}

// Modes of opening a file: Private for this user only, Public with the umask; Fresh
// files must not exist yet.
const (
	Private fs.FileMode = 0o600
	Public  fs.FileMode = 0o666

	Fresh = os.O_WRONLY | os.O_CREATE | os.O_EXCL
)

// Machine is the file system of the machine.
type Machine struct{}

// Create opens a file.
func (Machine) Create(path string, flags int, mode fs.FileMode) (File, error) {
	if flags&os.O_EXCL != 0 {
		flags |= NoFollow
	}
	f, err := os.OpenFile(path, flags, mode)
	if err != nil {
		return nil, err
	}
	if !isRegular(f) {
		return Pipe{f}, nil
	}
	return regularFile{f}, nil
}

// Rename renames a file.
func (Machine) Rename(from, to string) error { return os.Rename(from, to) }

// Link gives a file a further name.
func (Machine) Link(from, to string) error { return os.Link(from, to) }

// Remove removes a file.
func (Machine) Remove(path string) error { return os.Remove(path) }

// Exists reports whether a name exists.
func (Machine) Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// List returns the names in a folder.
func (Machine) List(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

// SyncDir makes a rename durable. On Windows it always is, and there is no such
// call.
func (Machine) SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, os.ErrInvalid) {
		return err
	}
	return nil
}

// regularFile is a regular file of the machine.
type regularFile struct{ *os.File }

func (f regularFile) Sync() error {
	err := f.File.Sync()
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

var (
	errDeleted  = errors.New("it was deleted while it was being written")
	errReplaced = errors.New("it was replaced while it was being written")
)

func (f regularFile) Lost(path string, size int64) error {
	own, err := f.Stat()
	if err != nil {
		return nil // a write will report it
	}
	there, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errDeleted
	case err != nil:
		return nil // unknown: perhaps the folder is not readable
	case !os.SameFile(own, there):
		return errReplaced
	case own.Size() < size:
		return errors.New("it was cut short by another program while it was being written")
	}
	return nil
}

// Pipe is a file that cannot be synced or truncated.
type Pipe struct{ *os.File }

// Sync does nothing.
func (Pipe) Sync() error { return nil }

// Truncate does nothing.
func (Pipe) Truncate(int64) error { return nil }

// Lost returns nil.
func (Pipe) Lost(string, int64) error { return nil }

func isRegular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// Reason strips the operation and the path from an error, since the caller adds its
// own context.
func Reason(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// CannotWrite wraps a write error of a file; it returns nil if err is nil.
func CannotWrite(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s cannot be written: %w", what, Reason(err))
}
