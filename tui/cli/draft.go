package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"descent/core/foreign"
	"descent/core/input"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
	"descent/presets/album"
	"descent/presets/draft"
	"descent/session/disk"
	"descent/session/journal"
)

// isData tells whether a name is that of a file of data rather than of a preset or a log.
func isData(name string) bool {
	if name == "" || name == "-" || slices.Contains(presets.Names(), name) {
		return false
	}
	if album.Is(name) {
		return true
	}
	head, err := input.Head(name, 1<<16)
	return err == nil && draft.Is(name, head)
}

// standard is what standard input held, as long as it is a file of data: it is kept, so
// that a session on it can be computed again. table says that it can be nothing else, and
// what is none is an error that says why.
func standard(table bool) (name string, preset []byte, err error) {
	content, err := input.Stdin(input.MaxData)
	if err != nil {
		return "", nil, fmt.Errorf("stdin cannot be read: %w", err)
	}
	if !draft.Is("-", content[:min(len(content), 1<<16)]) {
		if !table {
			return "", content, nil
		}
		if _, err := draft.Of("stdin", content, nil, draft.Options{}); err != nil {
			return "", nil, err
		}
	}
	dir, err := journal.StudiesDir()
	if err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256(content)
	name = filepath.Join(filepath.Dir(dir), "data", "stdin-"+hex.EncodeToString(sum[:6])+".csv")
	if _, err := os.Stat(name); err == nil {
		return name, nil, nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return "", nil, err
	}
	if err := disk.Replace(disk.Machine{}, name, content); err != nil {
		return "", nil, disk.CannotWrite(name, err)
	}
	stderr.printf("note: what was read from stdin is kept as %s\n", name)
	return name, nil, nil
}

// draftOf makes a draft of a file of data. Of what --set gives it takes what a draft asks.
func draftOf(name string, o draft.Options, set []string) (*draft.Draft, error) {
	for _, text := range set {
		path, value, _ := strings.Cut(text, "=")
		lists := map[string]*[]string{"data.target": &o.Target, "data.ignore": &o.Ignore, "data.categorical": &o.Categorical, "data.ordinal": &o.Ordinal, "data.na": &o.NA}
		to, known := lists[path]
		if !known && path != "data.missing" && path != "data.labels" {
			continue
		}
		bare := recipe.New()
		s, err := bare.Find(path)
		if err != nil {
			return nil, fmt.Errorf("--set %s: %w", text, err)
		}
		v, err := s.Knob.Parse(value)
		switch {
		case err != nil:
			return nil, fmt.Errorf("--set %s: %w", text, err)
		case known:
			*to = v.Items()
		case path == "data.labels":
			o.Labels = v.Word()
		default:
			o.Missing = v.Word()
		}
	}
	content, _, folder, err := presets.Files{}.Album(name, nil, false)
	if !folder {
		content, err = presets.Files{}.File(name)
	}
	if err != nil {
		return nil, err
	}
	if err := foreign.Check(content, foreign.Data); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var labels []byte
	if o.Labels == "" {
		o.Labels = labelsBeside(name)
	}
	if o.Labels != "" {
		if labels, err = input.Read(o.Labels, input.MaxData); err != nil {
			return nil, err
		}
	}
	return draft.Of(name, content, labels, o)
}

// labelsBeside is the file of labels that lies beside one of images, "" for none: of
// train-images-idx3-ubyte it is train-labels-idx1-ubyte, of X.npy y.npy.
func labelsBeside(name string) string {
	dir, base := filepath.Split(name)
	var other string
	switch {
	case strings.Contains(base, "images"):
		other = strings.Replace(strings.Replace(base, "images", "labels", 1), "idx3", "idx1", 1)
	case strings.HasPrefix(base, "X") && strings.HasSuffix(base, ".npy"):
		other = "y" + base[1:]
	case strings.HasPrefix(base, "x") && strings.HasSuffix(base, ".npy"):
		other = "y" + base[1:]
	default:
		return ""
	}
	if info, err := os.Stat(dir + other); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return dir + other
}

// presetWith is a preset with what --set says, or the recipe that is made of a file of
// data; of that it is said on stderr what was assumed.
func presetWith(preset string, set []string) (recipe.Recipe, error) {
	if preset == "-" {
		name, content, err := standard(false)
		if err != nil {
			return recipe.Recipe{}, usage(err)
		}
		if name == "" {
			r, err := presets.Decode("-", content)
			if err == nil {
				r, err = presets.With(r, set...)
			}
			return r, usage(err)
		}
		preset = name
	}
	if !isData(preset) {
		r, err := presets.Override(preset, set...)
		return r, usage(err)
	}
	d, err := draftOf(preset, draft.Options{}, set)
	if err != nil {
		return recipe.Recipe{}, usage(err)
	}
	for _, text := range d.Assumed {
		stderr.printf("note: %s\n", text)
	}
	return overridden(d, set)
}

