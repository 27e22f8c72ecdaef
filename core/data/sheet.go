package data

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"descent/core/data/transform"
	"descent/core/knob"
)

// sheet gathers a table.
type sheet struct {
	spec    Spec
	file    string
	names   []string
	named   bool // the first line named the columns
	place   []int
	columns []column
	notes   []string

	rows    int
	numbers []int // of each row in its file, from 1, where some were dropped: see Table.Numbers
	read    int   // rows, those dropped too
	dropped int
	held    string // the other files
	parts   int    // rows before those of other files, 0 where there are none
	tests   int    // rows before those of the test file, 0 where there is none
	missing int
}

// call settles what the columns are called.
func (g *sheet) call(l *lines) error {
	if l.in != nil {
		g.named, g.names, g.notes = l.in.named, l.in.names, l.in.notes
		return nil
	}
	numbers := 0
	other := slices.ContainsFunc(l.first, func(cell string) bool {
		if isNumber(cell) {
			numbers++
			return false
		}
		return g.spec.Lax || cell == "" || !transform.UsualMissing(cell)
	})
	g.named = g.spec.Header == "true" || g.spec.Header != "false" && (other || numbers == 0)
	l.again = !g.named
	g.names = numbered("c", len(l.first))
	if g.named {
		seen := make(map[string]bool, len(l.first))
		for i, name := range l.first {
			if seen[name] {
				return fmt.Errorf("%s: two columns are named %s; give each its own name, or, where this line is a row, data.header = false", l.at(i), quoted(name))
			}
			seen[name] = true
		}
		g.names = l.first
	}
	return nil
}

// begin settles what the columns are.
func (g *sheet) begin(l *lines) error {
	if err := g.call(l); err != nil {
		return err
	}
	var err error
	if g.place, err = targets(l, g.names, g.spec); err != nil {
		return err
	}
	roles, err := g.spec.roles(l.head(), g.names)
	if err != nil {
		return err
	}
	g.columns = make([]column, len(g.names))
	inputs := 0
	for i, name := range g.names {
		g.columns[i] = column{name: name, target: slices.Contains(g.place, i), role: roles[i], known: map[string]string{}, missing: transform.Missing{Given: g.spec.NA, Lax: g.spec.Lax}}
		switch c := &g.columns[i]; {
		case c.target && c.ignored:
			return blame("data.ignore", "data.ignore: column %s is a target", quoted(name))
		case c.target && c.apart:
			return blame("data.target", "column %s is a target, and data.group, data.time or data.weight too", quoted(name))
		case c.target:
			c.role = role{} // a class is a category anyway
		case !c.ignored && !c.apart:
			inputs++
		}
	}
	if l.in != nil {
		l.begin(g.columns)
	}
	if inputs == 0 {
		return blame("data.ignore", "there is no input left: each column is a target, or named in data.ignore, data.group or data.weight")
	}
	return nil
}

// like is what there is to know of a second file.
func (g *sheet) like() Spec {
	s := g.spec
	if !s.Former() && s.Header == auto {
		s.Header = "false"
		if g.named {
			s.Header = "true"
		}
	}
	return s
}

// match says which cell of a line of a second file belongs to which column.
func (g *sheet) match(l *lines, key string) ([]int, error) {
	order := make([]int, len(g.names))
	if !g.named {
		if len(l.first) != len(g.names) {
			return nil, fmt.Errorf("%s: the row has %s, those of %s %d", l.at(0), count(len(l.first), "field"), g.file, len(g.names))
		}
		l.again = true
		for i := range order {
			order[i] = i
		}
		l.follow(g.columns, order)
		return order, nil
	}
	for i, name := range g.names {
		if order[i] = slices.Index(l.first, name); order[i] < 0 && !g.columns[i].ignored {
			return nil, fmt.Errorf("%s: there is no column %s, which %s has (the columns are %s)", l.at(0), quoted(name), g.file, listed(l.first))
		}
	}
	var more []string
	for _, name := range l.first {
		if !slices.Contains(g.names, name) {
			more = append(more, name)
		}
	}
	if more != nil {
		g.note("columns of %s that data.file has not are left out: %s", key, listed(more))
	}
	l.follow(g.columns, order)
	return order, nil
}

// take reads the rows that are left of a file.
func (g *sheet) take(l *lines, order []int) error {
	before, dropped := g.read, g.dropped
	watch := g.spec.watched(len(l.plain), 1)
	for {
		if l.in != nil {
			if err := watch.row(l.text.Offset()); err != nil {
				return err
			}
		}
		record, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		g.read++
		if g.lacks(record, order) {
			g.dropped++
			continue
		}
		g.rows++
		g.numbers = append(g.numbers, g.read)
		if float64(g.rows)*float64(len(g.columns)) > maxCells {
			return fmt.Errorf("%s: row %d: the file holds more than 2^28 cells", l.file, g.rows)
		}
		for i := range g.columns {
			c, cell := &g.columns[i], record[order[i]]
			if c.ignored {
				continue
			}
			if l.in != nil && !c.worded() {
				plain, done, err := l.number(c, order[i])
				if err != nil {
					return err
				}
				if done {
					continue
				}
				cell = plain
			}
			where := func() string { return l.at(order[i]) }
			if c.missing.Always(cell) {
				if !imputes(g.spec.Missing) || c.apart {
					return fmt.Errorf("%s: column %s: %s", where(), quoted(c.name), c.refusal(cell))
				}
				g.missing++
				c.gaps++
			}
			if err := c.add(cell, g.rows-1, l.comma(), where); err != nil {
				return err
			}
		}
	}
	if err := watch.end(); err != nil {
		return err
	}
	switch {
	case g.read == before && g.named:
		return fmt.Errorf("%s: there is a line of column names and no row below it%s", l.file, l.hint())
	case g.read-before == g.dropped-dropped && imputes(g.spec.Missing):
		return fmt.Errorf("%s: each of the %d rows lacks a target; none is left", l.file, g.read-before)
	case g.read-before == g.dropped-dropped:
		return fmt.Errorf("%s: each of the %d rows has a missing value; none is left", l.file, g.read-before)
	}
	if l.broken > 0 && !g.spec.Lax {
		g.note("%s of %s %s over several lines, the first at %s: is a quote left open?", count(l.broken, "cell"), l.file, plural(l.broken, "goes", "go"), l.where)
	}
	return nil
}

