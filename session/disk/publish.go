package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Publish creates a file with its content at once: nobody ever sees a part of it, and
// of several who publish under one name exactly one succeeds. The others, and whoever
// comes later, get created false. When it returns, content and name are synced. It
// takes no lock, and is safe on a network file system.
func Publish(d Disk, path string, content []byte) (created bool, err error) {
	temp := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d-%08x.new", filepath.Base(path), os.Getpid(), rand.Uint32()))
	if err := stage(d, temp, content, Public); err != nil {
		return false, err
	}
	err = d.Link(temp, path)
	_ = d.Remove(temp) // it is only a second name now
	switch {
	case errors.Is(err, fs.ErrExist):
		return false, nil
	case err != nil: // a file system without hard links
		if d.Exists(path) {
			return false, nil
		}
		err = stage(d, path, content, Public)
		if errors.Is(err, fs.ErrExist) {
			return false, nil
		}
	}
	if err != nil {
		return false, err
	}
	return true, d.SyncDir(filepath.Dir(path))
}

// Take is Publish for names that many contend for: whoever comes too late has not waited
// for the disk. The content has its name before both are synced, which they are when Take
// returns; after a power cut in between the name may be there with nothing behind it. It
// stays where only syncing failed, since others may have seen it. On a network file system
// closing sends the content, so that no other machine sees the name without it.
func Take(d Disk, path string, content []byte) (created bool, err error) {
	if d.Exists(path) {
		return false, nil
	}
	temp := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d-%08x.new", filepath.Base(path), os.Getpid(), rand.Uint32()))
	f, err := d.Create(temp, Fresh, Public)
	if err != nil {
		return false, err
	}
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = d.Link(temp, path)
	} else {
		_ = d.Remove(temp)
		return false, err
	}
	_ = d.Remove(temp)
	switch {
	case errors.Is(err, fs.ErrExist):
		return false, nil
	case err != nil:
		return Publish(d, path, content) // a file system without hard links
	}
	if f, err = d.Create(path, os.O_WRONLY, Public); err != nil {
		return false, err // others may have seen it: it stays
	}
	err = f.Sync()
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return false, err
	}
	return true, d.SyncDir(filepath.Dir(path))
}
