package draft

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/knob"
)

// targets are names that columns to predict have, the surest first.
var targets = []string{
	"target", "label", "labels", "class", "y", "outcome", "response", "species", "survived", "diagnosis", "category", "churn", "exited", "default", "fraud", "is_fraud",
	"price", "saleprice", "sale_price", "median_house_value", "medv", "preis", "ziel", "klasse", "quality", "mpg", "compressive_strength", "strength", "sales", "demand",
}

// ids are names that columns of row numbers have.
var ids = []string{"", "id", "index", "idx", "row", "rownames", "nr", "no", "no.", "#", "uuid", "key"}

// roles settles what each column is for, and what it becomes.
func (d *Draft) roles() error {
	if err := d.asked(); err != nil {
		return err
	}
	if d.Rows < 2 {
		return fmt.Errorf("%s: there %s; a part of the rows is learned from and a part held out, so there have to be more", d.File, map[bool]string{true: "are no rows below the line of names", false: "is one row only"}[d.Rows == 0])
	}
	for i := range d.Columns {
		c := &d.Columns[i]
		c.Role = Input
		if why := d.useless(c); why != "" && !slices.Contains(d.Options.Use, c.Name) {
			c.Role, c.Note = Ignored, why
		}
	}
	if err := d.target(); err != nil {
		return err
	}
	d.spare()
	for _, name := range d.Options.Ignore {
		if c := &d.Columns[find(d.Columns, name)]; c.Role != Target {
			c.Role, c.Note = Ignored, "as was asked for"
		}
	}
	d.kinds()
	if len(named(d.Columns, Input)) == 0 {
		return fmt.Errorf("%s: there is no column left to predict %s from: left out are %s; --use takes one nevertheless", d.File, listed(named(d.Columns, Target)), listed(d.left()))
	}
	return nil
}

// left are the columns that are left out, each with the reason.
func (d *Draft) left() (out []string) {
	for i, c := range d.Columns {
		if c.Role != Ignored {
			continue
		}
		name := c.Name
		if name == "" {
			name = fmt.Sprintf("column %d", i+1)
		}
		out = append(out, fmt.Sprintf("%s (%s)", name, c.Note))
	}
	return out
}

// spare makes inputs of columns of numbers that would be left out where nothing else is left.
func (d *Draft) spare() {
	if len(named(d.Columns, Input)) > 0 {
		return
	}
	for i := range d.Columns {
		if c := &d.Columns[i]; c.Role == Ignored && c.Distinct > 1 && (c.Kind == Number || c.Kind == Integer || c.Kind == Date) {
			c.Role, c.Note = Input, ""
		}
	}
}

// asked refuses the name of a column that is not there.
func (d *Draft) asked() error {
	var names []string
	for _, c := range d.Columns {
		names = append(names, c.Name)
	}
	for _, of := range [][]string{d.Options.Target, d.Options.Ignore, d.Options.Use, d.Options.Categorical, d.Options.Ordinal, d.Options.Number} {
		for _, name := range of {
			if slices.Contains(names, name) {
				continue
			}
			if near := knob.Nearest(name, names); near != "" {
				return fmt.Errorf("%s: there is no column %q; did you mean %q?", d.File, name, near)
			}
			return fmt.Errorf("%s: there is no column %q; the columns are %s", d.File, name, listed(names))
		}
	}
	if len(names) < 2 {
		return fmt.Errorf("%s: there is one column only, %q; a table needs an input and a target", d.File, names[0])
	}
	return nil
}

