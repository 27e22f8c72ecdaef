// Package disk is where all lies that descent writes. Tests put one in the place of
// the machine's that loses what was not synced and fails when told to.
package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
)

// Disk is a file system, as far as writing needs one.
type Disk interface {
	// Create opens a file to write. With O_EXCL no symbolic link is followed.
	Create(path string, flags int, mode fs.FileMode) (File, error)
	Rename(from, to string) error
	Remove(path string) error
	// SyncDir makes the names in a folder last.
	SyncDir(dir string) error
	Exists(path string) bool
	List(dir string) ([]string, error)
}

// File is one that is being written, at its end.
type File interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Close() error
	// Lost says why a path no longer names this file with so many bytes, nil if
	// it does.
	Lost(path string, size int64) error
}

// How a file is opened: Private ones are for this user, Public ones as the umask
// says; Fresh ones are not there yet.
const (
	Private fs.FileMode = 0o600
	Public  fs.FileMode = 0o666

	Fresh = os.O_WRONLY | os.O_CREATE | os.O_EXCL
)

// Machine is the machine's.
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

// Remove removes a file.
func (Machine) Remove(path string) error { return os.Remove(path) }

// Exists tells whether there is anything under a name.
func (Machine) Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// List are the names in a folder.
func (Machine) List(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

// SyncDir makes a rename last. Windows does so by itself and has no such call.
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

// regularFile is a regular file of the machine's.
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
		return nil // a write will say it
	}
	there, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errDeleted
	case err != nil:
		return nil // nobody knows: a folder that cannot be looked into, perhaps
	case !os.SameFile(own, there):
		return errReplaced
	case own.Size() < size:
		return errors.New("it was cut short by another program while it was being written")
	}
	return nil
}

// Pipe is a file that cannot be synced or cut.
type Pipe struct{ *os.File }

// Sync has nothing to do.
func (Pipe) Sync() error { return nil }

// Truncate has nothing to do.
func (Pipe) Truncate(int64) error { return nil }

// Lost knows of no other file.
func (Pipe) Lost(string, int64) error { return nil }

func isRegular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// Plain is an error without the operation and the path, which whoever reports it
// says better.
func Plain(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Said says of a file that it cannot be written, nil where err is.
func Said(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s cannot be written: %w", what, Plain(err))
}
