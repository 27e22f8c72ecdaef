package data

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unsafe"

	"descent/core/data/cell"
	"descent/core/data/text"
)

// single refuses a first line of one cell, and says what it may be instead.
func single(at string, l *lines) error {
	if l.in != nil {
		return fmt.Errorf("%s: there is one column only, %s, and a table needs an input and a target; no separator stands in most lines alike (data.separator says which it is)", at, quoted(l.first[0]))
	}
	said := l.hint()
	if said == "" {
		switch cell := l.first[0]; {
		case strings.Contains(cell, "|"):
			said = "; | is none of them"
		case strings.ContainsAny(cell, " \u00a0"):
			said = "; spaces are none of them"
		case strings.Contains(cell, ":"):
			said = "; : is none of them"
		}
	}
	return fmt.Errorf("%s: there is one column only, %s: cells are separated by commas, tabs or semicolons, and a table needs an input and a target%s", at, quoted(l.first[0]), said)
}

// hint says what the first line looks like where it makes no table, "" for nothing.
func (l *lines) hint() string {
	if l.in != nil {
		return ""
	}
	text, _, _ := bytes.Cut(bytes.TrimLeft(l.plain, "\r\n"), []byte("\n"))
	cell := strings.TrimSpace(string(text[:min(len(text), 1000)]))
	switch {
	case strings.HasPrefix(strings.ToLower(cell), "@relation"):
		return "; this looks like ARFF, which is not read: save it as CSV"
	case strings.HasPrefix(strings.ToLower(cell), "sep="):
		return "; leave out the line " + quoted(cell) + ": the separator is found without it"
	case strings.HasPrefix(cell, "#"), strings.HasPrefix(cell, "%"), strings.HasPrefix(cell, "//"):
		return "; the first line looks like a comment, which is not read: leave it out"
	case strings.HasPrefix(cell, "{"), strings.HasPrefix(cell, "["):
		return "; this looks like JSON, which is not read: save it as CSV"
	case sparseRow.MatchString(cell):
		return "; this looks like libsvm (svmlight), which is not read: save it as CSV"
	}
	return ""
}

// lines reads a file of lines of cells.
type lines struct {
	file   string
	plain  []byte
	r      *csv.Reader
	offset int64    // where the last record begins, or the lines before it that are empty
	first  []string // the cells of the first line
	again  bool     // the first line is still to come, as a row

	broken int    // cells that go over several lines
	where  string // the first of them

	// Of a table that was inspected: the reader of its lines, which stands behind
	// the names, and how cells are written.
	in      *inspected
	text    *text.Reader
	formats []cell.Format
	cells   [][]byte // of the last line
	record  []string // the same as strings, valid as long
}

// openFormer reads the first line, as releases did that found out no more than the
// separator.
func openFormer(file string, plain []byte, s Spec) (*lines, error) {
	plain = bytes.TrimPrefix(plain, []byte("\xef\xbb\xbf"))
	if !s.Lax {
		if err := checkText(file, plain); err != nil {
			return nil, err
		}
	}
	l := &lines{file: file, plain: plain, r: csv.NewReader(bytes.NewReader(plain))}
	if first := plain[:min(len(plain), 4)]; !s.Lax && strings.EqualFold(string(first), "sep=") {
		return nil, fmt.Errorf("%s:1: the first line is no part of the table%s", file, l.hint())
	}
	l.r.Comma, l.r.ReuseRecord = separator(plain), true
	record, err := l.next()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty; it needs a line of column names and rows below it", file)
	}
	if err != nil {
		return nil, err
	}
	for _, cell := range record {
		l.first = append(l.first, strings.Clone(cell))
	}
	return l, nil
}

// next is the cells of the next line, valid until the next call; io.EOF after
// the last.
func (l *lines) next() ([]string, error) {
	if l.in != nil {
		return l.written()
	}
	if l.again {
		l.again = false
		return l.first, nil
	}
	l.offset = l.r.InputOffset()
	record, err := l.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if err != nil {
		return nil, broken(l, err, record)
	}
	for i, cell := range record {
		if strings.IndexByte(cell, '\n') >= 0 {
			if l.broken++; l.broken == 1 {
				line, col := l.r.FieldPos(i)
				l.where = fmt.Sprintf("%d:%d", line, col)
			}
		}
		record[i] = strings.TrimSpace(cell)
	}
	return record, nil
}