// lacks tells whether a row is left out for a missing value, whatever its columns hold:
// of any column, or where these are filled in of a target.
func (g *sheet) lacks(record []string, order []int) (any bool) {
	if g.spec.Missing != "drop" && !imputes(g.spec.Missing) {
		return false
	}
	for i := range g.columns {
		if c := &g.columns[i]; (g.spec.Missing == "drop" && !c.ignored || c.target) && c.missing.Always(record[order[i]]) {
			c.gaps++
			any = true
		}
	}
	return any
}

// settle decides which columns are numbers, and with that which cells are
// missing; rows that have one are dropped where that is asked for.
func (g *sheet) settle() error {
	gone := map[int]bool{}
	type flaw struct {
		row int
		err error
	}
	var earliest *flaw
	found := func(row int, format string, args ...any) {
		if earliest == nil || row < earliest.row {
			earliest = &flaw{row, fmt.Errorf(format, args...)}
		}
	}
	for i := range g.columns {
		c := &g.columns[i]
		if c.ignored {
			continue
		}
		if c.odd != "" { // words: the usual spellings of a missing value are words too
			c.maybe = nil
			continue
		}
		if c.wild != "" {
			found(c.wildRow, "%s: column %s: %s is not a finite number", c.wildAt, quoted(c.name), quoted(c.wild))
			continue
		}
		if !c.numeric && (len(c.maybe) == 0 || imputes(g.spec.Missing) || g.spec.Missing == "drop") {
			return g.blank(c)
		}
		for _, m := range c.maybe {
			switch {
			case g.spec.Missing == "drop", imputes(g.spec.Missing) && c.target:
				gone[m.row] = true
				c.gaps++
			case imputes(g.spec.Missing) && !c.apart:
				g.missing++
				c.gaps++
				if c.worded() {
					c.words[m.row] = ""
				}
			default:
				found(m.row, "%s: column %s: %s", m.at, quoted(c.name), c.refusal(m.cell))
			}
		}
	}
	if earliest != nil {
		return earliest.err
	}
	if len(gone) == 0 {
		return nil
	}
	first := g.rows // rows of the first file
	if g.held != "" {
		first = g.parts
	}
	switch {
	case allGone(gone, 0, first):
		return fmt.Errorf("%s: each row has a missing value; none is left", g.file)
	case first < g.rows && allGone(gone, first, g.rows):
		return fmt.Errorf("%s: each row has a missing value; none is left", g.held)
	}
	for i := range g.columns {
		g.columns[i].drop(gone)
	}
	g.numbers = without(g.numbers, gone)
	g.dropped += len(gone)
	parts, tests := g.parts, g.tests
	for r := range gone {
		g.rows--
		if r < parts {
			g.parts--
		}
		if r < tests {
			g.tests--
		}
	}
	return nil
}

// blank refuses a column without a value.
func (g *sheet) blank(c *column) error {
	if c.target {
		return fmt.Errorf("%s: column %s holds no value at all, and it is the target", g.file, quoted(c.name))
	}
	return fmt.Errorf("%s: %w", g.file, blame("data.ignore", "column %s holds no value at all; data.ignore = [%q] leaves it out", quoted(c.name), c.name))
}

func allGone(gone map[int]bool, from, to int) bool {
	for r := from; r < to; r++ {
		if !gone[r] {
			return false
		}
	}
	return true
}

// targets finds the columns to predict among the names.
func targets(l *lines, names []string, s Spec) ([]int, error) {
	at := l.head()
	target := s.Target
	for i := len(names) - 1; i >= 0 && len(target) == 0; i-- {
		if i == 0 || !slices.Contains(s.Ignore, names[i]) {
			target = names[i : i+1]
		}
	}
	place := make([]int, len(target))
	for i, name := range target {
		if place[i] = slices.Index(names, name); place[i] < 0 {
			if len(names) == 1 {
				return nil, single(at, l)
			}
			hint := ""
			if near := knob.Nearest(name, names); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return nil, fmt.Errorf("%s: there is no column %s for data.target%s (the columns are %s)", at, quoted(name), hint, listed(names))
		}
		if slices.Contains(place[:i], place[i]) {
			return nil, fmt.Errorf("%s: data.target names column %s twice", at, quoted(name))
		}
	}
	switch {
	case len(names) == 1:
		return nil, single(at, l)
	case len(place) == len(names):
		return nil, fmt.Errorf("%s: every column is a target; there is no input left", at)
	}
	return place, nil
}

func (g *sheet) note(format string, args ...any) {
	g.notes = append(g.notes, fmt.Sprintf(format, args...))
}
