package draft

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Role is what a column is for.
type Role string

// The roles.
const (
	Input   Role = "input"
	Target  Role = "target"
	Ignored Role = "ignored"
)

// Kind is what the cells of a column are.
type Kind string

// The kinds.
const (
	Number   Kind = "number"
	Integer  Kind = "integer"
	Boolean  Kind = "boolean"  // two words for no and yes
	Category Kind = "category" // one of a few words or, where that was asked for, numbers
	Ordinal  Kind = "ordinal"  // categories in an order
	Date     Kind = "date"
	Text     Kind = "text"  // words that hardly repeat
	Empty    Kind = "empty" // no value at all
)

// Count is a value and how many rows have it.
type Count struct {
	Value string
	Rows  int
}

// Column is what is known of a column, and what becomes of it.
type Column struct {
	Name string
	Role Role
	Kind Kind // as it is used

	Rows     int // with a value
	Missing  int // without
	Distinct int // different values; at least so many where More
	More     bool
	Unlike   bool // no two values are the same

	Min, Max, Mean float64 // of numbers; NaN without one
	Bins           []int   // rows in each of equal parts of the range, of a sample where there are many
	Top            []Count // the most frequent values, of words and of a few numbers
	Example        string  // a value

	Inputs int    // that it becomes; of a target the outputs
	Note   string // why its role or kind is what it is, or what to look at; a sentence without a full stop

	Spoken   string // how the values are written where not plainly: "decimal comma", "day before month"
	seen     Kind   // before anything was asked for
	sequence bool   // of integers: each is the one before and 1
	sorted   bool   // no value is less than the one before
	odd      int    // cells that are not like the others, and refused
}

// Numeric tells whether the values have an order and a distance.
func (c *Column) Numeric() bool { return c.Kind == Number || c.Kind == Integer }

// Values says what the column holds: its range, or its most frequent values.
func (c *Column) Values() string {
	switch {
	case c.Kind == Empty:
		return ""
	case c.seen == Text:
		return "such as " + c.Example
	case c.Kind == Date || c.seen == Date:
		return day(c.Min) + " to " + day(c.Max)
	case !math.IsNaN(c.Min) && (c.Numeric() || len(c.Top) == 0):
		return Short(c.Min) + " to " + Short(c.Max)
	}
	var parts []string
	for _, t := range c.Top {
		parts = append(parts, fmt.Sprintf("%s %s", t.Value, percent(t.Rows, c.Rows)))
	}
	if c.Distinct > len(c.Top) {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

// Becomes says what the network sees of the column.
func (c *Column) Becomes() string {
	switch {
	case c.Role == Ignored:
		return "–"
	case c.Role == Target && c.Kind == Category, c.Role == Target && c.Kind == Boolean:
		return fmt.Sprintf("%s, %s", several(c.Distinct, "class"), several(c.Inputs, "output"))
	case c.Role == Target:
		return several(c.Inputs, "output")
	case c.Kind == Category:
		return fmt.Sprintf("%d one-hot inputs", c.Inputs)
	}
	return several(c.Inputs, "input")
}

// Unique is the number of different values as text, "1000+" where it was not counted on.
func (c *Column) Unique() string {
	if c.More {
		return fmt.Sprintf("%d+", c.Distinct)
	}
	return fmt.Sprint(c.Distinct)
}

// day is a number of seconds as a date, or of a day as a time.
func day(seconds float64) string {
	if math.Abs(seconds) > 1e12 {
		return Short(seconds)
	}
	at := time.Unix(int64(seconds), 0).UTC()
	if at.Year() == 1970 && at.YearDay() == 1 {
		return at.Format("15:04")
	}
	return at.Format("2006-01-02")
}

func percent(n, of int) string {
	if of == 0 {
		return "0 %"
	}
	p := 100 * float64(n) / float64(of)
	if p > 0 && p < 1 {
		return "<1 %"
	}
	return fmt.Sprintf("%.0f %%", p)
}

// Short is a number in few digits.
func Short(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e7 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.4g", v)
}

// several is so many of a thing: "1 class", "2 classes".
func several(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if strings.HasSuffix(thing, "s") {
		thing += "e"
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// listed are names, the first of them where they are many.
func listed(names []string) string {
	const most = 8
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// named are the names of the columns of a role.
func named(columns []Column, role Role) (out []string) {
	for _, c := range columns {
		if c.Role == role {
			out = append(out, c.Name)
		}
	}
	return out
}

// find is the column of a name, -1 for none.
func find(columns []Column, name string) int {
	return slices.IndexFunc(columns, func(c Column) bool { return c.Name == name })
}

// Words tells whether the column holds words, so that it cannot be one of numbers.
func (c *Column) Words() bool { return c.seen != Number && c.seen != Integer }
