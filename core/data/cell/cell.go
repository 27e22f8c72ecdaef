// Package cell reads one cell of a table: as a number, however it is written, as a date
// or time, as a boolean in words, or as the word that it is. How the cells of a column are
// written is decided over the whole column, by an Evidence.
package cell

// Kind is what the cells of a column are.
type Kind string

// The kinds of cells.
const (
	Empty   Kind = ""        // every value is missing
	Number  Kind = "number"  // a number
	Date    Kind = "date"    // a date, a date with a time, or a time of day
	Boolean Kind = "boolean" // one of two words for no and yes
	Word    Kind = "word"    // anything else

	// What words are in a column.
	Category Kind = "category" // words that return
	Text     Kind = "text"     // names and texts, nearly each of which is another
)

// Format is how the cells of a column are written. The zero value is of a column
// without a value; Format{Kind: Number} is of plain numbers, as in -1234.5e6.
type Format struct {
	Kind Kind `json:"kind"`

	// Decimal and Thousands are of numbers: what stands before the fraction, "" for a
	// point, and what stands between groups of three digits, "" for nothing. A space
	// stands for any kind of blank.
	Decimal   string `json:"decimal,omitempty"`
	Thousands string `json:"thousands,omitempty"`
	// Percent says that cells end in a percent sign; they are read as hundredths.
	Percent bool `json:"percent,omitempty"`
	// Currency is a sign or code of one that was seen before or behind numbers.
	Currency string `json:"currency,omitempty"`

	// Order is of dates: see Orders. Zone says that cells carry a time zone.
	Order string `json:"order,omitempty"`
	Zone  bool   `json:"zone,omitempty"`
	// Clock says that cells carry a time of day.
	Clock bool `json:"clock,omitempty"`

	// No and Yes are of booleans, in lower case.
	No  string `json:"no,omitempty"`
	Yes string `json:"yes,omitempty"`
}
