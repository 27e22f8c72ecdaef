package data

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"

	"descent/core/data/text"
)

// ReadInputs reads a file of arrays (IDX, NPY, NPZ or q4) of which the targets may be
// missing: the table then has none. All its rows are alike, those of a test part too.
func ReadInputs(of Source, s Spec) (*Table, error) {
	plain, err := unzip(of.Name, of.Content)
	if err != nil {
		return nil, err
	}
	var x array
	switch kind := formatOf(plain); {
	case kind == arrays && of.Labels == nil:
		x, err = readArray(of.Name, plain)
	case kind == zipped:
		var alone bool
		if x, alone, err = inputsOfNPZ(of.Name, plain, s); err == nil && !alone {
			return ReadWith(of, nil, nil, s)
		}
	default:
		return ReadWith(of, nil, nil, s)
	}
	if err != nil {
		return nil, err
	}
	if len(x.shape) == 0 || x.shape[0] == 0 {
		return nil, fmt.Errorf("%s holds no rows", of.Name)
	}
	t, err := tableOf(x, array{name: of.Name, shape: x.shape[:1], values: make([]float64, x.shape[0])})
	if err != nil {
		return nil, err
	}
	t.Targets = nil
	if err := t.arrange(of.Name, s); err != nil {
		return t, err
	}
	t.unpackFew()
	return t, nil
}

// inputsOfNPZ reads the inputs of an NPZ that holds no targets; alone is false for one
// that may.
func inputsOfNPZ(name string, plain []byte, s Spec) (x array, alone bool, err error) {
	z, err := zip.NewReader(bytes.NewReader(plain), int64(len(plain)))
	if err != nil {
		return x, false, fmt.Errorf("%s: the NPZ file is damaged: %w", name, err)
	}
	var inputs []*zip.File
	for _, f := range z.File {
		array, ok := strings.CutSuffix(f.Name, ".npy")
		if !ok {
			continue
		}
		role, _, known := roleOf(array)
		switch {
		case array == s.Y, known && role == 1:
			return x, false, nil
		case array == s.X, known && role == 0, len(z.File) == 1:
			inputs = append(inputs, f)
		}
	}
	if len(inputs) > 1 && s.X != "" {
		inputs = slices.DeleteFunc(inputs, func(f *zip.File) bool { return f.Name != s.X+".npy" })
	}
	if len(inputs) != 1 {
		return x, false, nil
	}
	x, err = entry(name+":"+strings.TrimSuffix(inputs[0].Name, ".npy"), inputs[0])
	return x, true, err
}

// Cell is the target of a row as the cell of a table would have it.
func (c Column) Cell(row int) string { return c.word(row) }

// Dialect is how the lines and cells of a table of text are written, as far as the keys of
// the recipe say it.
func (s Spec) Dialect() (text.Dialect, error) {
	if s.Former() {
		return text.Found(), nil
	}
	return s.Written.dialect()
}
