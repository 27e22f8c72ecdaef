package data

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"descent/core/data/cell"
	"descent/core/data/text"
	"descent/core/data/transform"
	"descent/core/foreign"
)

// Inspect tells what a table of text holds: what its columns are and how they are written. content may be in a
// gzip. The keys of s say what is not to be found out.
func Inspect(name string, content []byte, s Spec) (*Profile, error) {
	plain, err := unzip(name, content)
	if err != nil {
		return nil, err
	}
	if err := foreign.Check(plain, foreign.Data); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if formatOf(plain) != table {
		return nil, fmt.Errorf("%s: the file holds arrays, not a table of text", name)
	}
	if s.Former() {
		s.Written = found()
	}
	in, err := inspect(name, plain, s)
	if err != nil {
		return nil, err
	}
	return in.profile(), nil
}

// inspect reads a table once, and decides what its columns are.
func inspect(file string, plain []byte, s Spec) (*inspected, error) {
	d, err := s.dialect()
	if err != nil {
		return nil, err
	}
	hint, err := s.hint()
	if err != nil {
		return nil, err
	}
	r, err := text.Bytes(file, plain, d)
	if err != nil {
		return nil, err
	}
	in := &inspected{file: file, spec: s, dialect: r.Dialect(), notes: r.Notes}
	cells, err := r.Next()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: the file is empty; it needs a line of column names and rows below it", file)
	}
	if err != nil {
		return nil, err
	}
	if err := noTable(file, cells, r); err != nil {
		return nil, err
	}
	for i, c := range cells {
		in.first, in.at = append(in.first, string(c)), append(in.at, r.At(i))
	}
	comment := string(r.Comment)
	in.columns = make([]seen, len(cells))
	missing := transform.Missing{Given: s.NA}
	watch := s.watched(len(plain), 0)
	for {
		if err := watch.row(r.Offset()); err != nil {
			return nil, err
		}
		cells, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(cells) != len(in.columns) {
			if in.rows > 0 || len(cells) != len(in.columns)+1 {
				return nil, in.ragged(r, cells)
			}
			in.index, r.Width = true, len(cells)
			in.columns = make([]seen, len(cells))
		}
		in.rows++
		for i, c := range cells {
			in.columns[i].add(c, missing)
		}
	}
	in.blank = r.Blank
	if r.Broken > 0 {
		in.note("%s of %s %s over several lines, the first at %s: is a quote left open?", count(r.Broken, "cell"), file, plural(r.Broken, "goes", "go"), r.Where)
	}
	if r.Blank > 0 {
		in.note("%s without any value %s skipped", count(r.Blank, "row"), plural(r.Blank, "is", "are"))
	}
	in.trim()
	in.decide(hint)
	if err := in.header(comment); err != nil {
		return nil, err
	}
	if !in.lined {
		in.rows++
		for i, c := range in.first {
			in.columns[i].add([]byte(c), missing)
		}
		in.decide(hint)
	}
	in.tell()
	return in, nil
}

// trim takes away a last column without a name and without a value: that behind the
// separators at the ends of lines.
func (in *inspected) trim() {
	n := len(in.columns) - 1
	if last := &in.columns[n]; n < 1 || in.rows == 0 || last.evidence.Values+last.maybe > 0 || !in.index && in.first[n] != "" {
		return
	}
	if in.cut, in.columns = true, in.columns[:n]; in.index {
		in.index = false
	} else {
		in.first = in.first[:n]
	}
}

// ragged refuses a row of another number of cells than the first line.
func (in *inspected) ragged(r *text.Reader, cells [][]byte) error {
	got := count(len(cells), "field")
	if len(cells) == 1 {
		got += " (" + quoted(string(cells[0])) + ")"
	}
	return fmt.Errorf("%s:%d: the row has %s, the first line %d (cells are separated by %s)", in.file, r.Line(), got, len(in.first), in.dialect.Between())
}

// profile is the table as others see it.
func (in *inspected) profile() *Profile {
	out := &Profile{File: in.file, Dialect: in.dialect, Named: in.named, Rows: in.rows, Notes: in.notes}
	for i := range in.columns {
		out.Columns = append(out.Columns, in.columns[i].profile(in.names[i]))
	}
	return out
}

func (c *seen) profile(name string) ColumnProfile {
	out := ColumnProfile{
		Name: name, Kind: c.format.Kind, Format: c.format, Missing: c.missing + c.maybe, Distinct: c.distinct.number(), Unique: c.distinct.unique(),
		Values: c.distinct.values(), Examples: c.distinct.example, Odd: c.odd,
	}
	if c.format.Kind == cell.Word {
		out.Missing = c.missing
		for word, n := range c.usual.counts { // words among words
			out.Distinct++
			out.Unique = out.Unique && n == 1
			if out.Values != nil {
				out.Values = append(out.Values, ValueCount{word, n})
			}
		}
		sortValues(out.Values)
		out.Kind = cell.Text
		if out.Distinct <= manyWords || out.Distinct <= maxWords && 2*out.Distinct <= c.evidence.Values+c.maybe {
			out.Kind = cell.Category
		}
		return out
	}
	out.Min, out.Max, _ = c.evidence.Range(c.format)
	if c.format.Kind == cell.Number {
		out.Integers, out.Counting, out.Codes = c.evidence.Whole(c.format), c.counting && c.evidence.Values > 2, c.evidence.Zeros
	}
	return out
}

// tell notes how columns are written that are not in plain numbers.
func (in *inspected) tell() {
	written := map[string][]string{}
	var order []string
	for i := range in.columns {
		c := &in.columns[i]
		said := ""
		switch c.format.Kind {
		case cell.Number:
			if said = c.format.String(); said != "" {
				said = "numbers with " + said
			}
		case cell.Date:
			said = "dates, " + c.format.String()
			if c.evidence.Ambiguous() && in.spec.Dates == auto {
				said += fmt.Sprintf(" (as far as can be told; data.dates = %q or %q says which)", cell.DayMonthYear, cell.MonthDayYear)
			}
		case cell.Boolean:
			said = "booleans, " + c.format.String()
		}
		if said == "" {
			continue
		}
		if written[said] == nil {
			order = append(order, said)
		}
		written[said] = append(written[said], quoted(in.names[i]))
	}
	for _, said := range order {
		columns := written[said]
		in.note("%s %s read as %s", plural(len(columns), "column ", "columns ")+some(columns), plural(len(columns), "is", "are"), said)
	}
}

// noTable refuses files of other programs that are text, by their first line.
func noTable(file string, cells [][]byte, r *text.Reader) error {
	line := string(bytes.Join(cells, []byte(" ")))
	lower := strings.ToLower(line)
	what := ""
	switch {
	case strings.HasPrefix(lower, "@relation"), strings.HasPrefix(lower, "@attribute"):
		what = "ARFF"
	case strings.HasPrefix(lower, "{"), strings.HasPrefix(lower, "["):
		what = "JSON"
	case strings.HasPrefix(lower, "<?xml"), strings.HasPrefix(lower, "<!doctype"), strings.HasPrefix(lower, "<html"):
		what = "a page of the web (HTML or XML)"
	case sparseRow.MatchString(line):
		what = "libsvm (svmlight)"
	}
	if what == "" {
		return nil
	}
	return fmt.Errorf("%s:%d: this looks like %s, which is not read: save it as CSV", file, r.Line(), what)
}
