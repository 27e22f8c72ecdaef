package disk

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Replace atomically replaces a private file: it writes a temporary file, syncs it
// and renames it. Only the process that holds the lock of the log may call it.
func Replace(d Disk, path string, content []byte) error {
	return ReplaceBy(d, path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

// ReplaceBy is Replace with what write writes.
func ReplaceBy(d Disk, path string, write func(io.Writer) error) error {
	beside := path + ".new"
	_ = d.Remove(beside) // left by a killed process
	if err := stageBy(d, beside, write, Private); err != nil {
		return err
	}
	if err := d.Rename(beside, path); err != nil {
		_ = d.Remove(beside) // the first error is the relevant one
		return err
	}
	return d.SyncDir(filepath.Dir(path))
}

// stage writes a new file and syncs it.
func stage(d Disk, path string, content []byte, mode fs.FileMode) error {
	return stageBy(d, path, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	}, mode)
}

func stageBy(d Disk, path string, write func(io.Writer) error, mode fs.FileMode) error {
	f, err := d.Create(path, Fresh, mode)
	if err != nil {
		return err
	}
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = d.Remove(path)
	}
	return err
}

// Output is a file requested by the user.
type Output struct {
	Path    string
	Content []byte
}

// WriteAll writes a set of files atomically: all of them are on disk under
// temporary names before the first is renamed, and the last, which refers to the
// others, is renamed last. Temporary files of a killed process are removed by the
// next write to the same path. A replaced file keeps its permissions, and a
// symbolic link remains a link.
func WriteAll(d Disk, outputs ...Output) (err error) {
	at := ""
	defer func() { err = CannotWrite(at, err) }()
	staged := make([]string, 0, len(outputs))
	named := 0
	defer func() {
		if err == nil {
			return
		}
		for _, path := range staged[named:] {
			_ = d.Remove(path)
		}
	}()
	for i := range outputs {
		o, mode := &outputs[i], Public
		if to, err := filepath.EvalSymlinks(o.Path); err == nil {
			o.Path = to
		}
		if info, err := os.Stat(o.Path); err == nil {
			mode = info.Mode().Perm()
		}
		at = o.Path
		sweep(d, o.Path)
		temp := TempName(o.Path, os.Getpid())
		_ = d.Remove(temp) // of an earlier process with the same id
		if err = stage(d, temp, o.Content, mode); err != nil {
			return err
		}
		staged = append(staged, temp)
	}
	for i, o := range outputs {
		at = o.Path
		if i > 0 && i == len(outputs)-1 {
			if err = d.SyncDir(filepath.Dir(outputs[0].Path)); err != nil {
				return err
			}
		}
		if err = d.Rename(staged[i], o.Path); err != nil {
			return err
		}
		named++
	}
	return d.SyncDir(filepath.Dir(at))
}

// TempName returns the temporary name of a file. It is within the limit of file
// names, however long the name of the file is.
func TempName(path string, pid int) string {
	return filepath.Join(filepath.Dir(path), besideStem(path)+strconv.Itoa(pid)+besideEnd)
}

const besideEnd = ".new"

func besideStem(path string) string {
	name := filepath.Base(path)
	if len(name) > 200 {
		name = fmt.Sprintf("%s~%08x", CutAt(name, 180), crc32.ChecksumIEEE([]byte(name)))
	}
	return "." + name + "."
}

// CutAt truncates a text to at most n bytes, without splitting characters.
func CutAt(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:bytes], "")
}

// orphans returns the temporary files of a path whose processes no longer run.
func orphans(d Disk, path string) []string {
	names, err := d.List(filepath.Dir(path))
	if err != nil {
		return nil
	}
	var out []string
	for _, name := range names {
		rest, ok := strings.CutPrefix(name, besideStem(path))
		if !ok {
			continue
		}
		number, ok := strings.CutSuffix(rest, besideEnd)
		if pid, err := strconv.Atoi(number); ok && err == nil && pid != os.Getpid() && !Alive(pid) {
			out = append(out, filepath.Join(filepath.Dir(path), name))
		}
	}
	return out
}

// sweep removes orphans.
func sweep(d Disk, path string) {
	for _, orphan := range orphans(d, path) {
		_ = d.Remove(orphan)
	}
}

// Existing returns the first of the files that exists already and must not be
// overwritten, "" if there is none. Files left by an interrupted save, before the
// last one was renamed, may be overwritten.
func Existing(d Disk, paths ...string) string {
	last := paths[len(paths)-1]
	interrupted := !d.Exists(last) && len(orphans(d, last)) > 0
	for _, path := range paths {
		if d.Exists(path) && !interrupted {
			return path
		}
	}
	return ""
}

// WriteFile replaces a file atomically, by a temporary file that is synced and
// renamed. A device or a pipe is written to directly.
func WriteFile(d Disk, path string, content []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		f, err := d.Create(path, os.O_WRONLY, Public)
		if err != nil {
			return CannotWrite(path, err)
		}
		_, err = f.Write(content)
		return CannotWrite(path, errors.Join(err, f.Close()))
	}
	return WriteAll(d, Output{path, content})
}