// overridden is the recipe of a draft with what --set says.
func overridden(d *draft.Draft, set []string) (recipe.Recipe, error) {
	r := d.Recipe
	for _, text := range set {
		if path, _, _ := strings.Cut(text, "="); path == "model.layers" || path == "model.stack" {
			r.Model.Hidden = nil
			if path == "model.stack" {
				_ = r.Set("model.activation", knob.Word("identity"))
			}
		}
	}
	r, err := presets.With(r, set...)
	return r, usage(err)
}

// redraft is a draft of the data of a recipe, as far as it can be told from it.
func redraft(_ context.Context, r recipe.Recipe) (*draft.Draft, error) {
	o := draft.Options{Target: r.Data.Target, NA: r.Data.NA, Labels: r.Data.Labels, Missing: r.Data.Missing, Base: &r}
	for path, to := range map[string]*[]string{"data.ignore": &o.Ignore, "data.categorical": &o.Categorical, "data.ordinal": &o.Ordinal} {
		if s, err := r.Find(path); err == nil {
			*to = s.Value.Items()
		}
	}
	d, err := draftOf(r.Data.File, o, nil)
	if err != nil {
		return nil, err
	}
	for _, c := range d.Columns { // what it used is used again
		if c.Role == draft.Ignored && !slices.Contains(o.Ignore, c.Name) {
			o.Use = append(o.Use, c.Name)
		}
	}
	return d.With(o)
}

// writeBeside writes the recipe of a draft beside its file, under its name with the ending
// .toml and, where there is one, a number.
func writeBeside(d *draft.Draft) (string, error) {
	dir := filepath.Dir(d.File)
	content, err := d.TOML(dir)
	if err != nil {
		return "", err
	}
	for i := 1; i < 100; i++ {
		path := filepath.Join(dir, d.Recipe.Name+".toml")
		if i > 1 {
			path = filepath.Join(dir, fmt.Sprintf("%s-%d.toml", d.Recipe.Name, i))
		}
		created, err := disk.Publish(disk.Machine{}, path, content)
		if err != nil {
			return "", disk.CannotWrite(path, err)
		}
		if created {
			return path, nil
		}
	}
	return "", fmt.Errorf("there are a hundred recipes called %s in %s", d.Recipe.Name, dir)
}

// expanded is a path with the home directory for a ~ in front.
func expanded(path string) string {
	if home, err := os.UserHomeDir(); err == nil && strings.HasPrefix(path, "~/") {
		return filepath.Join(home, path[2:])
	}
	return path
}

// completePath lists what a path that was begun may become: folders, with a slash at their
// end, and files that can be opened.
func completePath(typed string) []string {
	dir, base := filepath.Split(typed)
	at := dir
	if at == "" {
		at = "."
	}
	at = expanded(at)
	entries, err := os.ReadDir(at)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || strings.HasPrefix(name, ".") && base == "" {
			continue
		}
		if info, err := os.Stat(filepath.Join(at, name)); err == nil && info.IsDir() {
			out = append(out, dir+name+"/")
		} else if err == nil && info.Mode().IsRegular() {
			out = append(out, dir+name)
		}
		if len(out) == 200 {
			break
		}
	}
	return out
}

// piped is where a table from stdin was kept, for -; any other name as it is.
func piped(name string) (string, error) {
	if name != "-" {
		return name, nil
	}
	kept, preset, err := standard(false)
	if err == nil && kept == "" {
		_, err = presets.Decode("-", preset)
	}
	if err == nil && kept == "" {
		err = errors.New("the workbench needs a terminal; `descent run -` trains a preset from stdin without one")
	}
	return kept, usage(err)
}

// draftWith is a draft of a file of data whose recipe is as --set says.
func draftWith(name string, set []string) (*draft.Draft, error) {
	d, err := draftOf(name, draft.Options{}, set)
	if err != nil {
		return nil, usage(err)
	}
	d.Recipe, err = overridden(d, set)
	return d, err
}

// tables are files of data in the working directory.
func tables() (out []string) {
	for _, ending := range []string{"*.csv", "*.tsv", "*.csv.gz", "*.npz"} {
		names, _ := filepath.Glob(ending)
		out = append(out, names[:min(len(names), 20)]...)
	}
	return out
}
