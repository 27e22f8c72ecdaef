package data

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/data/transform"
)

// column gathers the cells of one column.
type column struct {
	name    string
	target  bool
	missing transform.Missing
	numeric bool              // a cell is a finite number
	numbers []float64         // NaN for a word and for a missing value
	words   []string          // the cells, "" for a missing one; nil for an input that is numeric
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
		if c.words != nil || !c.numeric {
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
	if c.numeric && !c.target {
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
		if len(c.known) >= maxWords && !c.target {
			return fmt.Errorf("%s: column %s holds more than %d different words; take it out of the file", where(), quoted(c.name), maxWords)
		}
		word = strings.Clone(cell)
		c.known[word] = word
	}
	c.words = append(c.words, word)
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

// predicted is the column as a target.
func (c *column) predicted() Column {
	if c.text() {
		return Column{Name: c.name, Words: c.words}
	}
	out := numeric(c.name, c.numbers)
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
	if !c.target {
		what += `, "mean" fills it in`
	}
	if cell != "" && !c.numeric {
		what += `, and data.na = [""] takes ` + cell + ` for a word`
	}
	return what
}

// join makes the inputs of all columns that are no targets.
func (t *Table) join(file string, columns []column) error {
	width := 0
	for _, c := range columns {
		switch {
		case c.target:
		case c.text():
			width += len(c.known)
		default:
			width++
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
		case !c.text():
			t.Inputs = append(t.Inputs, c.name)
			t.Columns = append(t.Columns, transform.Column{Name: c.name, Kind: transform.Number, Inputs: []string{c.name}})
			for r, v := range c.numbers {
				t.X[r*width+at] = v
			}
		default:
			words := slices.Sorted(maps.Keys(c.known))
			for _, w := range words {
				t.Inputs = append(t.Inputs, c.name+"="+w)
			}
			t.Columns = append(t.Columns, transform.Column{Name: c.name, Kind: transform.Category, Inputs: slices.Clone(t.Inputs[at:]), Categories: words})
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
