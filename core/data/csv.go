package data

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
)

// maxWords bounds the different words of a text column.
const maxWords = 1000

// readCSV reads lines of cells between commas, tabs or semicolons, whichever
// the first line holds most of. The first line names the columns, unless every
// cell of it is a number: then they are c0, c1 and so on.
//
// s.Target names the columns to predict, by default the last; all others are
// inputs. A column of numbers must hold finite ones throughout. An input column
// in which no cell is a number is text: it becomes an input of 0 and 1 for each
// of its words, named column=word, in sorted order in the column's place. An
// empty cell and NA are missing values; s.Missing says what becomes of them.
func readCSV(file string, plain []byte, s Spec) (*Table, error) {
	plain = bytes.TrimPrefix(plain, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bytes.NewReader(plain))
	r.Comma, r.ReuseRecord = separator(plain), true
	record, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty; it wants a line of column names and rows below it", file)
	}
	if err != nil {
		return nil, broken(file, err, plain, 0, r.Comma, 0, 0)
	}
	headless := !slices.ContainsFunc(record, func(cell string) bool { return !isNumber(strings.TrimSpace(cell)) })
	names := numbered("c", len(record))
	if !headless {
		seen := make(map[string]bool, len(names))
		for i, cell := range record {
			names[i] = strings.TrimSpace(strings.Clone(cell))
			if seen[names[i]] {
				return nil, fmt.Errorf("%s: two columns are named %q; give each its own name", position(file, r, i), names[i])
			}
			seen[names[i]] = true
		}
	}
	place, err := targets(file, names, s.Target)
	if err != nil {
		return nil, err
	}
	columns := make([]column, len(names))
	for i, name := range names {
		columns[i] = column{name: name, target: slices.Contains(place, i), known: map[string]string{}}
	}
	rows, dropped, missing := 0, 0, 0
	for first := headless; ; first = false {
		if !first {
			offset := r.InputOffset()
			if record, err = r.Read(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, broken(file, err, plain, offset, r.Comma, len(record), len(names))
			}
		}
		for i := range record {
			record[i] = strings.TrimSpace(record[i])
		}
		if s.Missing == "drop" && slices.ContainsFunc(record, absent) {
			dropped++
			continue
		}
		if rows++; float64(rows)*float64(len(columns)) > maxCells {
			return nil, fmt.Errorf("%s: row %d: the file holds more than 2^28 cells", file, rows)
		}
		for i, cell := range record {
			where := func() string { return position(file, r, i) }
			if absent(cell) && (columns[i].target || s.Missing != "mean") {
				return nil, fmt.Errorf("%s: column %q: %s", where(), columns[i].name, columns[i].refusal(cell))
			}
			if err := columns[i].add(cell, r.Comma, where); err != nil {
				return nil, err
			}
			if absent(cell) {
				missing++
			}
		}
	}
	switch {
	case rows == 0 && dropped > 0:
		return nil, fmt.Errorf("%s: each of the %d rows has a missing value; none is left", file, dropped)
	case rows == 0:
		return nil, fmt.Errorf("%s: there is a line of column names and no row below it", file)
	}
	t := &Table{Rows: rows, Missing: missing}
	for _, i := range place {
		t.Targets = append(t.Targets, columns[i].predicted())
	}
	if err := t.join(file, columns); err != nil {
		return nil, err
	}
	return t, nil
}

// join makes the inputs of all columns that are no targets.
func (t *Table) join(file string, columns []column) error {
	width := 0
	for _, c := range columns {
		switch {
		case c.target:
		case c.numeric:
			width++
		case c.odd != "":
			width += len(c.known)
		default:
			return fmt.Errorf("%s: column %q holds no value at all; take it out of the file", file, c.name)
		}
	}
	if float64(t.Rows)*float64(width) > maxCells {
		return fmt.Errorf("%s: %d rows of %d inputs, one for each word of a text column, would make more than 2^28 numbers", file, t.Rows, width)
	}
	t.X = make([]float64, t.Rows*width)
	for _, c := range columns {
		at := len(t.Inputs)
		switch {
		case c.target:
		case c.numeric:
			t.Inputs = append(t.Inputs, c.name)
			for r, v := range c.numbers {
				t.X[r*width+at] = v
			}
		default:
			words := slices.Sorted(maps.Keys(c.known))
			for _, w := range words {
				t.Inputs = append(t.Inputs, c.name+"="+w)
			}
			t.texts = append(t.texts, span{at, at + len(words)})
			for r, w := range c.words {
				out := t.X[r*width+at : r*width+at+len(words)]
				if i, ok := slices.BinarySearch(words, w); ok {
					out[i] = 1
					continue
				}
				for i := range out {
					out[i] = math.NaN()
				}
			}
		}
	}
	return nil
}