// written is the cells of the next line as they stand in the file, valid until the next
// call.
func (l *lines) written() ([]string, error) {
	cells, err := l.text.Next()
	if err != nil {
		return nil, err
	}
	if n := len(l.formats); l.in.cut && len(cells) == n+1 && len(cells[n]) == 0 {
		cells = cells[:n]
	}
	if len(cells) != len(l.formats) {
		return nil, l.in.ragged(l.text, cells)
	}
	l.cells, l.record = cells, l.record[:0]
	for _, b := range cells {
		l.record = append(l.record, unsafe.String(unsafe.SliceData(b), len(b)))
	}
	return l.record, nil
}

// head is where the first line stands.
func (l *lines) head() string {
	if l.in != nil {
		at, _, _ := cutLast(l.in.at[0])
		return at
	}
	line, _ := l.r.FieldPos(0)
	return fmt.Sprintf("%s:%d", l.file, line)
}

// cutLast cuts a text at its last colon.
func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// comma separates the cells, as far as that tells of decimal commas.
func (l *lines) comma() rune {
	if l.in != nil {
		return ','
	}
	return l.r.Comma
}

// at is where a cell of the last line stands.
func (l *lines) at(field int) string {
	if l.in != nil {
		return l.text.At(field)
	}
	line, col := l.r.FieldPos(field)
	return fmt.Sprintf("%s:%d:%d", l.file, line, col)
}

// separator is what stands most often between the cells of the first line:
// comma, tab or semicolon.
func separator(plain []byte) rune {
	const candidates = ",\t;"
	var count [len(candidates)]int
	quoted := false
	for _, b := range bytes.TrimLeft(plain, "\r\n") {
		if b == '"' {
			quoted = !quoted
		}
		if b == '\n' && !quoted {
			break
		}
		if i := strings.IndexByte(candidates, b); i >= 0 && !quoted {
			count[i]++
		}
	}
	best := 0
	for i, n := range count {
		if n > count[best] {
			best = i
		}
	}
	return rune(candidates[best])
}

// broken says what is wrong with the line where the reader stopped, in a row of
// these fields.
func broken(l *lines, err error, fields []string) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return fmt.Errorf("%s: %w", l.file, err)
	}
	switch {
	case errors.Is(p.Err, csv.ErrFieldCount):
		got := count(len(fields), "field")
		if len(fields) == 1 {
			got += " (" + quoted(fields[0]) + ")"
		}
		return fmt.Errorf("%s:%d: the row has %s, the first line %d%s", l.file, p.Line, got, len(l.first), l.hint())
	case errors.Is(p.Err, csv.ErrBareQuote):
		return fmt.Errorf("%s:%d:%d: a quote stands within a cell; put the whole cell in quotes, and double those within%s", l.file, p.Line, p.Column, l.hint())
	case errors.Is(p.Err, csv.ErrQuote):
		opens, closes := openQuote(l.plain, int(l.offset), byte(l.r.Comma))
		if closes == "" {
			return fmt.Errorf("%s:%s: the quote that opens here is never closed", l.file, opens)
		}
		return fmt.Errorf("%s:%s: the quote that opens here is closed at %s, where more text follows; close it where the cell ends, and double quotes within a cell", l.file, opens, closes)
	}
	return fmt.Errorf("%s:%d:%d: %w", l.file, p.Line, p.Column, p.Err)
}

// openQuote finds the quote that makes the record behind an offset unreadable:
// where it opens, and where it is closed before more text, "" if nowhere. Both
// are "line:column" in bytes.
func openQuote(plain []byte, offset int, comma byte) (opens, closes string) {
	at := func(i int) string {
		before := plain[:i]
		return fmt.Sprintf("%d:%d", bytes.Count(before, []byte("\n"))+1, i-bytes.LastIndexByte(before, '\n'))
	}
	first, open := true, -1 // whether a cell begins here, and where its quote stands
	for i := offset; i < len(plain); i++ {
		b := plain[i]
		if open < 0 {
			if b == '"' && first {
				open = i
			}
			first = b == comma || b == '\n'
			continue
		}
		if b != '"' {
			continue
		}
		rest := plain[i+1:]
		switch {
		case len(rest) == 0 || rest[0] == comma || rest[0] == '\n' || bytes.HasPrefix(rest, []byte("\r\n")):
			open, first = -1, false
		case rest[0] == '"':
			i++
		default:
			return at(open), at(i)
		}
	}
	return at(max(open, 0)), ""
}
