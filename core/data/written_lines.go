package data

import (
	"fmt"
	"math"
	"strconv"

	"descent/core/data/cell"
	"descent/core/data/text"
	"descent/core/data/transform"
)

// openLines reads a table once to see how it is written, and opens it again.
func openLines(file string, plain []byte, s Spec) (*lines, error) {
	if s.Former() {
		return openFormer(file, plain, s)
	}
	in, err := inspect(file, plain, s)
	if err != nil {
		return nil, err
	}
	l := &lines{file: file, plain: plain, in: in, first: in.names, formats: make([]cell.Format, len(in.columns))}
	d := in.dialect
	if d.Comment == text.None {
		d.Comment = s.Comment // a comment further down may be known as one
	}
	if l.text, err = text.Bytes(file, plain, d); err != nil {
		return nil, err
	}
	if in.lined {
		if _, err := l.text.Next(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// number adds a cell to a column of numbers. done is false where the cell has to be looked at
// more closely, as it then is: written in plain digits, where it is a number.
func (l *lines) number(c *column, at int) (plain string, done bool, err error) {
	plain = l.record[at]
	f := &l.formats[at]
	switch f.Kind {
	case cell.Number, cell.Date, cell.Boolean:
	default:
		return plain, false, nil
	}
	v, ok := f.Value(l.cells[at])
	switch {
	case ok && !c.exact:
		c.numbers, c.numeric = append(c.numbers, v), true
		return plain, true, nil
	case ok && !f.Plain():
		return strconv.FormatFloat(v, 'g', -1, 64), false, nil
	case ok, c.missing.Always(plain), c.missing.InNumbers(plain):
		return plain, false, nil
	}
	return plain, false, l.refuse(c, f, plain, l.at(at))
}

// begin takes what was found of the columns of a table.
func (l *lines) begin(columns []column) {
	for i := range columns {
		c, found := &columns[i], &l.in.columns[i]
		if c.ignored || c.worded() || c.target && found.format.Kind == cell.Boolean {
			continue
		}
		c.format, l.formats[i] = found.format, found.format
		switch found.format.Kind {
		case cell.Word:
			if !c.target && found.evidence.Misfits(cell.Format{Kind: cell.Number}) < found.evidence.Values {
				c.kind = transform.Category // numbers among words are words too
			}
		case cell.Number, cell.Date, cell.Boolean:
			c.numbers = make([]float64, 0, l.in.rows)
			least, greatest, _ := found.evidence.Range(found.format)
			c.exact = found.format.Kind == cell.Number && max(-least, greatest) >= maxExact
		}
	}
}

// follow takes the columns of another table for those of this one, as they stand in it.
func (l *lines) follow(columns []column, order []int) {
	if l.in == nil {
		return
	}
	for i := range columns {
		if j := order[i]; j >= 0 && columns[i].format.Kind != cell.Empty {
			l.formats[j] = columns[i].format
			if own := l.in.columns[j].format; own.Kind == columns[i].format.Kind {
				l.formats[j] = own
			}
		}
	}
}

func isFinite(text string) bool {
	v, err := strconv.ParseFloat(text, 64)
	return err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
}

// refuse is what is wrong with a cell that does not fit the format of its column.
func (l *lines) refuse(c *column, f *cell.Format, text, where string) error {
	what := "not a number"
	switch {
	case f.Kind == cell.Date:
		what = fmt.Sprintf("not a date (%s)", f)
	case f.Kind == cell.Boolean:
		what = fmt.Sprintf("neither %s nor %s", f.No, f.Yes)
	case isNumber(text) && !isFinite(text):
		what = "not a finite number"
	case f.String() != "":
		what += fmt.Sprintf(" (%s)", f)
	}
	return fmt.Errorf("%s: column %s: %s is %s, as the others are; correct it, or data.na = [%q] makes it a missing value, data.categorical = [%q] the column one of words",
		where, quoted(c.name), quoted(text), what, brief(text), c.name)
}
