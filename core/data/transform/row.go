package transform

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"descent/core/data/cell"
)

// A cell that cannot be an input, and why.
var (
	ErrMissing = errors.New("the value is missing, and no row with a missing value was trained on")
	ErrNumber  = errors.New("is not a number")
	ErrFinite  = errors.New("is not a finite number")
	ErrDate    = errors.New("is not a date as the others are written")
	ErrBoolean = errors.New("is neither of the words for no and yes")
	ErrUnknown = errors.New("is a category that no training row holds")
)

// CellError is what is wrong with a cell of a row.
type CellError struct {
	Column int // index among the columns of the table; among its targets where Target is set
	Target bool
	Name   string // of the column
	Cell   string
	Err    error
}

func (e *CellError) Error() string {
	if errors.Is(e.Err, ErrMissing) {
		return fmt.Sprintf("column %q: %v", e.Name, e.Err)
	}
	return fmt.Sprintf("column %q: %q %v", e.Name, e.Cell, e.Err)
}

func (e *CellError) Unwrap() error { return e.Err }

// Unknown are the categories of a row that no training row held. It is an error of a
// row whose inputs are there nevertheless: those of such a category are 0 before they
// are standardized, and in a column by order what stands for a missing value.
type Unknown []CellError

func (u Unknown) Error() string {
	if len(u) == 1 {
		return u[0].Error()
	}
	return fmt.Sprintf("%v, and %d more", u[0].Error(), len(u)-1)
}

func (u Unknown) Unwrap() error { return ErrUnknown }

// Row makes the inputs of a row, to the bit those that the same cells had in training.
// cell gives the cell of the i-th of t.Columns; dst holds Width numbers. An Unknown is
// an error of a row that is whole, any other (a CellError) leaves dst undefined.
func (t *Table) Row(dst []float64, cell func(i int) string) error {
	if len(dst) != t.Width() {
		panic(fmt.Sprintf("transform: %d inputs for a row of %d", len(dst), t.Width()))
	}
	var unknown Unknown
	at, missing := 0, Missing{t.NA, t.Lax}
	for i := range t.Columns {
		c := &t.Columns[i]
		out := dst[at : at+len(c.Inputs)]
		at += len(c.Inputs)
		text := cell(i)
		err := c.read(out, text, missing)
		switch {
		case errors.Is(err, ErrUnknown) && (c.Kind == Category || c.fill(out) == nil):
			unknown = append(unknown, CellError{Column: i, Name: c.Name, Cell: text, Err: err})
		case err != nil:
			return &CellError{Column: i, Name: c.Name, Cell: text, Err: err}
		}
		c.standardize(out)
	}
	if unknown != nil {
		return unknown
	}
	return nil
}

// Numbers makes the inputs of a row of numbers as a table of the data has it, before
// missing values were filled in and columns standardized: one for each input, NaN for
// a missing value. It is Row for arrays and images.
func (t *Table) Numbers(dst, x []float64) error {
	if len(dst) != t.Width() || len(x) != len(dst) {
		panic(fmt.Sprintf("transform: %d numbers to %d inputs for a row of %d", len(x), len(dst), t.Width()))
	}
	at := 0
	for i := range t.Columns {
		c := &t.Columns[i]
		out := dst[at : at+len(c.Inputs)]
		copy(out, x[at:])
		at += len(c.Inputs)
		switch {
		case len(out) > 0 && math.IsNaN(out[0]):
			if err := c.fill(out); err != nil {
				return &CellError{Column: i, Name: c.Name, Err: err}
			}
		case c.Kind == Date:
			out[0] = c.Since(out[0])
		}
		c.standardize(out)
	}
	return nil
}

// read makes the inputs of a cell, before they are standardized.
func (c *Column) read(out []float64, cell string, missing Missing) error {
	if missing.Always(cell) {
		return c.fill(out)
	}
	switch c.Kind {
	case Number:
		v, err := numberAs(c.Written, cell)
		if err != nil {
			if missing.InNumbers(cell) {
				return c.fill(out)
			}
			return err
		}
		out[0] = v
		if c.Indicator {
			out[1] = 0
		}
		return nil
	case Date, Boolean:
		v, err := numberAs(c.Written, cell)
		switch {
		case err != nil && missing.InNumbers(cell):
			return c.fill(out)
		case err != nil && c.Kind == Date:
			return ErrDate
		case err != nil:
			return ErrBoolean
		}
		clear(out)
		if out[0] = v; c.Kind == Date {
			c.Spread(out, v)
			out[0] = c.Since(v)
		}
		return nil
	}
	return c.Read(out, cell)
}

// Read makes the inputs of a cell that holds a value, before they are standardized.
// An unknown category leaves 0 throughout and is an ErrUnknown.
func (c *Column) Read(out []float64, cell string) error {
	clear(out)
	switch c.Kind {
	case Category:
		k := c.index(cell)
		if k < 0 {
			return ErrUnknown
		}
		out[k] = 1
	case Ordinal:
		k := c.index(cell)
		if k < 0 {
			return ErrUnknown
		}
		out[0] = float64(k)
	default:
		v, err := numberAs(c.Written, cell)
		if err != nil {
			return err
		}
		out[0] = v
	}
	return nil
}

// index is the place of a category among the others, −1 for one that is unknown.
func (c *Column) index(cell string) int {
	if c.Numeric {
		v, err := numberAs(c.Written, cell)
		if err != nil {
			return -1
		}
		cell = Short(v)
	}
	if c.Kind == Category && !c.Numeric { // they are sorted
		k, ok := slices.BinarySearch(c.Categories, cell)
		if !ok {
			return -1
		}
		return k
	}
	return slices.Index(c.Categories, cell)
}

// Short is a number as the name of a category has it.
func Short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// fill stands for a missing value.
func (c *Column) fill(out []float64) error {
	if c.Fill == nil {
		return ErrMissing
	}
	copy(out, c.Fill)
	if c.Indicator {
		out[len(out)-1] = 1
	}
	return nil
}

func (c *Column) standardize(out []float64) {
	if c.Mean == nil {
		return
	}
	for i, v := range out {
		scale := 0
		if c.Scale != nil {
			scale = c.Scale[i]
		}
		out[i] = Standardized(v, c.Mean[i], c.Deviation[i], scale)
	}
}

// Standardized is (v·2⁻ˢ − mean)/deviation, s being the scale.
func Standardized(v, mean, deviation float64, scale int) float64 {
	if scale != 0 {
		v = math.Ldexp(v, -scale)
	}
	return (v - mean) / deviation
}

// numberAs reads a number as the cells of its column are written, nil for plainly: in
// digits, or with what leaves no doubt, such as the parentheses of accounting or U+2212.
func numberAs(f *cell.Format, text string) (float64, error) {
	if f == nil {
		v, err := number(text)
		if !errors.Is(err, ErrNumber) {
			return v, err
		}
		f = &cell.Format{Kind: cell.Number}
	}
	if v, ok := f.Value([]byte(text)); ok {
		return v, nil
	}
	return 0, ErrNumber
}

// number reads a finite number.
func number(cell string) (float64, error) {
	v, err := strconv.ParseFloat(cell, 64)
	switch {
	case errors.Is(err, strconv.ErrSyntax):
		return 0, ErrNumber
	case err != nil, math.IsNaN(v), math.IsInf(v, 0):
		return 0, ErrFinite
	}
	return v, nil
}
