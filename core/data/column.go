package data

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/data/cell"
	"descent/core/data/transform"
)

// column gathers the cells of one column.
type column struct {
	name   string
	target bool
	role
	format  cell.Format // how the cells are written, where that was found out
	exact   bool        // there are integers beyond 2^53
	missing transform.Missing
	numeric bool              // a cell is a finite number
	numbers []float64         // NaN for a word and for a missing value
	words   []string          // the cells, "" for a missing one; nil for an input of numbers
	known   map[string]string // the different words, so that each is kept once

	odd, oddAt   string // the first word, and where it stands
	wild, wildAt string // the first number that is not finite: a word where there are words
	wildRow      int
	maybe        []spelled // cells that are missing values if the column holds numbers
	gaps         int       // values that are missing, in rows that were dropped too
	long         string    // the first integer that a float64 does not hold
}

// spelled is a cell that may be a missing value.
type spelled struct {
	cell, at string
	row      int
}

// add takes the next cell. An input column of numbers with a word in it is
// refused, whichever came first, at the word; where says where the cell stands.
func (c *column) add(cell string, row int, comma rune, where func() string) error {
	if c.missing.Always(cell) {
		c.numbers = append(c.numbers, math.NaN())
		if c.words != nil || !c.numeric || c.worded() {
			c.words = append(c.words, "")
		}
		return nil
	}
	v, err := strconv.ParseFloat(cell, 64)
	finite := err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
	switch {
	case !finite && c.missing.InNumbers(cell):
		c.maybe = append(c.maybe, spelled{strings.Clone(cell), where(), row})
		v = math.NaN()
	case errors.Is(err, strconv.ErrSyntax):
		if comma != ',' && isNumber(strings.Replace(cell, ",", ".", 1)) {
			return fmt.Errorf("%s: column %s: %s is not a number; write it with a decimal point", where(), quoted(c.name), quoted(cell))
		}
		if c.odd == "" {
			c.odd, c.oddAt = strings.Clone(cell), where()
		}
		v = math.NaN()
	case !finite:
		if c.wild == "" {
			c.wild, c.wildAt, c.wildRow = strings.Clone(cell), where(), row
		}
		v = math.NaN()
	default:
		c.numeric = true
		if c.long == "" && inexact(cell, v) {
			c.long = strings.Clone(cell)
		}
	}
	c.numbers = append(c.numbers, v)
	if c.numeric && !c.target && !c.worded() {
		if c.odd != "" {
			return fmt.Errorf("%s: column %s: %s is not a number%s", c.oddAt, quoted(c.name), quoted(c.odd), plainly(c.odd))
		}
		if c.wild != "" {
			return fmt.Errorf("%s: column %s: %s is not a finite number", c.wildAt, quoted(c.name), quoted(c.wild))
		}
		c.words, c.known = nil, nil
		return nil
	}
	word, ok := c.known[cell]
	if !ok {
		if len(c.known) >= maxWords && !c.target && !c.apart {
			return fmt.Errorf("%s: %w", where(), blame("data.ignore", "column %s holds more than %d different words; data.ignore = [%q] leaves it out", quoted(c.name), maxWords, c.name))
		}
		word = strings.Clone(cell)
		c.known[word] = word
	}
	c.words = append(c.words, word)
	return nil
}

// written is how the cells are written where they are not plain numbers or words.
func (c *column) written() *cell.Format {
	switch c.format.Kind {
	case cell.Number, cell.Date, cell.Boolean:
		if !c.worded() && !c.format.Plain() {
			f := c.format
			return &f
		}
	}
	return nil
}

// drop leaves out the rows that are gone, and the words that stand in them alone.
func (c *column) drop(gone map[int]bool) {
	c.numbers, c.words = without(c.numbers, gone), without(c.words, gone)
	if c.known == nil {
		return
	}
	clear(c.known)
	for _, w := range c.words {
		if w != "" {
			c.known[w] = w
		}
	}
}

// text tells whether the column holds words.
func (c *column) text() bool { return c.odd != "" }

// made is the column as a part of the inputs, which it is called by.
func (c *column) made() transform.Column {
	out := transform.Column{Name: c.name, Kind: c.kind, Inputs: []string{c.name}}
	switch {
	case c.kind == "" && !c.text():
		out.Kind, out.Written = transform.Number, c.written()
		switch c.format.Kind {
		case cell.Date:
			out.Dated(c.numbers)
		case cell.Boolean:
			out.Kind, out.Categories = transform.Boolean, []string{c.format.No, c.format.Yes}
		}
		return out
	case c.kind == "":
		out.Kind = transform.Category
	}
	if out.Numeric = !c.text(); out.Numeric {
		out.Written = c.written()
	}
	if c.order == nil {
		out.Categories = c.categories()
	}
	for _, w := range c.order {
		if v, err := strconv.ParseFloat(w, 64); err == nil && out.Numeric {
			w = transform.Short(v)
		}
		out.Categories = append(out.Categories, w)
	}
	if out.Kind == transform.Category {
		out.Inputs = make([]string, len(out.Categories))
		for i, w := range out.Categories {
			out.Inputs[i] = c.name + "=" + w
		}
	}
	return out
}

