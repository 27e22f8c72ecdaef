package transform

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// Value is what a target cell is to the network: the index of its class, or the number,
// standardized as those of training were. The errors are those of a CellError.
func (t *Target) Value(cell string) (float64, error) {
	if t.Classes != nil {
		if k := t.class(cell); k >= 0 {
			return float64(k), nil
		}
		return 0, ErrUnknown
	}
	v, err := numberAs(t.Written, cell)
	if err != nil || t.Deviation == 0 {
		return v, err
	}
	return Standardized(v, t.Mean, t.Deviation, t.Scale), nil
}

// Raw is a number as the data has it, of a value as the network gives it.
func (t *Target) Raw(v float64) float64 {
	if t.Deviation == 0 {
		return v
	}
	v = float64(v*t.Deviation) + t.Mean
	if t.Scale != 0 {
		v = math.Ldexp(v, t.Scale)
	}
	return v
}

// class is the index of the class that a cell names, −1 for none: as it stands, or, of
// classes that are numbers, by its value (2.0 is 2).
func (t *Target) class(cell string) int {
	if k := slices.Index(t.Classes, cell); k >= 0 {
		return k
	}
	v, err := number(cell)
	if err != nil {
		return -1
	}
	for _, name := range t.Classes {
		if _, err := number(name); err != nil && name != Nobody {
			return -1
		}
	}
	if math.Abs(v) >= 1<<53 {
		n, ok := new(big.Rat).SetString(strings.ReplaceAll(cell, "_", ""))
		if !ok || !n.IsInt() {
			return -1
		}
		return slices.Index(t.Classes, n.Num().String())
	}
	if k := slices.Index(t.Classes, strconv.FormatFloat(v, 'g', -1, 64)); k >= 0 {
		return k
	}
	return slices.Index(t.Classes, strconv.FormatFloat(v, 'f', -1, 64))
}

// Nobody names an output for which no class is left.
const Nobody = "(none)"
