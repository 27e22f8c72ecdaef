package data

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"descent/core/knob"
)

// maxWords bounds the different words of a text column.
const maxWords = 1000

// readCSV reads lines of cells between commas, tabs or semicolons, whichever
// the first line holds most of. That line names the columns, or s.Header says
// that it is a row like the others: then they are c0, c1 and so on. Where
// s.Header leaves it open, a line of numbers alone is a row, and a line that
// looks like a row and is not all numbers is refused.
//
// s.Target names the columns to predict, by default the last; all others are
// inputs. A column of numbers must hold finite ones throughout. An input column
// in which no cell is a number is text: it becomes an input of 0 and 1 for each
// of its words, named column=word, in sorted order in the column's place.
// s.NA says which cells are missing values; s.Missing what becomes of them.
//
// The rows of held, a second file of the same columns in any order, follow as
// the test part; nil for none.
func readCSV(file string, plain []byte, held *Source, s Spec) (*Table, error) {
	l, err := openLines(file, plain, s)
	if err != nil {
		return nil, err
	}
	g := sheet{spec: s, file: file}
	if err := g.begin(l); err != nil {
		return nil, err
	}
	order := make([]int, len(g.names))
	for i := range order {
		order[i] = i
	}
	if err := g.take(l, order); err != nil {
		return nil, err
	}
	if held != nil {
		g.parts, g.held = g.rows, held.Name
		if l, err = openLines(held.Name, held.Content, s); err != nil {
			return nil, err
		}
		if order, err = g.match(l); err != nil {
			return nil, err
		}
		if err := g.take(l, order); err != nil {
			return nil, err
		}
	}
	return g.table()
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
}

