package text

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// Next is the cells of the next line, without blanks around them, valid until the next
// call; io.EOF after the last. Empty lines and comments are skipped, and lines of empty cells.
func (r *Reader) Next() ([][]byte, error) {
	for {
		line, next, done, err := r.physical(r.pos)
		switch {
		case err != nil:
			return nil, err
		case done:
			return nil, io.EOF
		}
		r.first = r.line
		if r.comment != nil && bytes.HasPrefix(bytes.TrimLeft(line, " \t"), r.comment) {
			r.Comment = append(r.Comment[:0], bytes.TrimLeft(line, " \t")[len(r.comment):]...)
			r.line++
			r.pos = next
			continue
		}
		if r.strict && !utf8.Valid(line) {
			return nil, r.invalid(line)
		}
		if r.quote == 0 || bytes.IndexByte(line, r.quote) < 0 {
			r.split(line)
			r.line++
			r.pos = next
		} else if err := r.quoted(); err != nil {
			return nil, err
		}
		if r.nothing() {
			if len(r.cells) > 1 {
				r.Blank++
			}
			continue
		}
		if r.hashes && bytes.HasPrefix(r.cells[0], []byte("#")) && r.Width > 0 && len(r.cells) != r.Width {
			continue
		}
		if r.Width == 0 {
			r.Width = len(r.cells)
		}
		return r.cells, nil
	}
}

// nothing tells whether no cell holds anything.
func (r *Reader) nothing() bool {
	for _, c := range r.cells {
		if len(c) > 0 {
			return false
		}
	}
	return true
}
