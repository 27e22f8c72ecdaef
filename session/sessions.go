package session

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"descent/core/input"
	"descent/core/recipe"
	"descent/session/disk"
)

// Kept is a session on the disk.
type Kept struct {
	Name      string `json:"name"` // of the file, without its ending
	Path      string `json:"path"`
	Preset    string `json:"preset"`
	Modified  string `json:"modified"` // RFC 3339
	Bytes     int64  `json:"bytes"`    // with its state
	Step      int    `json:"step"`     // where it stood, as far as the log tells
	Branches  int    `json:"branches"`
	Decisions int    `json:"decisions"`
	State     string `json:"state"` // "ended", "cut off", "running" or what is wrong with it

	// Future is what the files are dated, where that is in the future; Modified is
	// then when the session began, as its log says.
	Future string `json:"dated,omitempty"`
}

const stampForm = "2006-01-02T15:04:05.000Z"

// ahead is how far the clock of a disk may be ahead of that of the machine.
const ahead = time.Minute

// found is a log under the state directory, as the folder tells of it.
type found struct {
	name, path string
	at         time.Time // when it was written last; in the future never
	future     time.Time // what the files are dated, where that is in the future
	bytes      int64
	odd        bool // it is no plain file: a folder, a pipe, a device
	locked     bool // there is a lock beside it, of a process that runs or was killed
}

// search finds the logs, the last written first. None of them is opened, but one
// that is dated in the future: when it began stands in its first line.
func search() ([]found, error) {
	dir, err := sessionsDir()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", dir, disk.Plain(err))
	}
	beside := map[string]bool{}
	var out []found
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".jsonl"); ok && name != "" {
			out = append(out, found{name: name, path: filepath.Join(dir, e.Name())})
		} else {
			beside[e.Name()] = true
		}
	}
	now := time.Now()
	parallel(len(out), readers(), func(i int) {
		f := &out[i]
		file := filepath.Base(f.path)
		f.locked = beside[lockPath(file)]
		paths := []string{f.path}
		if beside[statePath(file)] {
			paths = append(paths, statePath(f.path))
		}
		for _, p := range paths {
			if info, err := os.Stat(p); err == nil {
				f.odd = f.odd || !info.Mode().IsRegular()
				f.bytes += info.Size()
				if at := info.ModTime(); at.After(f.at) {
					f.at = at
				}
			}
		}
		if f.at.After(now.Add(ahead)) {
			f.future, f.at = f.at, time.Time{}
			if rec, err := f.head(); err == nil {
				if at, err := time.Parse(time.RFC3339, rec.Header.Created); err == nil && !at.After(now.Add(ahead)) {
					f.at = at
				}
			}
		}
	})
	slices.SortStableFunc(out, func(a, b found) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.name, a.name)) })
	return out, nil
}

// readers is how many logs are read at once: most of them wait for the disk.
func readers() int { return 4 * runtime.GOMAXPROCS(0) }

// parallel calls do for 0 to n−1, so many at once.
func parallel(n, at int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, at) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// headLimit bounds the first line of a log.
const headLimit = 64 << 20

// errOdd is what is wrong with what only has the name of a log.
var errOdd = errors.New("it is no plain file")

// head reads the first line of a log.
func (f *found) head() (*Record, error) {
	if f.odd {
		return nil, errOdd
	}
	file, err := os.Open(f.path)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", disk.Plain(err))
	}
	defer file.Close()
	line, err := bufio.NewReader(io.LimitReader(file, headLimit)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it cannot be read: %w", disk.Plain(err))
	}
	if len(line) == 0 {
		return nil, errors.New("it is empty")
	}
	return ReadLog(f.name, bytes.NewReader(line))
}

// Latest is the log of the session that was written last, and what there is to
// say about those that were passed over: one that is empty or damaged at its
// head, or dated in the future.
func Latest() (path string, notes []string, err error) {
	all, err := search()
	if err != nil {
		return "", nil, err
	}
	for _, f := range all {
		if !f.future.IsZero() {
			notes = append(notes, fmt.Sprintf("%s is dated %s, in the future; it counts as of when it began", f.path, f.future.UTC().Format("2006-01-02 15:04")))
		}
	}
	for _, f := range all {
		_, err := f.head()
		if err == nil {
			return f.path, notes, nil
		}
		notes = append(notes, fmt.Sprintf("%s is passed over: %v", f.path, err))
	}
	dir, _ := sessionsDir()
	if len(all) > 0 {
		return "", notes, fmt.Errorf("there is no session in %s that can be read; `descent` begins one", dir)
	}
	return "", notes, fmt.Errorf("there is no session yet in %s; `descent` begins one", dir)
}

// List names the sessions under the state directory, the last written first. One
// that cannot be read is among them, and its State says why.
func List() ([]Kept, error) {
	all, err := search()
	if err != nil {
		return nil, err
	}
	out := make([]Kept, len(all))
	var known headers
	parallel(len(all), readers(), func(i int) { out[i] = all[i].look(&known) })
	return out, nil
}

// Names are the names of the sessions, the last written first.
func Names() ([]string, error) {
	all, err := search()
	var out []string
	for _, f := range all {
		out = append(out, f.name)
	}
	return out, err
}

// Paths are the logs of the sessions, the last written first.
func Paths() ([]string, error) {
	all, err := search()
	var out []string
	for _, f := range all {
		out = append(out, f.path)
	}
	return out, err
}

