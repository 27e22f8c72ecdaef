// Package transform is what was made of the columns of a table before a network saw
// them, as plain data: fitted on the training rows, carried by a model, and done again
// to each new row.
package transform

import "descent/core/data/cell"

// Kind is what the cells of a column are.
type Kind string

// The kinds of columns.
const (
	Number   Kind = "number"   // a number, one input
	Category Kind = "category" // one-hot: an input of 0 and 1 for each category
	Ordinal  Kind = "ordinal"  // the place of the category among the others, one input
	Boolean  Kind = "boolean"  // a word for no or yes, one input of 0 and 1
	Date     Kind = "date"     // a date or time: days since the first of training, and sine and cosine of the cycles of the calendar
)

// Column is an input column.
type Column struct {
	Name       string   `json:"name"`
	Kind       Kind     `json:"kind"`
	Inputs     []string `json:"inputs"`               // names of the inputs that it becomes, in order
	Categories []string `json:"categories,omitempty"` // of category, ordinal and boolean, in order

	// Written is how the cells of a column of numbers, dates or yes and no are written where they are not
	// plain numbers: with a decimal comma, as dates, as words for no and yes; else nil.
	Written *cell.Format `json:"written,omitempty"`

	// Numeric says that the categories are numbers, which cells name by their value
	// (2.0 is 2).
	Numeric bool `json:"numeric,omitempty"`

	// Origin is the earliest date of the training rows, in days since 1970-01-01 UTC,
	// and Cycles are what stands behind the days since then, a sine and a cosine each.
	Origin float64  `json:"origin,omitempty"`
	Cycles []string `json:"cycles,omitempty"`

	// Fill stands for a missing value, before standardizing: one number for each
	// input; nil where a missing value is refused.
	Fill []float64 `json:"fill,omitempty"`
	// Indicator says that the last input is 1 where the value is missing.
	Indicator bool `json:"indicator,omitempty"`

	// Mean and Deviation are what standardizing takes off each input and then
	// divides it by; nil where it was not asked for.
	Mean      []float64 `json:"mean,omitempty"`
	Deviation []float64 `json:"deviation,omitempty"`
	// Scale says that an input is divided by 2 to this power before, and that its
	// mean and deviation are of what is left: numbers whose squares would leave the
	// range of a float64. nil for 0 throughout.
	Scale []int `json:"scale,omitempty"`
}

// Target is a target column.
type Target struct {
	Name      string       `json:"name"`
	Written   *cell.Format `json:"written,omitempty"` // of a number, as of a column
	Classes   []string     `json:"classes,omitempty"` // the words or numbers of 0, 1 and so on, as the file has them; nil for a number
	Mean      float64      `json:"mean,omitempty"`
	Deviation float64      `json:"deviation,omitempty"` // 0 where targets were not standardized
	Scale     int          `json:"scale,omitempty"`     // as of a column
}

// Table is all columns of a table.
type Table struct {
	Columns []Column `json:"columns"`
	Targets []Target `json:"targets"`
	NA      []string `json:"na,omitempty"`      // spellings of missing values; nil for the usual ones
	Decimal string   `json:"decimal,omitempty"` // decimal separator of the training file, "" for a point

	Lax bool `json:"lax,omitempty"` // see Missing

	Ignored []string `json:"ignored,omitempty"` // columns that are no inputs
}

// Width is the number of inputs.
func (t *Table) Width() int {
	n := 0
	for _, c := range t.Columns {
		n += len(c.Inputs)
	}
	return n
}
