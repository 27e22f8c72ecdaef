package data

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"descent/core/data/transform"
	"descent/core/knob"
)

var headers = []knob.Option{
	{Name: "auto", Help: "detect: a first line of numbers alone is a row, others are names", Doc: knob.Doc{
		Formula: knob.None,
		Source:  knob.None,
		PyTorch: "pandas.read_csv(header=\"infer\")",
		When:    "For most files. A first line that could be either is refused with a message, rather than guessed.",
		Range:   knob.None,
	}},
	{Name: "true", Help: "the first line names the columns", Doc: knob.Doc{
		Formula: knob.None,
		Source:  knob.None,
		PyTorch: "pandas.read_csv(header=0)",
		When:    "When the names are numbers, such as years.",
		Range:   knob.None,
	}},
	{Name: "false", Help: "the first line is a row; columns are named c0, c1 and so on", Doc: knob.Doc{
		Formula: knob.None,
		Source:  knob.None,
		PyTorch: "pandas.read_csv(header=None)",
		When:    "For files without a header, such as many of the UCI repository.",
		Range:   knob.None,
	}},
}

// header asks, where data.header leaves it open, whether the first line was
// taken rightly for names or for a row, now that the columns are known.
//
// A word above a column of numbers is a name. A word that stands below once more
// is a cell, and so is one with digits of the same shape as others below
// ("1,000", "2024-01-01").
func (g *sheet) header() error {
	if g.spec.Header == "true" || g.spec.Header == "false" || g.spec.Lax {
		return nil
	}
	if !g.named {
		g.note("the first line holds numbers and is taken for a row; the columns are called %s (data.header = true takes it for their names)", some(g.names))
		return nil
	}
	var numbers, repeated []string
	fraction, named, once := false, false, false
	for i, name := range g.names {
		c := &g.columns[i]
		switch {
		case c.ignored:
		case isNumber(name) && !c.text():
			numbers = append(numbers, name)
			fraction = fraction || strings.ContainsAny(name, ".eE")
		case isNumber(name) || transform.UsualMissing(name):
		case !c.text():
			named = true
		case c.holds(name):
			repeated = append(repeated, name)
		default:
			once = true
		}
	}
	row := len(repeated) > 0 && (len(numbers) > 0 || !once) || fraction
	switch {
	case row && !named:
		seen := append(numbers, repeated...)
		return fmt.Errorf("%s:1: the first line looks like a row and not like names (%s); say data.header = false if it is a row, data.header = true if these are the names of the columns", g.file, some(seen))
	case len(numbers) > 0:
		g.note("the first line is taken for the names of the columns, though %s %s (data.header = false takes it for a row)",
			some(numbers), plural(len(numbers), "is a number", "are numbers"))
	case strings.HasPrefix(g.names[0], "#"):
		g.note("the first line begins with # and is taken for the names of the columns")
	}
	if i := slices.Index(g.names, ""); i >= 0 && !g.columns[i].target && !g.columns[i].ignored {
		g.note("column %d has no name and is an input like the others", i+1)
	}
	return nil
}

// holds tells whether a word, or one with digits of the same shape, stands in a
// column of text.
func (c *column) holds(word string) bool {
	if _, ok := c.known[word]; ok {
		return true
	}
	form := shape(word)
	if form == word {
		return false
	}
	for w := range c.known {
		if shape(w) == form {
			return true
		}
	}
	return false
}

// shape is a word with 9 for each run of digits.
func shape(word string) string {
	var b strings.Builder
	digits := false
	for _, r := range word {
		if unicode.IsDigit(r) {
			if !digits {
				b.WriteByte('9')
			}
			digits = true
			continue
		}
		digits = false
		b.WriteRune(r)
	}
	return b.String()
}
