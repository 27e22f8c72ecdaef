package data

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxExact is the largest integer up to which a float64 holds each one.
const maxExact = 1 << 53

// integer is the integer that a cell writes, however it does: as
// 9007199254740993, 9007199254740993.0 or 9.007199254740993e15.
func integer(cell string) (*big.Int, bool) {
	if v, err := strconv.ParseFloat(cell, 64); err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return nil, false // a number of too many digits among them
	}
	n, ok := new(big.Rat).SetString(strings.ReplaceAll(cell, "_", ""))
	if !ok || !n.IsInt() {
		return nil, false
	}
	return n.Num(), true
}

// inexact tells whether a cell is an integer that its float64 is not.
func inexact(cell string, v float64) bool {
	if math.Abs(v) < maxExact {
		return false
	}
	n, ok := integer(cell)
	if !ok {
		return false
	}
	rounded, _ := big.NewFloat(v).Int(nil)
	return n.Cmp(rounded) != 0
}

// shortest writes an integer in its shortest form, and what is none as it is.
func shortest(cell string) string {
	if n, ok := integer(cell); ok {
		return n.String()
	}
	return cell
}

// lessInteger compares integers of any length, and other words as such.
func lessInteger(a, b string) bool {
	x, ok1 := integer(a)
	y, ok2 := integer(b)
	if ok1 && ok2 {
		return x.Cmp(y) < 0
	}
	return a < b
}

// short is a number as labels show it.
func short(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// rounded says that numbers of a column are no longer those of the file.
func rounded(column string, numbers []float64, labels []string) string {
	for r, v := range numbers {
		if label := labels[r]; inexact(label, v) {
			return fmt.Sprintf("column %s holds integers beyond 2^53, which are rounded: %s is read as %.0f", quoted(column), label, v)
		}
	}
	return ""
}
