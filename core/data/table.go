package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"descent/core/data/cell"
	"descent/core/data/transform"
)

// Table is a data set as it was read: numeric inputs, and target columns that
// hold numbers or names.
type Table struct {
	Inputs  []string  // names of the input columns
	X       []float64 // rows×len(Inputs); NaN is a missing value. nil for many bytes: see Block
	Rows    int
	Targets []Column
	Shape   []int // of images: height, width and, if there are several, channels; else nil
	Last    bool  // the channels of a pixel lie side by side; else those of an image lie apart, one after the other
	Held    int   // so many rows at the end are not to be split: a test part of the set's own, or rows of other files
	Tested  int   // the last so many of these are rows of data.test_file
	Missing int   // values that are missing

	Times   []float64 // data.time of each row; nil without
	Groups  []string  // data.group
	Weights []float64 // data.weight

	Read    int   // rows of the file, and of that of the test part, with those that were dropped; 0 if none were
	Numbers []int // of each row among those read, from 1; nil if none were dropped

	// Notes say, a sentence each, what reading had to settle and is not evident.
	Notes []string

	// Columns are what the inputs are made of, in order, before anything is filled in
	// or standardized; nil where each input is a number of its own.
	Columns []transform.Column

	bytes     *byteRows // the inputs, in place of X; nil without
	order     string    // of the channels in the file, in words; "" without several
	scattered bool      // the inputs of a column no longer stand side by side
}

// Column is one target column.
type Column struct {
	Name    string
	Numbers []float64    // nil if any cell is a name
	Words   []string     // the cells as they stand in the file; nil if all are numbers
	Classes []string     // the names of 0, 1, 2 and so on, where the file gives them
	Written *cell.Format // how numbers are written that are not plain; else nil
	Labels  []string     // the numbers as they stand in the file, where an integer is beyond what a float64 holds; else nil
}

// numeric makes a column of numbers.
func numeric(name string, numbers []float64) Column { return Column{Name: name, Numbers: numbers} }

func (c Column) word(row int) string {
	if c.Words != nil {
		return c.Words[row]
	}
	if c.Labels != nil {
		return c.Labels[row]
	}
	for i, name := range c.Classes {
		if c.Numbers[row] == float64(i) {
			return name
		}
	}
	return short(c.Numbers[row])
}

// texts are the numbers as labels have them.
func (c Column) texts() []string {
	if c.Labels != nil {
		return c.Labels
	}
	out := make([]string, len(c.Numbers))
	for r, v := range c.Numbers {
		out[r] = short(v)
		if v == math.Trunc(v) {
			out[r] = strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return out
}

// Group is a column as the table has it, and which inputs stand for it: one,
// or several where it holds words. From is the first, To the one after the last.
type Group struct {
	Name     string
	From, To int
}

// Block is the inputs of the rows from one up to another, which is not to be changed.
func (t *Table) Block(from, to int) []float64 {
	if t.bytes != nil {
		return t.bytes.block(from, to)
	}
	width := len(t.Inputs)
	return t.X[from*width : to*width]
}

// Input is one of the inputs of all rows.
func (t *Table) Input(i int) []float64 {
	out := make([]float64, t.Rows)
	for r := range out {
		if t.bytes != nil {
			out[r] = t.bytes.at(r, i)
		} else {
			out[r] = t.X[r*len(t.Inputs)+i]
		}
	}
	return out
}

// unpack makes float64 of inputs that are bytes.
func (t *Table) unpack() {
	if t.bytes != nil {
		t.X, t.bytes = t.bytes.block(0, t.Rows), nil
	}
}

// unpackFew does so where they are few.
func (t *Table) unpackFew() {
	if t.Rows*len(t.Inputs) < bytesFrom {
		t.unpack()
	}
}

// numbered are the numbers in the file of rows of the table.
func (t *Table) numbered(rows []int) []int {
	out := make([]int, len(rows))
	for i, r := range rows {
		out[i] = r + 1
		if t.Numbers != nil {
			out[i] = t.Numbers[r]
		}
	}
	return out
}

// columns are those that the inputs are made of.
func (t *Table) columns() []transform.Column {
	if t.Columns != nil {
		return slices.Clone(t.Columns)
	}
	out := make([]transform.Column, len(t.Inputs))
	for i := range out {
		out[i] = transform.Column{Name: t.Inputs[i], Kind: transform.Number, Inputs: t.Inputs[i : i+1 : i+1]}
	}
	return out
}

// groups are the inputs as the table has them.
func (t *Table) groups() []Group {
	columns := t.columns()
	out := make([]Group, 0, len(columns))
	at := 0
	for _, c := range columns {
		if len(c.Inputs) > 0 {
			out = append(out, Group{c.Name, at, at + len(c.Inputs)})
		}
		at += len(c.Inputs)
	}
	return out
}

// hold appends the rows of a table alike, which are not to be split.
func (t *Table) hold(name string, test *Table) error {
	if len(t.Inputs) != len(test.Inputs) || len(t.Targets) != len(test.Targets) {
		return fmt.Errorf("%s: the test part has %s and %s, the training part %d and %d",
			name, count(len(test.Inputs), "input"), count(len(test.Targets), "target"), len(t.Inputs), len(t.Targets))
	}
	if float64(t.Rows+test.Rows)*float64(len(t.Inputs)) > maxCells {
		return fmt.Errorf("%s: training and test part hold more than 2^28 numbers", name)
	}
	if t.bytes != nil && test.bytes != nil && t.bytes.like(test.bytes) {
		t.bytes = t.bytes.and(test.bytes)
	} else {
		t.unpack()
		test.unpack()
		t.X = append(t.X, test.X...)
	}
	t.Rows += test.Rows
	t.Held += test.Rows
	for _, n := range test.Notes {
		if !slices.Contains(t.Notes, n) {
			t.Notes = append(t.Notes, n)
		}
	}
	for j := range t.Targets {
		a, b := &t.Targets[j], &test.Targets[j]
		if a.Labels != nil || b.Labels != nil {
			a.Labels = append(a.texts(), b.texts()...)
		}
		if (a.Words == nil) != (b.Words == nil) {
			return fmt.Errorf("%s: column %s holds words in one part and numbers in the other", name, quoted(a.Name))
		}
		a.Words = append(a.Words, b.Words...)
		a.Numbers = append(a.Numbers, b.Numbers...)
	}
	return nil
}

// numbered are names such as x0, x1, x2.
func numbered(letter string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = letter + strconv.Itoa(i)
	}
	return names
}
