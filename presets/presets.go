// Package presets contains the built-in recipes and data sets, and reads and writes
// preset files.
package presets

import (
	"embed"
	"slices"
	"strconv"
	"strings"

	"descent/core/data"
	"descent/core/input"
	"descent/presets/album"
	"descent/presets/parquet"
)

//go:embed *.toml data
var embedded embed.FS

// Default is the preset that is opened if none is given.
const Default = "digits"

// names are the built-in presets in display order.
var names = []string{"digits", "seed", "moons", "spiral", "iris", "penguins", "wine", "concrete", "fashion-cnn", "ravine", "saddle", "rosenbrock", "beale", "chebyshev", "edge-adam", "modular", "overfit", "augment-digits", "prune-cliff", "lottery", "quantize-cliff", "qat-rescue", "distil-digits", "finetune-digits", "fashion", "lora-fashion"}

// Names returns the names of the built-in presets.
func Names() []string { return slices.Clone(names) }

// Files provides the built-in tables, reads files from disk, and caches the weights
// of presets that are trained first in the directory Cache ("" disables the cache).
type Files struct {
	Cache string
	Told  func(preset string, done, total int) error // called with the progress of such training; may be nil
	Read  func(file string, done, total int64) error // called with the progress of reading a large file; may be nil
}

// Table returns a built-in data set.
func (Files) Table(name string) (content []byte, target []string, ok bool) {
	for _, s := range sets {
		if s.name != name {
			continue
		}
		for _, f := range s.files {
			part, err := embedded.ReadFile("data/" + f)
			if err != nil {
				return nil, nil, false
			}
			content = append(content, part...)
		}
		return content, s.target, true
	}
	return nil, nil, false
}

// Summary describes a built-in data set, or a generator with its defaults, in one
// line: rows, inputs, targets, classes and missing values. It returns "" for an
// unknown name.
func Summary(name string) string {
	s := data.NewSpec()
	s.Set = name
	if t, ok := data.Generate(s, 1); ok {
		return t.Summary()
	}
	content, target, ok := Files{}.Table(name)
	if !ok {
		return ""
	}
	s.Target, s.Missing = target, "mean"
	t, err := data.Read(name, content, nil, s)
	if err != nil {
		return ""
	}
	return t.Summary()
}

// File reads a file from disk; a table of Parquet as one of text.
func (Files) File(path string) ([]byte, error) {
	content, err := input.Read(path, input.MaxData)
	if err == nil && parquet.Is(content) {
		return parquet.Text(path, content)
	}
	return content, err
}

// Album reads a folder of images.
func (Files) Album(path string, size []int, grey bool) (content []byte, notes []string, ok bool, err error) {
	if !album.Is(path) {
		return nil, nil, false, nil
	}
	content, notes, err = album.Arrays(path, size, grey)
	return content, notes, true, err
}

// Title returns the title of a built-in preset, "" for an unknown name. It reads one
// line: a listing of all presets is drawn at once.
func Title(name string) string {
	content, err := embedded.ReadFile(name + ".toml")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(content)) {
		if value, ok := strings.CutPrefix(line, "title = "); ok {
			title, _ := strconv.Unquote(strings.TrimSpace(value))
			return title
		}
	}
	return ""
}
