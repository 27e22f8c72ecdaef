// Package presets is what descent brings along: recipes and data sets,
// embedded, and the reader and writer of preset files.
package presets

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"descent/core"
	"descent/core/knob"
)

//go:embed *.toml data
var embedded embed.FS

// Default is the preset that opens when none is named.
const Default = "digits"

// names are the built-in presets in display order.
var names = []string{"digits", "seed", "spiral", "concrete"}

// sets are the built-in tables.
var sets = []set{
	{"digits", "data/digits8x8.csv.gz", "1797 handwritten digits, 8×8 pixels of 0 to 16, 10 classes"},
	{"concrete", "data/concrete.csv", "1030 concrete mixtures, 8 amounts and ages, strength in MPa"},
}

type set struct{ name, file, help string }

// Names are the built-in presets.
func Names() []string { return names }

// DataSets are the built-in tables with their help.
func DataSets() []knob.Option {
	out := make([]knob.Option, len(sets))
	for i, s := range sets {
		out[i] = knob.Option{Name: s.name, Help: s.help}
	}
	return out
}

// Load reads a preset by its built-in name or by the path of a TOML file.
func Load(name string) (core.Recipe, error) {
	for _, n := range names {
		if n == name {
			content, err := embedded.ReadFile(n + ".toml")
			if err != nil {
				return core.Recipe{}, err
			}
			return Decode(n+".toml", content)
		}
	}
	if name == "-" {
		content, err := io.ReadAll(os.Stdin)
		if err != nil {
			return core.Recipe{}, fmt.Errorf("the preset cannot be read from stdin: %w", err)
		}
		return Decode("-", content)
	}
	isPath := strings.HasSuffix(name, ".toml") || strings.ContainsAny(name, `/\`)
	content, err := os.ReadFile(name)
	switch {
	case err == nil:
		return Decode(name, content)
	case isPath || !errors.Is(err, fs.ErrNotExist):
		return core.Recipe{}, fileError(name, err)
	}
	if near := knob.Nearest(name, names); near != "" {
		return core.Recipe{}, fmt.Errorf("there is no preset %q; did you mean %q?", name, near)
	}
	return core.Recipe{}, fmt.Errorf("there is no preset %q; the built-in ones are %s, or give the path of a TOML file", name, strings.Join(names, ", "))
}

// Files finds the built-in tables and reads files from disk.
type Files struct{}

// Table is a built-in data set.
func (Files) Table(name string) (content []byte, target []string, ok bool) {
	for _, s := range sets {
		if s.name == name {
			content, err := embedded.ReadFile(s.file)
			return content, nil, err == nil
		}
	}
	return nil, nil, false
}

// File reads a file from disk.
func (Files) File(path string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	return content, nil
}

func fileError(path string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("%s cannot be read: %w", path, err)
}

// base is a file's name without its folder and ending.
func base(file string) string {
	return strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
}
