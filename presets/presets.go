// Package presets is what descent brings along: recipes and data sets,
// embedded, and the reader and writer of preset files.
package presets

import (
	"embed"
	"slices"

	"descent/core/data"
	"descent/core/input"
	"descent/core/knob"
)

//go:embed *.toml data
var embedded embed.FS

// Default is the preset that opens when none is named.
const Default = "digits"

// names are the built-in presets in display order.
var names = []string{"digits", "seed", "moons", "spiral", "iris", "penguins", "wine", "concrete", "fashion-cnn", "ravine", "saddle", "rosenbrock", "beale", "chebyshev", "modular", "overfit", "augment-digits", "prune-cliff", "lottery", "quantize-cliff", "qat-rescue", "distil-digits", "finetune-digits", "fashion", "lora-fashion"}

// sets are the built-in tables.
var sets = []set{
	{"iris", []string{"iris.csv"}, nil, "iris flowers of three species, by the size of sepal and petal (Fisher 1936)"},
	{"wine", []string{"wine.csv"}, nil, "wines of three growers, by 13 chemical measures"},
	{"penguins", []string{"penguins.csv"}, []string{"species"}, "penguins of three species, by measure, sex and island; some values are missing (data.missing)"},
	{"breast_cancer", []string{"breast_cancer.csv.gz"}, nil, "tumours, benign or malignant, by 30 measures of their cells"},
	{"diabetes", []string{"diabetes.csv"}, nil, "how far diabetes went in a year, from ten measures of the patients"},
	{"concrete", []string{"concrete.csv"}, nil, "strength of concrete in MPa, from what went in and its age"},
	{"digits", []string{"digits8x8.csv.gz"}, nil, "handwritten digits of 8×8 pixels, 0 to 16 (data.shape = [8, 8] makes them images)"},
	{"fashion28", []string{"fashion28-train1300.q4.gz", "fashion28-test500.q4.gz", "fashion28-names.q4.gz"}, nil, "clothes of ten kinds, images of 28×28 pixels, with a test part (Fashion-MNIST)"},
}

// set is a built-in table. The files are read as one: after images come their
// test part and the names of the classes.
type set struct {
	name   string
	files  []string
	target []string // nil for the last column
	help   string
}

// Names are the built-in presets.
func Names() []string { return slices.Clone(names) }

// DataSets are the built-in tables with their help.
func DataSets() []knob.Option {
	out := make([]knob.Option, len(sets))
	for i, s := range sets {
		out[i] = knob.Option{Name: s.name, Help: s.help}
	}
	return out
}

// Files finds the built-in tables, reads files from disk, and keeps in Cache
// what presets learn on the spot ("" keeps nothing).
type Files struct {
	Cache string
	Told  func(preset string, done, total int) error // how far such learning is; may be nil
}

// Table is a built-in data set.
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

// Summary is a built-in data set, or a generator at its defaults, in one line:
// rows, inputs, targets, classes and missing values. "" for none of that name.
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

// File reads a file from disk.
func (Files) File(path string) ([]byte, error) {
	return input.Read(path, input.MaxData)
}
