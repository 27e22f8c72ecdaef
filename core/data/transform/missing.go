package transform

import (
	"slices"
	"strings"
)

// Missing tells which cells are missing values.
type Missing struct {
	Given []string // their spellings besides an empty cell; nil for the usual ones
	Lax   bool     // without Given only an empty cell and NA are
}

// Always tells whether a cell is missing in a column of any kind: an empty one, those
// of Given, and NA where there are none of these.
func (m Missing) Always(cell string) bool {
	if len(m.Given) > 0 {
		return cell == "" || slices.Contains(m.Given, cell)
	}
	return cell == "" || cell == "NA"
}

// InNumbers tells whether a cell is missing in a column of numbers besides.
func (m Missing) InNumbers(cell string) bool {
	return len(m.Given) == 0 && !m.Lax && UsualMissing(cell)
}

// UsualMissing tells whether programs write a missing value so.
func UsualMissing(cell string) bool {
	if len(cell) > 4 {
		return false
	}
	switch strings.ToLower(cell) {
	case "", "na", "n/a", "#na", "#n/a", "<na>", "nan", "-nan", "null", "none", "?", "-", "--", ".":
		return true
	}
	return false
}