// openLines reads the first line.
func openLines(file string, plain []byte, s Spec) (*lines, error) {
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
		return nil, fmt.Errorf("%s: the file is empty; it wants a line of column names and rows below it", file)
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

// at is where a cell of the last line stands.
func (l *lines) at(field int) string {
	line, col := l.r.FieldPos(field)
	return fmt.Sprintf("%s:%d:%d", l.file, line, col)
}

// sheet gathers a table.
type sheet struct {
	spec    Spec
	file    string
	names   []string
	named   bool // the first line named the columns
	place   []int
	columns []column
	notes   []string

	rows    int
	numbers []int // of each row in its file, from 1, where some were dropped: see Table.Numbers
	read    int   // rows, those dropped too
	dropped int
	held    string // the second file
	parts   int    // rows before those of the second file, 0 where there is none
	missing int
}

// begin settles what the columns are.
func (g *sheet) begin(l *lines) error {
	numbers := 0
	other := slices.ContainsFunc(l.first, func(cell string) bool {
		if isNumber(cell) {
			numbers++
			return false
		}
		return g.spec.Lax || cell == "" || !usualMissing(cell)
	})
	g.named = g.spec.Header == "true" || g.spec.Header != "false" && (other || numbers == 0)
	l.again = !g.named
	g.names = numbered("c", len(l.first))
	if g.named {
		seen := make(map[string]bool, len(l.first))
		for i, name := range l.first {
			if seen[name] {
				return fmt.Errorf("%s: two columns are named %s; give each its own name, or, where this line is a row, data.header = false", l.at(i), quoted(name))
			}
			seen[name] = true
		}
		g.names = l.first
	}
	var err error
	if g.place, err = targets(l, g.names, g.spec.Target); err != nil {
		return err
	}
	g.columns = make([]column, len(g.names))
	for i, name := range g.names {
		g.columns[i] = column{name: name, target: slices.Contains(g.place, i), known: map[string]string{}, missing: missingCells{g.spec.NA, g.spec.Lax}}
	}
	return nil
}

// match says which cell of a line of a second file belongs to which column.
func (g *sheet) match(l *lines) ([]int, error) {
	order := make([]int, len(g.names))
	if !g.named {
		if len(l.first) != len(g.names) {
			return nil, fmt.Errorf("%s: the row has %s, those of %s %d", l.at(0), count(len(l.first), "field"), g.file, len(g.names))
		}
		l.again = true
		for i := range order {
			order[i] = i
		}
		return order, nil
	}
	for i, name := range g.names {
		if order[i] = slices.Index(l.first, name); order[i] < 0 {
			return nil, fmt.Errorf("%s: there is no column %s, which %s has (the columns are %s)", l.at(0), quoted(name), g.file, listed(l.first))
		}
	}
	var more []string
	for _, name := range l.first {
		if !slices.Contains(g.names, name) {
			more = append(more, name)
		}
	}
	if more != nil {
		g.note("columns of data.validation_file that data.file has not are left out: %s", listed(more))
	}
	return order, nil
}

// take reads the rows that are left of a file.
func (g *sheet) take(l *lines, order []int) error {
	before, dropped := g.read, g.dropped
	for {
		record, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		g.read++
		if g.spec.Missing == "drop" && g.lacks(record, order) {
			g.dropped++
			continue
		}
		g.rows++
		g.numbers = append(g.numbers, g.read)
		if float64(g.rows)*float64(len(g.columns)) > maxCells {
			return fmt.Errorf("%s: row %d: the file holds more than 2^28 cells", l.file, g.rows)
		}
		for i := range g.columns {
			c, cell := &g.columns[i], record[order[i]]
			where := func() string { return l.at(order[i]) }
			if c.missing.always(cell) {
				if c.target || g.spec.Missing != "mean" {
					return fmt.Errorf("%s: column %s: %s", where(), quoted(c.name), c.refusal(cell))
				}
				g.missing++
				c.gaps++
			}
			if err := c.add(cell, g.rows-1, l.r.Comma, where); err != nil {
				return err
			}
		}
	}
	switch {
	case g.read == before && g.named:
		return fmt.Errorf("%s: there is a line of column names and no row below it%s", l.file, l.hint())
	case g.read-before == g.dropped-dropped:
		return fmt.Errorf("%s: each of the %d rows has a missing value; none is left", l.file, g.read-before)
	}
	if l.broken > 0 && !g.spec.Lax {
		g.note("%s of %s %s over several lines, the first at %s: is a quote left open?", count(l.broken, "cell"), l.file, plural(l.broken, "goes", "go"), l.where)
	}
	return nil
}

// lacks tells whether a row has a missing value, whatever its columns hold.
func (g *sheet) lacks(record []string, order []int) (any bool) {
	for i := range g.columns {
		if c := &g.columns[i]; c.missing.always(record[order[i]]) {
			c.gaps++
			any = true
		}
	}
	return any
}

// table is what was gathered.
func (g *sheet) table() (*Table, error) {
	if err := g.settle(); err != nil {
		return nil, err
	}
	if err := g.header(); err != nil {
		return nil, err
	}
	t := &Table{Rows: g.rows, Missing: g.missing, Read: g.read}
	if g.parts > 0 {
		t.Held = g.rows - g.parts
	}
	if g.dropped > 0 {
		t.Numbers = g.numbers
	}
	for _, i := range g.place {
		t.Targets = append(t.Targets, g.columns[i].predicted())
	}
	if err := t.join(g.file, g.columns); err != nil {
		return nil, err
	}
	g.tell()
	t.Notes = g.notes
	return t, nil
}

// settle decides which columns are numbers, and with that which cells are
// missing; rows that have one are dropped where that is asked for.
func (g *sheet) settle() error {
	gone := map[int]bool{}
	type flaw struct {
		row int
		err error
	}
	var earliest *flaw
	found := func(row int, format string, args ...any) {
		if earliest == nil || row < earliest.row {
			earliest = &flaw{row, fmt.Errorf(format, args...)}
		}
	}
	for i := range g.columns {
		c := &g.columns[i]
		if c.odd != "" { // words: the usual spellings of a missing value are words too
			c.maybe = nil
			continue
		}
		if c.wild != "" {
			found(c.wildRow, "%s: column %s: %s is not a finite number", c.wildAt, quoted(c.name), quoted(c.wild))
			continue
		}
		if !c.numeric && (len(c.maybe) == 0 || g.spec.Missing == "mean" || g.spec.Missing == "drop") {
			return fmt.Errorf("%s: column %s holds no value at all; take it out of the file", g.file, quoted(c.name))
		}
		for _, m := range c.maybe {
			switch {
			case g.spec.Missing == "drop":
				gone[m.row] = true
				c.gaps++
			case g.spec.Missing == "mean" && !c.target:
				g.missing++
				c.gaps++
			default:
				found(m.row, "%s: column %s: %s", m.at, quoted(c.name), c.refusal(m.cell))
			}
		}
	}
	if earliest != nil {
		return earliest.err
	}
	if len(gone) == 0 {
		return nil
	}
	first := g.rows // rows of the first file
	if g.held != "" {
		first = g.parts
	}
	switch {
	case allGone(gone, 0, first):
		return fmt.Errorf("%s: each row has a missing value; none is left", g.file)
	case first < g.rows && allGone(gone, first, g.rows):
		return fmt.Errorf("%s: each row has a missing value; none is left", g.held)
	}
	for i := range g.columns {
		g.columns[i].drop(gone)
	}
	g.numbers = without(g.numbers, gone)
	g.dropped += len(gone)
	parts := g.parts
	for r := range gone {
		g.rows--
		if r < parts {
			g.parts--
		}
	}
	return nil
}

func allGone(gone map[int]bool, from, to int) bool {
	for r := from; r < to; r++ {
		if !gone[r] {
			return false
		}
	}
	return true
}

// without is a slice without the elements at some places.
func without[T any](all []T, gone map[int]bool) []T {
	if all == nil {
		return nil
	}
	kept := all[:0]
	for i, v := range all {
		if !gone[i] {
			kept = append(kept, v)
		}
	}
	return kept
}

// targets finds the columns to predict among the names.
func targets(l *lines, names, target []string) ([]int, error) {
	line, _ := l.r.FieldPos(0)
	at := fmt.Sprintf("%s:%d", l.file, line)
	if len(target) == 0 {
		target = names[len(names)-1:]
	}
	place := make([]int, len(target))
	for i, name := range target {
		if place[i] = slices.Index(names, name); place[i] < 0 {
			if len(names) == 1 {
				return nil, single(at, l)
			}
			hint := ""
			if near := knob.Nearest(name, names); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return nil, fmt.Errorf("%s: there is no column %s for data.target%s (the columns are %s)", at, quoted(name), hint, listed(names))
		}
		if slices.Contains(place[:i], place[i]) {
			return nil, fmt.Errorf("%s: data.target names column %s twice", at, quoted(name))
		}
	}
	switch {
	case len(names) == 1:
		return nil, single(at, l)
	case len(place) == len(names):
		return nil, fmt.Errorf("%s: every column is a target; there is no input left", at)
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