// look reads what a log says of itself.
func (f *found) look(known *headers) Kept {
	k := Kept{Name: f.name, Path: f.path, Bytes: f.bytes, Modified: f.at.UTC().Format(stampForm)}
	if !f.future.IsZero() {
		k.Future = f.future.UTC().Format(stampForm)
	}
	err := errOdd
	if !f.odd {
		err = k.read(known)
	}
	if err != nil {
		k.State = err.Error()
	}
	if f.running() {
		k.State = "running"
	}
	return k
}

func (k *Kept) read(known *headers) error {
	content, err := input.Read(k.Path, input.MaxLog)
	if err != nil {
		return err
	}
	rec, preset, err := skim(k.Name, content, known)
	if err != nil {
		return err
	}
	k.Preset, k.Branches, k.State = preset, 1, "cut off"
	for _, e := range rec.Entries {
		switch {
		case e.Fork != nil:
			k.Branches++
		case e.Set != nil, e.Act != nil:
			k.Decisions++
		}
	}
	_, end, step, err := rec.lineage()
	if k.Step = step; end != nil {
		k.State = "ended"
	}
	return err
}

// headers are the first lines of a list of logs, but for when they were written:
// many logs have the same. Of each it is known what its recipe is called.
type headers struct{ sync.Map }

// timeless is a first line without the time and the checksum.
func timeless(line []byte) string {
	const key = `"created":"`
	if i := bytes.LastIndex(line, []byte(sumKey)); i >= 0 {
		line = line[:i]
	}
	before, after, ok := bytes.Cut(line, []byte(key))
	if _, rest, closed := bytes.Cut(after, []byte(`"`)); ok && closed {
		return string(before) + string(rest)
	}
	return string(line)
}

// skim is ReadLog for a list: of the decisions it only says that they are there.
// Where something does not fit, ReadLog says what.
func skim(name string, content []byte, known *headers) (*Record, string, error) {
	text, rest, whole := bytes.Cut(content, []byte("\n"))
	of, ok := known.Load(timeless(text))
	if !ok || !whole || broken(text) {
		rec, err := ReadLog(name, bytes.NewReader(content[:min(len(text)+1, len(content))]))
		if err != nil {
			return nil, "", err
		}
		of = rec.Header.Recipe.Name
		known.Store(timeless(text), of)
	}
	preset := of.(string)
	out := &Record{Name: name}
	for len(rest) > 0 {
		var line []byte
		if line, rest, whole = bytes.Cut(rest, []byte("\n")); !whole {
			break
		}
		var e struct {
			Branch BranchID `json:"branch"`
			Step   int      `json:"step"`
			Fork   *Fork    `json:"fork"`
			Seek   *Seek    `json:"seek"`
			End    *End     `json:"end"`
			Set    there    `json:"set"`
			Act    there    `json:"act"`
			Label  there    `json:"label"`
			Delete there    `json:"delete"`
			Reach  there    `json:"reach"`
		}
		if json.Unmarshal(line, &e) != nil || broken(line) {
			_, err := ReadLog(name, bytes.NewReader(content))
			return out, preset, err
		}
		c := Command{Fork: e.Fork, Seek: e.Seek, End: e.End}
		if e.Set {
			c.Set = &recipe.Change{}
		}
		if e.Act {
			c.Act = &Act{}
		}
		if e.Label {
			c.Label = new(string)
		}
		if e.Delete {
			c.Delete = new(bool)
		}
		if e.Reach {
			c.Reach = &Reach{}
		}
		out.Entries = append(out.Entries, Entry{Branch: e.Branch, Step: e.Step, Command: c})
	}
	return out, preset, nil
}

// there tells that a line has a part, whatever is in it.
type there bool

// UnmarshalJSON takes anything.
func (t *there) UnmarshalJSON(b []byte) error {
	*t = string(b) != "null"
	return nil
}

// running tells whether a process has the log. A lock that was left behind by
// one that was killed goes.
func (f *found) running() bool {
	if !f.locked {
		return false
	}
	l, err := claim(f.path)
	if err != nil {
		return true
	}
	l.release()
	return false
}

// Keep removes all sessions but the last so many and those that run, and says how
// many went and how many are left.
func Keep(last int) (removed, left int, err error) {
	all, err := search()
	if err != nil {
		return 0, 0, err
	}
	old := all[min(last, len(all)):]
	var mu sync.Mutex
	parallel(len(old), 2, func(i int) { // a folder is changed by one at a time
		if old[i].running() {
			return
		}
		e := remove(old[i].path)
		mu.Lock()
		defer mu.Unlock()
		if err = errors.Join(err, e); e == nil {
			removed++
		}
	})
	return removed, len(all) - removed, err
}

// Remove deletes sessions by name; one that runs is refused.
func Remove(names ...string) error {
	dir, err := sessionsDir()
	if err != nil {
		return err
	}
	for _, name := range names {
		path := filepath.Join(dir, filepath.Base(name))
		if !strings.HasSuffix(path, ".jsonl") {
			path += ".jsonl"
		}
		if _, err := os.Stat(path); err != nil {
			return UsageError{fmt.Errorf("there is no session %q; `descent sessions` names them", name)}
		}
		if err := remove(path); err != nil {
			return err
		}
	}
	return nil
}

// remove deletes a log and its state, unless a process has it.
func remove(path string) error {
	l, err := claim(path)
	if err != nil {
		return err
	}
	err = os.Remove(path)
	_ = os.Remove(statePath(path)) // there may be none
	_ = os.Remove(reachedPath(path))
	l.release()
	if err != nil {
		return fmt.Errorf("%s cannot be removed: %w", path, disk.Plain(err))
	}
	return nil
}
