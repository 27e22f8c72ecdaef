package disk

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Replace writes a private file whole: beside, synced, renamed. Only one process
// writes it, the one that holds the lock of the log.
func Replace(d Disk, path string, content []byte) error {
	beside := path + ".new"
	_ = d.Remove(beside) // of a process that was killed
	if err := stage(d, beside, content, Private); err != nil {
		return err
	}
	if err := d.Rename(beside, path); err != nil {
		_ = d.Remove(beside) // what counts is why it was not written
		return err
	}
	return d.SyncDir(filepath.Dir(path))
}

// stage writes a file that is not there yet, and syncs it.
func stage(d Disk, path string, content []byte, mode fs.FileMode) error {
	f, err := d.Create(path, Fresh, mode)
	if err != nil {
		return err
	}
	if _, err = f.Write(content); err == nil {
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

// Output is a file that a user asked for.
type Output struct {
	Path    string
	Content []byte
}

// WriteAll writes files whole, and as if at once: all of them lie on the disk
// under other names before the first gets its own, and the last, which names the
// others, gets its own last. A process that is killed meanwhile leaves names that
// interrupted knows, and that the next to write there sweeps away. A file that is
// replaced keeps who may read it, and a link to one stays a link.
func WriteAll(d Disk, outputs ...Output) (err error) {
	at := ""
	defer func() { err = Said(at, err) }()
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
		temp := Beside(o.Path, os.Getpid())
		_ = d.Remove(temp) // of an earlier process of this number
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

// Beside is under which name a process writes a file before it gets its own.
// It is no longer than a name may be, however long the file's is.
func Beside(path string, pid int) string {
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

// CutAt is the beginning of a text, of at most so many bytes and whole letters.
func CutAt(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:bytes], "")
}

// orphans are what processes that are gone left of a file that they were writing.
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
		if pid, err := strconv.Atoi(number); ok && err == nil && pid != os.Getpid() && !alive(pid) {
			out = append(out, filepath.Join(filepath.Dir(path), name))
		}
	}
	return out
}

// sweep removes them.
func sweep(d Disk, path string) {
	for _, orphan := range orphans(d, path) {
		_ = d.Remove(orphan)
	}
}

// Taken is the first of the files that is there already and may not be written,
// "" for none. What a save left that was interrupted before the last of them had
// its name is no reason: it is written again.
func Taken(d Disk, paths ...string) string {
	last := paths[len(paths)-1]
	interrupted := !d.Exists(last) && len(orphans(d, last)) > 0
	for _, path := range paths {
		if d.Exists(path) && !interrupted {
			return path
		}
	}
	return ""
}

// WriteFile replaces a file whole: it is written beside, synced, and renamed. A
// device or a pipe is written to.
func WriteFile(d Disk, path string, content []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		f, err := d.Create(path, os.O_WRONLY, Public)
		if err != nil {
			return Said(path, err)
		}
		_, err = f.Write(content)
		return Said(path, errors.Join(err, f.Close()))
	}
	return WriteAll(d, Output{path, content})
}
