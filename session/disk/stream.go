package disk

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
)

// Stream writes a file as its content comes: it is there under its name when write has
// returned without an error, and not at all otherwise. What is no regular file is written
// to at once.
func Stream(d Disk, path string, write func(io.Writer) error) (err error) {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		path = to
	}
	info, missing := os.Stat(path)
	mode, temp, flags := Public, TempName(path, os.Getpid()), Fresh
	switch {
	case missing == nil && !info.Mode().IsRegular():
		temp, flags = path, os.O_WRONLY
	case missing == nil:
		mode = info.Mode().Perm()
	}
	if temp != path {
		sweep(d, path)
		_ = d.Remove(temp) // of an earlier process with the same id
	}
	f, err := d.Create(temp, flags, mode)
	if err != nil {
		return CannotWrite(path, err)
	}
	b := bufio.NewWriterSize(f, 1<<18)
	wrong := write(b)
	if err = b.Flush(); err != nil { // or an earlier write, which write may have returned
		wrong = nil
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if temp == path {
		if wrong != nil {
			return wrong
		}
		return CannotWrite(path, err)
	}
	if wrong == nil && err == nil {
		if err = d.Rename(temp, path); err == nil {
			return CannotWrite(path, d.SyncDir(filepath.Dir(path)))
		}
	}
	_ = d.Remove(temp)
	if wrong != nil {
		return wrong
	}
	return CannotWrite(path, err)
}
