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

// Stored is a session on the disk.
type Stored struct {
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

// ended is the end that a log has, if there is one, and the step at which it stands.
func (r *Record) ended() (end *End, step int, err error) {
	d := r.Read(nil, false)
	if err := d.Err(); err != nil {
		return nil, 0, err
	}
	return d.End, d.At.Step, nil
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

// skim is Parse for a list: of the decisions it only says that they are there.
// Where something does not fit, Parse says what.
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

// there tells that a line has a part, whatever is in it.
type there bool

// UnmarshalJSON takes anything.
func (t *there) UnmarshalJSON(b []byte) error {
	*t = string(b) != "null"
	return nil
}

// Find is the log of a session by its path, or by its name under the state
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
