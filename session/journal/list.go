package journal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"descent/core/input"
	"descent/core/recipe"
)

// Stored is a session on disk.
type Stored struct {
	Name      string `json:"name"` // of the file, without its extension
	Path      string `json:"path"`
	Preset    string `json:"preset"`
	Modified  string `json:"modified"` // RFC 3339
	Bytes     int64  `json:"bytes"`    // with its state
	Step      int    `json:"step"`     // last known position
	Branches  int    `json:"branches"`
	Decisions int    `json:"decisions"`
	State     string `json:"state"` // "ended", "cut off", "running" or what is wrong with it

	// Future is the modification time of the files, if that is in the future;
	// Modified is then the creation time in the log.
	Future string `json:"dated,omitempty"`
}

const stampForm = "2006-01-02T15:04:05.000Z"

// Latest returns the log of the session that was modified last, and notes on those
// that were skipped: logs that are empty, have a damaged header, or are dated in
// the future.
func Latest() (path string, notes []string, err error) {
	all, err := search()
	if err != nil {
		return "", nil, err
	}
	for _, f := range all {
		if !f.future.IsZero() {
			notes = append(notes, fmt.Sprintf("%s is dated %s, in the future; its creation time is used instead", f.path, f.future.UTC().Format("2006-01-02 15:04")))
		}
	}
	for _, f := range all {
		_, err := f.head()
		if err == nil {
			return f.path, notes, nil
		}
		notes = append(notes, fmt.Sprintf("%s is skipped: %v", f.path, err))
	}
	dir, _ := sessionsDir()
	if len(all) > 0 {
		return "", notes, fmt.Errorf("there is no readable session in %s; `descent` starts one", dir)
	}
	return "", notes, fmt.Errorf("there is no session yet in %s; `descent` starts one", dir)
}

// List returns the sessions in the state directory, the last modified first. It
// includes unreadable ones, whose State gives the reason.
func List() ([]Stored, error) {
	all, err := search()
	if err != nil {
		return nil, err
	}
	out := make([]Stored, len(all))
	var known headers
	parallel(len(all), readers(), func(i int) { out[i] = all[i].look(&known) })
	return out, nil
}

// Names returns the names of the sessions, the last modified first.
func Names() ([]string, error) {
	all, err := search()
	var out []string
	for _, f := range all {
		out = append(out, f.name)
	}
	return out, err
}

// Paths returns the logs of the sessions, the last modified first.
func Paths() ([]string, error) {
	all, err := search()
	var out []string
	for _, f := range all {
		out = append(out, f.path)
	}
	return out, err
}

// look reads the header and the last lines of a log.
func (f *found) look(known *headers) Stored {
	k := Stored{Name: f.name, Path: f.path, Bytes: f.bytes, Modified: f.at.UTC().Format(stampForm)}
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

func (k *Stored) read(known *headers) error {
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
	end, step, err := rec.ended()
	if k.Step = step; end != nil {
		k.State = "ended"
	}
	return err
}

// ended returns the end of a log, if there is one, and its step.
func (r *Record) ended() (end *End, step int, err error) {
	d := r.Read(nil, false)
	if err := d.Err(); err != nil {
		return nil, 0, err
	}
	return d.End, d.At.Step, nil
}

// headers caches the recipe names of header lines without their times: many logs
// have the same header.
type headers struct{ sync.Map }

// timeless returns a header line without its time and checksum.
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

// skim is a faster Parse for lists: it only records which fields each line has. On
// an error, Parse gives the reason.
func skim(name string, content []byte, known *headers) (*Record, string, error) {
	text, rest, whole := bytes.Cut(content, []byte("\n"))
	of, ok := known.Load(timeless(text))
	if !ok || !whole || broken(text) {
		rec, err := Parse(name, bytes.NewReader(content[:min(len(text)+1, len(content))]))
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
			_, err := Parse(name, bytes.NewReader(content))
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

// there records that a line has a field, whatever its value.
type there bool

// UnmarshalJSON accepts any value.
func (t *there) UnmarshalJSON(b []byte) error {
	*t = string(b) != "null"
	return nil
}

// Find returns the log of a session by its path, or by its name in the state
// directory.
func Find(name string) string {
	if _, err := os.Stat(name); err == nil || strings.ContainsAny(name, `/\`) {
		return name
	}
	dir, err := sessionsDir()
	if err != nil {
		return name
	}
	path := filepath.Join(dir, name)
	if !strings.HasSuffix(path, ".jsonl") {
		path += ".jsonl"
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	return name
}
