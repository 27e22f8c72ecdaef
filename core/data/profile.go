package data

import (
	"descent/core/data/cell"
	"descent/core/data/text"
)

// Profile is what a table of text holds, decided over all its rows.
type Profile struct {
	File    string
	Dialect text.Dialect // how its lines and cells are written
	Named   bool         // its first line names the columns
	Rows    int
	Columns []ColumnProfile

	// Notes say, a sentence each, what was found and is not evident, with the key that
	// says otherwise.
	Notes []string
}

// ColumnProfile is what a column holds, and how it is written.
type ColumnProfile struct {
	Name   string
	Kind   cell.Kind   // Number, Date, Boolean, Category, Text, or Empty for a column without a value
	Format cell.Format // reads its cells; of Kind Word for Category and Text

	Missing  int  // cells that are missing values
	Distinct int  // different cells that are none: exact up to 1000, then an estimate to a few percent
	Unique   bool // no two cells are the same, as far as can be told

	// Values are the different cells, the most frequent first, of equals in sorted order;
	// nil where there are more than 1000 of them.
	Values   []ValueCount
	Examples []string // the first different cells, at most 5

	// Of numbers; of dates in seconds since 1970-01-01, of times of day since midnight.
	Min, Max float64
	Integers bool // of numbers: each is one
	Counting bool // of numbers: each is one more than that of the row before, as row numbers are
	Codes    bool // of numbers: some have zeros in front, as codes have

	// Odd are cells that fit neither the format nor a spelling of a missing value: reading
	// the table refuses the first of them by line and column.
	Odd int
}

// ValueCount is a cell and how many rows have it.
type ValueCount struct {
	Value string
	Count int
}
