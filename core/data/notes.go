package data

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"descent/core/data/cell"
	"descent/core/data/transform"
)

// manyWords is from how many different words on a column is spoken of by itself.
const manyWords = 20

// tell notes which rows were dropped, which columns are words, and which numbers
// were rounded.
func (g *sheet) tell() {
	var dropped, filled []string // columns with gaps for which rows are dropped, and others
	for _, c := range g.columns {
		if c.gaps == 0 {
			continue
		}
		gap := fmt.Sprintf("%s (%d)", quoted(c.name), c.gaps)
		if imputes(g.spec.Missing) && !c.target {
			filled = append(filled, gap)
		} else {
			dropped = append(dropped, gap)
		}
	}
	if g.dropped > 0 {
		what := "values are missing"
		if imputes(g.spec.Missing) {
			what = "targets are missing"
		}
		g.note("%d of %s %s left out, since %s: %s", g.dropped, count(g.read, "row"), plural(g.dropped, "is", "are"), what, some(dropped))
	}
	if g.missing > 0 && g.spec.Set == "" {
		g.note("%s %s filled in: %s", count(g.missing, "missing value"), plural(g.missing, "is", "are"), some(filled))
	}
	g.tellNew()
	if g.spec.Set == "" && !g.spec.Former() {
		g.tellIdle()
	}
	var plain []string // columns of words that look like nothing else
	for i := range g.columns {
		c := &g.columns[i]
		if !c.text() {
			if c.long != "" && !c.target {
				g.note("column %s holds integers beyond 2^53, which are rounded, such as %s", quoted(c.name), c.long)
			}
			continue
		}
		words := slices.Sorted(maps.Keys(c.known))
		if len(words) == 0 {
			continue
		}
		like, example := common(words)
		becomes := "each is an input of its own"
		if c.target {
			becomes = "each is a class of its own"
		}
		switch {
		case like != "":
			g.note("column %s holds %s that look like %s, such as %s, and %s; %s", quoted(c.name), count(len(words), "different word"), like, quoted(example), becomes, advice[like])
		case c.target && len(words) >= manyWords && 2*len(words) > g.rows:
			g.note("column %s holds %s in %s, and %s", quoted(c.name), count(len(words), "different word"), count(g.rows, "row"), becomes)
		case c.target:
		case len(words) >= manyWords:
			g.note("column %s holds %s, such as %s, and %s", quoted(c.name), count(len(words), "different word"), quoted(words[0]), becomes)
		case g.spec.Set == "":
			plain = append(plain, fmt.Sprintf("%s (%d, such as %s)", quoted(c.name), len(words), quoted(words[0])))
		}
		var missing []string
		for _, w := range words {
			if transform.UsualMissing(w) && len(g.spec.NA) == 0 {
				missing = append(missing, fmt.Sprintf("%q", w))
			}
		}
		if missing != nil {
			list := strings.Join(missing, ", ")
			g.note("in column %s %s %s; data.na = [%s] makes it a missing value", quoted(c.name), list, plural(len(missing), "is a word like any other", "are words like any other"), list)
		}
	}
	if plain != nil {
		const most = 6
		if len(plain) > most {
			plain = append(plain[:most], count(len(plain)-most, "column")+" more")
		}
		g.note("columns of words, each word an input of its own: %s", strings.Join(plain, ", "))
	}
}

// tellIdle notes the inputs of which nothing can be learnt: those that are the same in
// each row, that number the rows, and words that stand in one row each.
func (g *sheet) tellIdle() {
	var same, counting, names []string
	for i := range g.columns {
		c := &g.columns[i]
		if c.target || c.ignored || c.apart || g.rows < 3 {
			continue
		}
		switch {
		case c.text() && len(c.known) == 1 && c.gaps == 0, !c.text() && steps(c.numbers, 0):
			same = append(same, c.name)
		case c.text() && len(c.known) == g.rows && g.rows >= manyWords:
			names = append(names, c.name)
		case !c.text() && c.kind == "" && c.format.Kind != cell.Date && g.rows >= manyWords && steps(c.numbers, 1):
			counting = append(counting, c.name)
		}
	}
	for _, of := range []struct {
		names     []string
		one, many string
	}{
		{same, "is the same in each row", "are the same in each row"},
		{counting, "numbers the rows", "number the rows"},
		{names, "is another word in each row", "are other words in each row"},
	} {
		if of.names != nil {
			g.note("%s %s %s, of which nothing can be learnt: data.ignore = %s leaves %s out", plural(len(of.names), "column", "columns"), some(of.names),
				plural(len(of.names), of.one, of.many), list(of.names), plural(len(of.names), "it", "them"))
		}
	}
}

// list is names as a recipe writes them.
func list(names []string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = fmt.Sprintf("%q", name)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// steps tells whether each number is so much more than the one before.
func steps(numbers []float64, by float64) bool {
	for i, v := range numbers[1:] {
		if v != numbers[i]+by {
			return false
		}
	}
	return true
}

// tellNew notes the words of inputs that stand in the second file alone: nothing
// is learned of them.
func (g *sheet) tellNew() {
	if g.held == "" {
		return
	}
	for i := range g.columns {
		c := &g.columns[i]
		if c.target || !c.text() {
			continue
		}
		trained := map[string]bool{}
		for _, w := range c.words[:g.parts] {
			trained[w] = true
		}
		var fresh []string
		for _, w := range slices.Sorted(maps.Keys(c.known)) {
			if !trained[w] {
				fresh = append(fresh, quoted(w))
			}
		}
		if fresh != nil {
			g.note("words of column %s that no training row holds: %s", quoted(c.name), some(fresh))
		}
	}
}
