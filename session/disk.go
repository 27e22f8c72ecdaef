package session

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// disk is where everything is kept that a session writes. Tests put one in its
// place that loses what was not synced and fails when told to.
type disk interface {
	// create opens a file to write. With O_EXCL no symbolic link is followed.
	create(path string, flags int, mode fs.FileMode) (file, error)
	rename(from, to string) error
	remove(path string) error
	syncDir(dir string) error
	exists(path string) bool
	list(dir string) ([]string, error)
}

// file is one that is being written, at its end.
type file interface {
	io.Writer
	Sync() error
	Truncate(size int64) error
	Close() error
	// lost says why a path no longer names this file with so many bytes, nil if
	// it does.
	lost(path string, size int64) error
}

// How a file is opened: private ones are for this user, others as the umask says.
const (
	private fs.FileMode = 0o600
	public  fs.FileMode = 0o666

	fresh = os.O_WRONLY | os.O_CREATE | os.O_EXCL
)

// realDisk is the machine's.
type realDisk struct{}

func (realDisk) create(path string, flags int, mode fs.FileMode) (file, error) {
	if flags&os.O_EXCL != 0 {
		flags |= noFollow
	}
	f, err := os.OpenFile(path, flags, mode)
	if err != nil {
		return nil, err
	}
	if !isRegular(f) {
		return pipe{f}, nil
	}
	return regularFile{f}, nil
}

func (realDisk) rename(from, to string) error { return os.Rename(from, to) }
func (realDisk) remove(path string) error     { return os.Remove(path) }

func (realDisk) exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func (realDisk) list(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

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

func (f regularFile) lost(path string, size int64) error {
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

// pipe is a file that cannot be synced or cut.
type pipe struct{ *os.File }

func (pipe) Sync() error              { return nil }
func (pipe) Truncate(int64) error     { return nil }
func (pipe) lost(string, int64) error { return nil }

func isRegular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// replace writes a private file whole: beside, synced, renamed. Only one process
// writes it, the one that holds the lock of the log.
func replace(d disk, path string, content []byte) error {
	beside := path + ".new"
	_ = d.remove(beside) // of a process that was killed
	if err := stage(d, beside, content, private); err != nil {
		return err
	}
	if err := d.rename(beside, path); err != nil {
		_ = d.remove(beside) // what counts is why it was not written
		return err
	}
	return d.syncDir(filepath.Dir(path))
}

// stage writes a file that is not there yet, and syncs it.
func stage(d disk, path string, content []byte, mode fs.FileMode) error {
	f, err := d.create(path, fresh, mode)
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
		_ = d.remove(path)
	}
	return err
}

// written is a file that a user asked for.
type written struct {
	path    string
	content []byte
}

// writeOut writes files whole, and as if at once: all of them lie on the disk
// under other names before the first gets its own, and the last, which names the
// others, gets its own last. A process that is killed meanwhile leaves names that
// interrupted knows, and that the next to write there sweeps away. A file that is
// replaced keeps who may read it, and a link to one stays a link.
func writeOut(d disk, outputs ...written) (err error) {
	at := ""
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s cannot be written: %w", at, plain(err))
		}
	}()
	staged := make([]string, 0, len(outputs))
	named := 0
	defer func() {
		if err == nil {
			return
		}
		for _, path := range staged[named:] {
			_ = d.remove(path)
		}
	}()
	for i := range outputs {
		o, mode := &outputs[i], fs.FileMode(public)
		if to, err := filepath.EvalSymlinks(o.path); err == nil {
			o.path = to
		}
		if info, err := os.Stat(o.path); err == nil {
			mode = info.Mode().Perm()
		}
		at = o.path
		sweep(d, o.path)
		temp := besideOf(o.path, os.Getpid())
		_ = d.remove(temp) // of an earlier process of this number
		if err = stage(d, temp, o.content, mode); err != nil {
			return err
		}
		staged = append(staged, temp)
	}
	for i, o := range outputs {
		at = o.path
		if i > 0 && i == len(outputs)-1 {
			if err = d.syncDir(filepath.Dir(outputs[0].path)); err != nil {
				return err
			}
		}
		if err = d.rename(staged[i], o.path); err != nil {
			return err
		}
		named++
	}
	return d.syncDir(filepath.Dir(at))
}

// besideOf is under which name a process writes a file before it gets its own.
// It is no longer than a name may be, however long the file's is.
func besideOf(path string, pid int) string {
	return filepath.Join(filepath.Dir(path), besideStem(path)+strconv.Itoa(pid)+besideEnd)
}

const besideEnd = ".new"

func besideStem(path string) string {
	name := filepath.Base(path)
	if len(name) > 200 {
		name = fmt.Sprintf("%s~%08x", cutAt(name, 180), crc32.ChecksumIEEE([]byte(name)))
	}
	return "." + name + "."
}

// cutAt is the beginning of a text, of at most so many bytes and whole letters.
func cutAt(text string, bytes int) string {
	if len(text) <= bytes {
		return text
	}
	return strings.ToValidUTF8(text[:bytes], "")
}

// orphans are what processes that are gone left of a file that they were writing.
func orphans(d disk, path string) []string {
	names, err := d.list(filepath.Dir(path))
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
func sweep(d disk, path string) {
	for _, orphan := range orphans(d, path) {
		_ = d.remove(orphan)
	}
}

// taken is the first of the files that is there already and may not be written,
// "" for none. What a save left that was interrupted before the last of them had
// its name is no reason: it is written again.
func taken(d disk, paths ...string) string {
	last := paths[len(paths)-1]
	interrupted := !d.exists(last) && len(orphans(d, last)) > 0
	for _, path := range paths {
		if d.exists(path) && !interrupted {
			return path
		}
	}
	return ""
}
