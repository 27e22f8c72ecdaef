package session

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// disk is where logs and states are kept. Tests put one in its place that
// loses what was not synced and fails when told to.
type disk interface {
	create(path string, flags int) (file, error)
	rename(from, to string) error
	remove(path string) error
	syncDir(dir string) error
}

// file is one that is being written, at its end.
type file interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Close() error
}

// realDisk is the machine's.
type realDisk struct{}

func (realDisk) create(path string, flags int) (file, error) {
	f, err := os.OpenFile(path, flags, 0o666)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (realDisk) rename(from, to string) error { return os.Rename(from, to) }
func (realDisk) remove(path string) error     { return os.Remove(path) }

// syncDir makes a rename last. Windows does so by itself and has no such call.
func (realDisk) syncDir(dir string) error {
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

// replace writes a file whole: beside, synced, renamed.
func replace(d disk, path string, content []byte) error {
	beside := path + ".new"
	f, err := d.create(beside, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = d.rename(beside, path)
	}
	if err != nil {
		_ = d.remove(beside) // what counts is why it was not written
		return err
	}
	return d.syncDir(filepath.Dir(path))
}
