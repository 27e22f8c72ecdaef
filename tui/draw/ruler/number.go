package ruler

import (
	"math"
	"strconv"
	"strings"
)

// Text formats a round number as briefly as it is exact: 0.5, 20, 1e-3, 2.5e6.
func Text(v float64) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "NaN"
	case v == 0:
		return "0"
	case math.IsInf(v, 0):
		return strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+")
	case a >= 1e5, a < 9.9e-3:
		short := exponent(strconv.FormatFloat(v, 'e', -1, 64))
		if plain := strconv.FormatFloat(v, 'f', -1, 64); len(plain) < len(short) {
			return plain
		}
		return short
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Brief formats a number in at most three significant digits.
func Brief(v float64) string {
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		return Text(v)
	}
	return Text(short)
}

func exponent(s string) string {
	return strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s)
}

// power returns 10 to an integer, to the bit of the literal.
func power(e int) float64 {
	v, _ := strconv.ParseFloat("1e"+strconv.Itoa(e), 64)
	return v
}

// round returns m·10ᵉ, to the bit of the literal.
func round(m int, e int) float64 {
	v, _ := strconv.ParseFloat(strconv.Itoa(m)+"e"+strconv.Itoa(e), 64)
	return v
}

// nearest returns the nearest integer; see floor.
func nearest(v float64) int { return floor(math.Round(v)) }

// stride is a step of 1, 2 or 5 times a power of ten.
type stride struct{ m, e int }

// strideFrom returns the smallest stride that is not below a length.
func strideFrom(length float64) stride {
	if !(length > smallest) {
		return stride{1, floor(math.Log10(smallest))}
	}
	e := floor(math.Log10(length))
	for _, m := range []int{1, 2, 5} {
		if round(m, e) >= length*(1-1e-9) {
			return stride{m, e}
		}
	}
	return stride{1, e + 1}
}

func (s stride) length() float64 { return round(s.m, s.e) }

// next is the next larger stride.
func (s stride) next() stride {
	switch s.m {
	case 1:
		return stride{2, s.e}
	case 2:
		return stride{5, s.e}
	}
	return stride{1, s.e + 1}
}

// times returns k strides, to the bit of the literal.
func (s stride) times(k int) float64 { return round(s.m*k, s.e) }