// column gathers the cells of one column.
type column struct {
	name    string
	target  bool
	numeric bool              // a cell is a number
	numbers []float64         // NaN for a word and for a missing value
	words   []string          // the cells, "" for a missing one; nil for an input that is numeric
	known   map[string]string // the different words, so that each is kept once

	odd, oddAt string // the first word, and where it stands
}

// add takes the next cell. A column of numbers with a word in it is refused,
// whichever came first, at the word; where says where the cell stands.
func (c *column) add(cell string, comma rune, where func() string) error {
	if absent(cell) {
		c.numbers = append(c.numbers, math.NaN())
		if !c.numeric {
			c.words = append(c.words, "")
		}
		return nil
	}
	v, err := strconv.ParseFloat(cell, 64)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		if comma != ',' && isNumber(strings.Replace(cell, ",", ".", 1)) {
			return fmt.Errorf("%s: column %q: %q is not a number; write it with a decimal point", where(), c.name, cell)
		}
		if c.odd == "" {
			c.odd, c.oddAt = cell, where()
		}
		v = math.NaN()
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return fmt.Errorf("%s: column %q: %q is not a finite number", where(), c.name, cell)
	default:
		c.numeric = true
	}
	c.numbers = append(c.numbers, v)
	if c.numeric && !c.target {
		if c.odd != "" {
			return fmt.Errorf("%s: column %q: %q is not a number", c.oddAt, c.name, c.odd)
		}
		c.words, c.known = nil, nil
		return nil
	}
	word, ok := c.known[cell]
	if !ok {
		if len(c.known) >= maxWords && !c.target {
			return fmt.Errorf("%s: column %q holds more than %d different words; take it out of the file", where(), c.name, maxWords)
		}
		word = strings.Clone(cell)
		c.known[word] = word
	}
	c.words = append(c.words, word)
	return nil
}

// predicted is the column as a target.
func (c *column) predicted() Column {
	if c.odd == "" {
		return numeric(c.name, c.numbers)
	}
	return Column{Name: c.name, Words: c.words}
}

// refusal says what is wrong with a missing value, and what can be done.
func (c *column) refusal(cell string) string {
	what := "the cell is empty"
	if cell != "" {
		what = "the value is missing (" + cell + ")"
	}
	what += `; data.missing = "drop" leaves such rows out`
	if !c.target {
		what += `, "mean" fills it in`
	}
	return what
}

func absent(cell string) bool { return cell == "" || cell == "NA" }

func isNumber(cell string) bool {
	_, err := strconv.ParseFloat(cell, 64)
	return err == nil || errors.Is(err, strconv.ErrRange)
}

// targets finds the columns to predict among the names.
func targets(file string, names, target []string) ([]int, error) {
	if len(target) == 0 {
		target = names[len(names)-1:]
	}
	place := make([]int, len(target))
	for i, name := range target {
		if place[i] = slices.Index(names, name); place[i] < 0 {
			hint := ""
			if near := knob.Nearest(name, names); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return nil, fmt.Errorf("%s:1: there is no column %q for data.target%s (the columns are %s)", file, name, hint, strings.Join(names, ", "))
		}
		if slices.Contains(place[:i], place[i]) {
			return nil, fmt.Errorf("%s:1: data.target names column %q twice", file, name)
		}
	}
	if len(place) == len(names) {
		return nil, fmt.Errorf("%s:1: every column is a target; there is no input left", file)
	}
	return place, nil
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

func position(file string, r *csv.Reader, field int) string {
	line, col := r.FieldPos(field)
	return fmt.Sprintf("%s:%d:%d", file, line, col)
}

// broken says what is wrong with the lines behind an offset, where the reader
// stopped. got and want are the fields of the row and of the first one.
func broken(file string, err error, plain []byte, offset int64, comma rune, got, want int) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return fmt.Errorf("%s: %w", file, err)
	}
	switch {
	case errors.Is(p.Err, csv.ErrFieldCount):
		return fmt.Errorf("%s:%d: the row has %s, the first line %d", file, p.Line, count(got, "field"), want)
	case errors.Is(p.Err, csv.ErrBareQuote):
		return fmt.Errorf("%s:%d:%d: a quote stands within a cell; put the whole cell in quotes, and double those within", file, p.Line, p.Column)
	case errors.Is(p.Err, csv.ErrQuote):
		opens, closes := openQuote(plain, int(offset), byte(comma))
		if closes == "" {
			return fmt.Errorf("%s:%s: the quote that opens here is never closed", file, opens)
		}
		return fmt.Errorf("%s:%s: the quote that opens here is closed at %s, where more text follows; close it where the cell ends, and double quotes within a cell", file, opens, closes)
	}
	return fmt.Errorf("%s:%d:%d: %w", file, p.Line, p.Column, p.Err)
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
