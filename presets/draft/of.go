package draft

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"descent/core/data"
	"descent/core/data/cell"
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
	if bytes.IndexByte(head, 0) >= 0 {
		return false
	}
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if bytes.IndexByte(text, '\n') < 0 {
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	var line []byte
	for more := true; more && (len(line) == 0 || line[0] == '#'); {
		line, text, more = bytes.Cut(text, []byte("\n"))
		line = bytes.TrimSpace(line)
	}
	if len(line) == 0 || len(bytes.TrimSpace(text)) == 0 || bytes.ContainsRune([]byte("{[#<"), rune(line[0])) || bytes.Contains(line, []byte(" = ")) {
		return false
	}
	return bytes.ContainsAny(line, ",;\t|") || blanks(line, text)
}

// blanks tells whether blanks part the cells of a line and of the next, in which there is
// a number.
func blanks(line, rest []byte) bool {
	next, _, _ := bytes.Cut(rest, []byte("\n"))
	cells := bytes.Fields(next)
	return len(cells) > 1 && len(cells) == len(bytes.Fields(line)) && slices.ContainsFunc(cells, func(b []byte) bool {
		_, ok := cell.Format{Kind: cell.Number}.Number(b)
		return ok
	})
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
