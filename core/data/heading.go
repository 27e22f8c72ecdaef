package data

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/data/cell"
	"descent/core/data/text"
	"descent/core/data/transform"
)

// header decides whether the first line names the columns, where data.header leaves it
// open, now that the columns below it are known. comment is the last comment before it.
//
// A word above a column of numbers, dates or booleans is a name. A number above numbers is
// a cell if it is one like those below; a word above words is a cell if it stands below
// again.
func (in *inspected) header(comment string) error {
	switch in.spec.Header {
	case "true":
		in.named = true
	case "false":
	default:
		in.guess()
		if !in.named && in.commented(comment) {
			return nil
		}
	}
	if in.index && !in.named {
		return fmt.Errorf("%s: the first line has %s, the rows %d", in.at[0], count(len(in.first), "field"), len(in.columns))
	}
	if !in.named {
		in.names = numbered("c", len(in.columns))
		return nil
	}
	in.lined = true
	in.names = slices.Clone(in.first)
	if in.index {
		in.names = slices.Insert(in.names, 0, in.unused("row"))
		in.note("the rows have a cell more than there are names: the first is taken for the name of the row, and called %s", quoted(in.names[0]))
	}
	return in.unique()
}

// unused is a name that no column has.
func (in *inspected) unused(name string) string {
	for slices.Contains(in.names, name) {
		name += "_"
	}
	return name
}

// unique refuses names that stand twice, and gives columns without a name one if they
// are several.
func (in *inspected) unique() error {
	var empty []int
	for i, name := range in.names {
		if name == "" {
			empty = append(empty, i)
			continue
		}
		if j := slices.Index(in.names[:i], name); j >= 0 {
			return fmt.Errorf("%s: two columns are named %s; give each its own name, or, where this line is a row, data.header = false", in.at[i-len(in.names)+len(in.first)], quoted(name))
		}
	}
	if len(empty) > 1 {
		for _, i := range empty {
			in.names[i] = in.unused(fmt.Sprintf("c%d", i))
		}
		in.note("%s without a name are called by their place, from 0: %s", count(len(empty), "column"), some(pick(in.names, empty)))
	} else if len(empty) == 1 && in.columns[empty[0]].evidence.Values > 0 && !slices.Contains(in.spec.Ignore, "") {
		in.note("column %d has no name", empty[0]+1)
	}
	return nil
}

func pick(names []string, places []int) []string {
	out := make([]string, len(places))
	for i, p := range places {
		out[i] = names[p]
	}
	return out
}

// commented takes a comment before a first line that is a row for the names of the
// columns, as NumPy writes them, if it has as many.
func (in *inspected) commented(comment string) bool {
	d := in.dialect
	d.Comment, d.Skip, d.Encoding = text.None, 0, text.UTF8
	r, err := text.Bytes(in.file, []byte(comment), d)
	if err != nil || strings.TrimSpace(comment) == "" {
		return false
	}
	cells, err := r.Next()
	if err != nil || len(cells) != len(in.columns) {
		return false
	}
	names := make([]string, len(cells))
	for i, c := range cells {
		if names[i] = string(c); names[i] == "" || isNumber(names[i]) || slices.Contains(names[:i], names[i]) {
			return false
		}
	}
	in.names, in.named = names, true
	in.note("the comment before the table is taken for the names of its columns: %s (data.header = false leaves it out)", some(names))
	return true
}

// guess decides whether the first line names the columns.
func (in *inspected) guess() {
	if in.rows == 0 || in.index {
		in.named = in.index || slices.ContainsFunc(in.first, func(c string) bool { return !isNumber(c) && !transform.UsualMissing(c) }) || !slices.ContainsFunc(in.first, isNumber)
		if !in.named {
			in.noteRow("holds numbers")
		}
		return
	}
	var numbers []string // numbers above numbers
	like, unlike := 0, 0 // of them, those that are such as those below, and others
	fraction, headed := false, 0
	words, again := 0, 0 // words above words, and those that stand below again
	var repeated []string
	for i, name := range in.first {
		c := &in.columns[i]
		if name == "" || transform.UsualMissing(name) {
			continue
		}
		if c.format.Kind == cell.Empty {
			continue
		}
		if c.format.Kind == cell.Word {
			words++
			if c.distinct.holds(name) {
				again++
				repeated = append(repeated, name)
			}
			continue
		}
		v, ok := c.format.Value([]byte(name))
		if !ok {
			headed++
			continue
		}
		numbers = append(numbers, name)
		if c.format.Kind != cell.Number {
			like++
			continue
		}
		least, greatest, _ := c.evidence.Range(c.format)
		fraction = fraction || v != math.Trunc(v)
		if v != math.Trunc(v) || c.evidence.Whole(c.format) && within(v, least, greatest) {
			like++
		} else {
			unlike++
		}
	}
	switch {
	case headed > 0 && (headed >= like || !fraction):
		in.named = true
	case len(numbers) > 0 && words == 0: // numbers alone
		in.named = !fraction && unlike >= like && in.steps(numbers)
	case len(numbers) > 0:
		in.named = !fraction && again == 0 && unlike > 0
	default: // words alone
		in.named = again*2 <= words
	}
	switch {
	case !in.named && words == 0 && headed == 0:
		in.noteRow("holds numbers")
	case !in.named:
		in.noteRow("looks like the rows below it (" + some(append(numbers, repeated...)) + ")")
	case len(numbers) > 0:
		in.note("the first line is taken for the names of the columns, though %s %s (data.header = false takes it for a row)",
			some(numbers), plural(len(numbers), "is a value", "are values"))
	}
}

func (in *inspected) noteRow(why string) {
	in.note("the first line %s and is taken for a row; the columns are called %s (data.header = true takes it for their names)", why, some(numbered("c", len(in.columns))))
}

// steps tells whether numbers go up by one, as years and numbers of columns do.
func (in *inspected) steps(numbers []string) bool {
	if len(numbers) < 3 || len(numbers) < len(in.columns) {
		return false
	}
	last := 0.0
	for i, n := range numbers {
		v, ok := cell.Format{Kind: cell.Number}.Number([]byte(n))
		if !ok || i > 0 && v != last+1 {
			return false
		}
		last = v
	}
	return true
}

// within tells whether a number is about where those of a column are.
func within(v, least, greatest float64) bool {
	room := max(greatest-least, math.Abs(least), math.Abs(greatest))
	return v >= least-room && v <= greatest+room || math.IsInf(room, 0)
}
