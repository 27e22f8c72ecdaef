package data

import (
	"fmt"

	"descent/core/data/cell"
	"descent/core/data/text"
	"descent/core/data/transform"
)

// inspected is a table that was read once.
type inspected struct {
	file    string
	spec    Spec
	dialect text.Dialect
	first   []string // the cells of the first line
	at      []string // where they stand
	names   []string
	named   bool // the names are those of the file
	lined   bool // the first line holds them
	cut     bool // each line has a separator at its end, behind which there is nothing
	index   bool // the rows have a cell more in front than the names
	rows    int
	columns []seen
	notes   []string
	blank   int
}

// seen is what was seen of a column.
type seen struct {
	evidence cell.Evidence // of the cells that are missing in no column
	maybe    int           // cells that are missing values in columns of numbers
	missing  int           // cells that are missing in any column
	distinct distinct
	counting bool
	last     float64
	usual    distinct // those of maybe, which are words among words
	format   cell.Format
	odd      int
}

func (in *inspected) note(format string, args ...any) {
	in.notes = append(in.notes, fmt.Sprintf(format, args...))
}

// add takes the next cell of a column.
func (c *seen) add(b []byte, missing transform.Missing) {
	switch {
	case len(b) == 0, len(b) <= 4 && missing.Always(string(b)), len(b) > 4 && len(missing.Given) > 0 && missing.Always(string(b)):
		c.missing++
		return
	case len(b) <= 4 && (b[0] < '0' || b[0] > '9') && missing.InNumbers(string(b)):
		c.maybe++
		c.usual.add(b)
		return
	}
	v, number := c.evidence.Add(b)
	c.distinct.add(b)
	c.counting = number && (c.evidence.Values == 1 || c.counting && v == c.last+1 && v < maxExact)
	c.last = v
}

// decide settles how the columns are written. What columns without a doubt say of the
// decimal separator counts for the others.
func (in *inspected) decide(hint cell.Hint) {
	points, commas := 0, 0
	for i := range in.columns {
		switch in.columns[i].evidence.Told() {
		case ".":
			points++
		case ",":
			commas++
		}
	}
	hint.Comma = commas > points
	hint.Free = in.dialect.Separator == ";" && points == 0
	hint.DayFirst = hint.Comma || in.dialect.Separator == ";"
	for i := range in.columns {
		c := &in.columns[i]
		c.format = c.evidence.Format(hint)
		c.odd = c.evidence.Misfits(c.format)
		// Codes with a word among them, as 0, 1, 2 and 3+.
		if n := c.distinct.number(); c.format.Kind == cell.Number && c.odd > 0 && c.evidence.Whole(c.format) && n <= manyWords && 2*n <= c.evidence.Values {
			c.format, c.odd = cell.Format{Kind: cell.Word}, 0
		}
		if c.format.Kind == cell.Empty && c.maybe > 0 && c.missing == 0 && len(in.spec.NA) == 0 { // nothing but ? or none
			c.format.Kind = cell.Empty
		}
	}
}