// categories are the different words, sorted: numbers as numbers, in their shortest form.
func (c *column) categories() []string {
	if c.text() {
		return slices.Sorted(maps.Keys(c.known))
	}
	var numbers []float64
	for _, v := range c.numbers {
		if !math.IsNaN(v) {
			numbers = append(numbers, v)
		}
	}
	slices.Sort(numbers)
	out := []string{}
	for _, v := range slices.Compact(numbers) {
		out = append(out, transform.Short(v))
	}
	return out
}

// predicted is the column as a target.
func (c *column) predicted() Column {
	if c.text() {
		return Column{Name: c.name, Words: c.words}
	}
	out := numeric(c.name, c.numbers)
	out.Written = c.written()
	if c.long != "" {
		out.Labels = c.words
		for i, w := range out.Labels {
			out.Labels[i] = shortest(w)
		}
	}
	return out
}

// refusal says what is wrong with a missing value, and what can be done.
func (c *column) refusal(cell string) string {
	what := "the cell is empty"
	if cell != "" {
		what = "the value is missing (" + cell + ")"
	}
	what += `; data.missing = "drop" leaves such rows out`
	if !c.target && !c.apart {
		what += `, "mean" fills it in`
	}
	if cell != "" && !c.numeric {
		what += `, and data.na = [""] takes ` + cell + ` for a word`
	}
	return what
}

// join makes the inputs of all columns that are no targets; indicate adds to a
// column with missing values an input that is 1 where one is.
func (t *Table) join(file string, columns []column, indicate bool) error {
	width := 0
	var from []*column
	for i := range columns {
		if c := &columns[i]; !c.target && !c.ignored && !c.apart {
			made := c.made()
			if indicate && c.gaps > 0 {
				made.Indicator = true
				made.Inputs = append(made.Inputs, c.name+" missing")
			}
			from, t.Columns = append(from, c), append(t.Columns, made)
			width += len(made.Inputs)
			t.Inputs = append(t.Inputs, made.Inputs...)
		}
	}
	if float64(t.Rows)*float64(width) > maxCells {
		return fmt.Errorf("%s: %d rows of %d inputs, one for each word of a text column, would make more than 2^28 numbers", file, t.Rows, width)
	}
	t.X = make([]float64, t.Rows*width)
	at := 0
	for k, c := range from {
		made := &t.Columns[k]
		if made.Kind == transform.Number || made.Kind == transform.Boolean || made.Kind == transform.Date {
			c.lay(t.X[at:], width, made)
		} else if r := c.fill(t.X[at:], width, made); r >= 0 {
			return fmt.Errorf("%s: row %d: %w", file, t.numbered([]int{r})[0],
				blame("data.ordinal", "column %s holds %s, which data.ordinal does not name", quoted(c.name), quoted(c.words[r])))
		}
		at += len(made.Inputs)
	}
	return nil
}

// lay makes the inputs of a column of numbers, dates or yes and no.
func (c *column) lay(x []float64, width int, made *transform.Column) {
	last := len(made.Inputs) - 1
	for r, v := range c.numbers {
		out := x[r*width : r*width+last+1]
		switch out[0] = v; {
		case math.IsNaN(v):
			for i := range out {
				out[i] = v
			}
			if made.Indicator {
				out[last] = 1
			}
		case made.Kind == transform.Date:
			made.Spread(out, v)
		}
	}
}

// fill makes the inputs of a column that is more than numbers; x begins with those of
// the first row. It returns the first row whose word has no place, −1 for none.
func (c *column) fill(x []float64, width int, made *transform.Column) int {
	for r, w := range c.words {
		out := x[r*width : r*width+len(made.Inputs)]
		if w == "" {
			for i := range out {
				out[i] = math.NaN()
			}
			if made.Indicator {
				out[len(out)-1] = 1
			}
			continue
		}
		if made.Read(out, w) != nil {
			return r
		}
	}
	return -1
}

// aside takes the columns that say something of rows and are no inputs.
func (t *Table) aside(file string, columns []column, s Spec) error {
	for i := range columns {
		c := &columns[i]
		if c.name == s.Group && s.Group != "" {
			t.Groups = c.words
		}
		if c.name == s.Time && s.Time != "" {
			if c.text() {
				return blame("data.time", "%s: data.time: column %s holds %s, which is neither a number nor a date", file, quoted(c.name), quoted(c.odd))
			}
			t.Times = c.numbers
		}
		if c.name == s.Weight && s.Weight != "" {
			if c.text() {
				return blame("data.weight", "%s: data.weight: column %s holds %s, which is not a number", file, quoted(c.name), quoted(c.odd))
			}
			sum := 0.0
			for r, v := range c.numbers {
				if v < 0 {
					return blame("data.weight", "%s: row %d: data.weight: column %s holds %v; a weight is 0 or more", file, t.numbered([]int{r})[0], quoted(c.name), v)
				}
				sum += v
			}
			if sum == 0 {
				return blame("data.weight", "%s: data.weight: each weight in column %s is 0", file, quoted(c.name))
			}
			t.Weights = c.numbers
		}
	}
	return nil
}

// maxWords bounds the different words of a text column.
const maxWords = 1000

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
