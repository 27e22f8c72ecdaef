package data

import (
	"bytes"
	"fmt"

	"descent/core/foreign"
)

// Read reads a table from the bytes of a file, by what they are: q4, IDX, NPY,
// NPZ, else CSV or TSV; any of them may be in a gzip. labels are the bytes of
// the file s.Labels, for IDX and NPY. name stands in errors, which read
// "name:line:column: what is wrong"; where a key is to blame, the error is a KeyError.
func Read(name string, content, labels []byte, s Spec) (*Table, error) {
	return ReadWith(Source{name, content, s.Labels, labels}, nil, nil, s)
}

// ReadWith is Read with files of the same columns, whose rows are to validate and to
// test; nil for none.
func ReadWith(of Source, held, tested *Source, s Spec) (*Table, error) {
	name := of.Name
	plain, err := unzip(name, of.Content)
	if err != nil {
		return nil, err
	}
	if err := foreign.Check(plain, foreign.Data); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if held, err = opened(held, plain, "data.validation"); err != nil {
		return nil, err
	}
	if tested, err = opened(tested, plain, "data.test"); err != nil {
		return nil, err
	}
	if !isZip(plain) && s.X+s.Y != "" {
		return nil, blame("data.x", "data.x and data.y name arrays of an NPZ, and %s is none; leave them out", name)
	}
	var t *Table
	switch formatOf(plain) {
	case packed:
		if err := alone(name, of.Labels, s); err != nil {
			return nil, err
		}
		t, err = readQ4(name, plain)
	case zipped:
		if err := alone(name, of.Labels, s); err != nil {
			return nil, err
		}
		t, err = readNPZ(name, plain, s)
	case arrays:
		if err := columnless(name, s); err != nil {
			return nil, err
		}
		t, err = readPair(name, plain, of.LabelsName, of.Labels, "data.labels")
		if err == nil && held != nil {
			err = t.holdPair(held, "data.validation_labels")
		}
		if err == nil && tested != nil {
			before := t.Rows
			err = t.holdPair(tested, "data.test_labels")
			t.Tested = t.Rows - before
		}
	default:
		if s.Former() && bytes.IndexByte(plain[:min(len(plain), 512)], 0) >= 0 {
			return nil, fmt.Errorf("%s: the file is neither text in UTF-8 nor one of IDX, NPY and NPZ", name)
		}
		if of.Labels != nil {
			return nil, blame("data.labels", "%s is a table, whose targets are columns; data.labels goes with images and arrays", name)
		}
		for key, more := range map[string]*Source{"data.validation_labels": held, "data.test_labels": tested} {
			if more != nil && more.Labels != nil {
				return nil, blame(key, "%s is a table, whose targets are columns; %s goes with images and arrays", more.Name, key)
			}
		}
		t, err = readCSV(name, plain, held, tested, s)
	}
	if err != nil {
		return nil, err
	}
	if s.Lax {
		for i := range t.Targets {
			t.Targets[i].Labels = nil
		}
	}
	if err := t.arrange(name, s); err != nil {
		return nil, err
	}
	t.unpackFew()
	return t, nil
}

// opened is another file unpacked, and held against the bytes of the first. key is
// that of the file, without its ending.
func opened(more *Source, plain []byte, key string) (*Source, error) {
	if more == nil {
		return nil, nil
	}
	out := *more
	var err error
	if out.Content, err = unzip(more.Name, more.Content); err != nil {
		return nil, err
	}
	if err := foreign.Check(out.Content, foreign.Data); err != nil {
		return nil, fmt.Errorf("%s: %w", more.Name, err)
	}
	if a, b := formatOf(plain), formatOf(out.Content); a == zipped || a == packed || (a == table) != (b == table) || b == zipped || b == packed {
		return nil, blame(key+"_file", "%s_file goes with tables (CSV) and with IDX or NPY, and data.file has to be the like", key)
	}
	return &out, nil
}

// format is what the bytes of a file are.
type format int

const (
	table  format = iota // text
	arrays               // IDX or NPY
	zipped               // NPZ
	packed               // q4
)

func formatOf(plain []byte) format {
	switch {
	case isQ4(plain):
		return packed
	case isZip(plain):
		return zipped
	case isIDX(plain), isNPY(plain):
		return arrays
	}
	return table
}

// alone refuses the keys that a file with its own labels has no use for.
func alone(name string, labels []byte, s Spec) error {
	if labels != nil {
		return blame("data.labels", "%s holds its own labels; leave data.labels out", name)
	}
	return columnless(name, s)
}

func columnless(name string, s Spec) error {
	if len(s.Target) > 0 {
		return blame("data.target", "data.target names columns, and %s has none; leave it out", name)
	}
	return nil
}

// Arrays tells whether the content of a file, unpacked from a gzip, is numbers (IDX, NPY,
// NPZ or q4) rather than a table of text.
func Arrays(plain []byte) bool { return formatOf(plain) != table }
