package draft

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"descent/core/data"
	"descent/core/foreign"
)

// Is tells whether the first bytes of a file are of data rather than of a preset or of a
// log. name is only looked at for text: data ends in .csv or the like.
func Is(name string, head []byte) bool {
	for _, magic := range []string{"\x1f\x8b", "\x93NUMPY", "PK\x03\x04", "PAR1", "\xff\xfe", "\xfe\xff"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	if len(head) >= 4 && head[0] == 0 && head[1] == 0 && head[2] >= 8 && head[2] <= 14 && head[3] >= 1 && head[3] <= 4 {
		return true // IDX
	}
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".tsv", ".tab", ".data", ".npy", ".npz", ".parquet", ".idx", ".gz":
		return true
	case ".toml", ".jsonl", ".json", ".safetensors", ".pt", ".pth":
		return false
	}
	line, rest, more := bytes.Cut(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n"), []byte("\n"))
	if bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	if !more || len(bytes.TrimSpace(rest)) == 0 || bytes.HasPrefix(line, []byte("{")) || bytes.HasPrefix(line, []byte("[")) || bytes.HasPrefix(line, []byte("#")) {
		return false
	}
	return bytes.ContainsAny(line, ",;\t|") && !bytes.Contains(line, []byte(" = "))
}

// Of makes a draft of the content of a file. labels is the content of o.Labels.
func Of(file string, content, labels []byte, o Options) (*Draft, error) {
	plain, err := unzipped(file, content)
	if err != nil {
		return nil, err
	}
	if err := foreign.Check(plain, foreign.Data); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var s *sheet
	if data.Arrays(plain) {
		spec := data.NewSpec()
		spec.Labels, spec.Missing = o.Labels, "mean"
		t, err := data.Read(file, content, labels, spec)
		if err != nil {
			return nil, err
		}
		s = arrays(t)
	} else if s, err = lines(file, plain, o.NA); err != nil {
		return nil, err
	}
	s.content, s.labels = content, labels
	return made(file, s, o)
}

// With is the draft with other options, of the same file as it was read.
func (d *Draft) With(o Options) (*Draft, error) { return made(d.File, d.sheet, o) }

func made(file string, s *sheet, o Options) (*Draft, error) {
	if o.Base != nil && len(o.Target) == 0 { // as recipes have it
		o.Target = []string{s.columns[len(s.columns)-1].Name}
	}
	d := &Draft{File: file, Rows: s.rows, Columns: slices.Clone(s.columns), Form: s.form, Notes: s.notes, Options: o, sheet: s, why: map[string]string{}}
	if err := d.roles(); err != nil {
		return nil, err
	}
	if err := d.write(); err != nil {
		return nil, err
	}
	if err := d.try(); err != nil {
		return nil, err
	}
	return d, nil
}