// useless is why a column is no input, "" where it may be one.
func (d *Draft) useless(c *Column) string {
	lower := strings.ToLower(c.Name)
	id := slices.Contains(ids, lower) || strings.HasPrefix(lower, "unnamed:") || strings.HasSuffix(lower, "_id") || strings.HasSuffix(c.Name, "Id") || strings.HasSuffix(c.Name, "ID")
	differ := c.Unlike
	switch {
	case !d.sheet.words:
		return ""
	case c.Kind == Empty:
		return "it holds no value"
	case c.Distinct == 1 && c.Missing == 0:
		return "every row holds " + c.Example
	case c.sequence && d.Rows > 2 && (id || c == &d.Columns[0]):
		return "it numbers the rows"
	case c.Kind == Date && c.sorted && c.Unlike && d.Rows > 10:
		return "the time of the rows, which are split by it: later ones lie beyond what was learned"
	case c.Kind == Text && differ && d.Rows > 10:
		return "every value differs: a name or a key"
	case c.Kind == Text:
		return fmt.Sprintf("text of %s different values", c.Unique())
	case 10*c.Missing > 9*d.Rows:
		return percent(c.Missing, d.Rows) + " of the values are missing"
	case id && c.Kind == Integer && differ && d.Rows > 10:
		return "every value differs: a key"
	}
	return ""
}

// target chooses the column to predict.
func (d *Draft) target() error {
	mark := func(i int, why string) {
		c := &d.Columns[i]
		c.Role, c.Note = Target, why
	}
	if len(d.Options.Target) > 0 {
		for _, name := range d.Options.Target {
			i := find(d.Columns, name)
			if d.Columns[i].Kind == Empty {
				return fmt.Errorf("%s: column %q holds no value to learn", d.File, name)
			}
			mark(i, "as was asked for")
		}
		return nil
	}
	free := func(i int) bool {
		return d.Columns[i].Role == Input && !slices.Contains(d.Options.Ignore, d.Columns[i].Name) && d.Columns[i].Kind != Date
	}
	if !d.sheet.words { // what was read says which are targets: those after the inputs
		mark(len(d.Columns)-1, "the labels")
		return nil
	}
	for _, name := range targets {
		for i := range d.Columns {
			if strings.EqualFold(d.Columns[i].Name, name) && free(i) {
				mark(i, "by its name")
				return nil
			}
		}
	}
	for i := len(d.Columns) - 1; i >= 0; i-- {
		if free(i) {
			mark(i, "the last column")
			return nil
		}
	}
	return fmt.Errorf("%s: no column can be predicted: each is a date, a name or a key, or holds one value alone; name one with --target", d.File)
}

// manyClasses is up to how many different integers are classes.
const manyClasses = 20

// kinds settles what columns become, and what is learned.
func (d *Draft) kinds() {
	d.Task = Regression
	for i := range d.Columns {
		c := &d.Columns[i]
		switch {
		case slices.Contains(d.Options.Categorical, c.Name):
			c.Kind = Category
		case slices.Contains(d.Options.Ordinal, c.Name):
			c.Kind = Ordinal
		case slices.Contains(d.Options.Number, c.Name) && !isNaN(c.Min):
			c.Kind = Number
		}
		if c.Role != Target {
			continue
		}
		few := c.Kind == Integer && c.Distinct <= manyClasses && 10*c.Distinct <= c.Rows
		if len(named(d.Columns, Target)) == 1 && (c.Kind == Category || c.Kind == Text || c.Kind == Boolean || few) {
			if d.Task = Classes; c.Distinct == 2 {
				d.Task = TwoClasses
			}
			if few {
				c.Note += fmt.Sprintf("; %s integers are taken for classes", c.Unique())
			}
			c.Kind = Category
		}
	}
	for i := range d.Columns {
		c := &d.Columns[i]
		switch {
		case c.Role == Ignored:
			c.Inputs = 0
		case c.Role == Target:
			c.Inputs = 1
			if d.Task == Classes {
				c.Inputs = c.Distinct
			}
		case c.Kind == Category || c.Kind == Text:
			c.Kind, c.Inputs = Category, c.Distinct
		case c.Kind == Boolean:
			c.Inputs = 2 // yes and no
		case c.Inputs == 0:
			c.Inputs = 1
		}
		if c.Role == Input && c.Note == "" && c.seen == Integer && c.Kind == Integer && c.Distinct > 2 && c.Distinct <= 6 && c.Rows >= 50 {
			c.Note = fmt.Sprintf("%s integers: categories?", c.Unique())
		}
	}
}

func isNaN(v float64) bool { return v != v }
