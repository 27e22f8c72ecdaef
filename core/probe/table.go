package probe

// Table is a measurement in rows and columns, as plain values: a screen draws it
// without knowing what was measured.
type Table struct {
	Title   string // what the numbers say, in one line
	Columns []Column
}

// Column is a column of a Table, of words or else of numbers. What is missing at
// its end is blank; NaN is a value that could not be measured.
type Column struct {
	Name, Unit string
	Words      []string
	Numbers    []float64
	Bars       bool // each number is drawn beside the largest of the column too
}

// Series is a measurement along an axis, as plain values.
type Series struct {
	Title  string
	Along  string    // what X is, with its unit
	X      []float64 // ascending
	Curves []Curve
}

// Curve is a line of a Series, a value for each X.
type Curve struct {
	Name   string
	Values []float64
}
