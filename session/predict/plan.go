package predict

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"descent/core/data"
	"descent/core/data/text"
	"descent/core/data/transform"
	"descent/core/knob"
	"descent/core/model"
)

// plan says which cell of a row is what.
type plan struct {
	m       *model.Model
	columns []column    // inputs, in the order of the model
	targets []int       // of each target its cell; nil where they are not asked for
	kept    []int       // cells that are written beside the answers
	names   []string    // of these
	width   int         // cells of a row
	whole   *data.Table // of arrays
	notes   []string
}

// column is where an input column lies, and what is made of its cells.
type column struct {
	cell  int
	at, n int // of its inputs in a row
	plain bool
	of    *transform.Column
	alone transform.Table // of it alone
}

// newPlan finds the columns by their names; row tells that these are the cells of a row.
// With truth the targets have to be there.
func newPlan(m *model.Model, r *text.Reader, first []string, keep []string, truth bool) (p *plan, row bool, err error) {
	p = &plan{m: m, width: len(first)}
	names := first
	if positions, ok := p.unnamed(first); ok {
		names, row = positions, true
	}
	where := func(name string) (int, error) {
		i := slices.Index(names, name)
		if i >= 0 && slices.Contains(names[i+1:], name) {
			return 0, fmt.Errorf("%s: two columns are named %q; give each its own name", r.At(i), name)
		}
		return i, nil
	}
	used := make([]bool, len(names))
	var missing []string
	at := 0
	for i := range m.Transform.Columns {
		c := &m.Transform.Columns[i]
		cell, err := where(c.Name)
		if err != nil {
			return nil, false, err
		}
		if cell < 0 {
			missing = append(missing, c.Name)
			continue
		}
		used[cell] = true
		p.columns = append(p.columns, column{
			cell: cell, at: at, n: len(c.Inputs), of: c, plain: plain(m.Transform, c),
			alone: *m.Transform,
		})
		last := &p.columns[len(p.columns)-1]
		last.alone.Columns, last.alone.Targets = m.Transform.Columns[i:i+1:i+1], nil
		at += len(c.Inputs)
	}
	if missing != nil {
		return nil, false, p.lacks(r, names, missing)
	}
	for _, t := range m.Transform.Targets {
		cell, err := where(t.Name)
		if err != nil && truth {
			return nil, false, err
		}
		if cell < 0 && truth {
			return nil, false, fmt.Errorf("%s:%d: there is no column %q, the target, to compare with (the columns are %s)", r.Name, r.Line(), t.Name, few(names))
		}
		if cell >= 0 {
			used[cell] = true
		}
		if truth {
			p.targets = append(p.targets, cell)
		}
	}
	for _, name := range keep {
		cell, err := where(name)
		switch {
		case err != nil:
			return nil, false, err
		case cell < 0:
			hint := ""
			if near := knob.Nearest(name, names); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
			return nil, false, fmt.Errorf("--keep %s: there is no such column%s (the columns are %s)", name, hint, few(names))
		}
		used[cell] = true
		p.kept, p.names = append(p.kept, cell), append(p.names, name)
	}
	var others []string
	for i, name := range names {
		if !used[i] && !slices.Contains(m.Transform.Ignored, name) && !row {
			others = append(others, name)
		}
	}
	if others != nil {
		p.notes = append(p.notes, fmt.Sprintf("%s %s no input of the model and %s ignored: %s", plural(len(others), "a column", "columns"), plural(len(others), "is", "are"), plural(len(others), "is", "are"), few(others)))
	}
	return p, row, nil
}

// numbered are the names of columns without any.
var numbered = regexp.MustCompile(`^c[0-9]+$`)

// unnamed gives the names of the columns of a table without a line of names, for a model
// that was trained on such a one: with all its columns, or with the inputs alone.
func (p *plan) unnamed(first []string) (names []string, ok bool) {
	t := p.m.Transform
	var inputs []string
	all := len(t.Columns) + len(t.Targets) + len(t.Ignored)
	for _, c := range t.Columns {
		inputs = append(inputs, c.Name)
	}
	for _, name := range inputs {
		if !numbered.MatchString(name) || slices.Contains(first, name) {
			return nil, false
		}
	}
	switch len(first) {
	case all:
		for i := range first {
			names = append(names, "c"+strconv.Itoa(i))
		}
		return names, true
	case len(inputs):
		return inputs, true
	}
	return nil, false
}

// plain tells whether a cell of digits is the number that it says, whatever else is
// agreed.
func plain(t *transform.Table, c *transform.Column) bool {
	if c.Kind != transform.Number || c.Written != nil || t.Decimal != "" && t.Decimal != "." || len(c.Inputs) > 2 || len(c.Inputs) == 2 != c.Indicator {
		return false
	}
	return !slices.ContainsFunc(t.NA, func(s string) bool { _, ok := number([]byte(s)); return ok })
}

// lacks says which columns are missing.
func (p *plan) lacks(r *text.Reader, names, missing []string) error {
	hint := ""
	for _, name := range missing {
		if i := slices.IndexFunc(names, func(s string) bool { return strings.EqualFold(s, name) }); i >= 0 {
			hint = fmt.Sprintf("; %q is written %q in the model", names[i], name)
			break
		}
	}
	if len(missing) == 1 {
		return fmt.Errorf("%s:%d: there is no column %q, which the model takes%s (the columns are %s)", r.Name, r.Line(), missing[0], hint, few(names))
	}
	return fmt.Errorf("%s:%d: there are no columns %s, which the model takes%s (the columns are %s)", r.Name, r.Line(), few(missing), hint, few(names))
}

// few is names as a list, the first of them if they are many.
func few(names []string) string {
	const most = 12
	var out []string
	for _, n := range names[:min(len(names), most)] {
		out = append(out, strconv.Quote(n))
	}
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(out, ", "), more)
	}
	return strings.Join(out, ", ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
