package draw

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Significant formats a number in at most 7 cells with a fixed number of
// significant digits, so that the layout is stable while it changes.
func Significant(v float64) string {
	a := math.Abs(v)
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 0):
		return strings.TrimPrefix(strconv.FormatFloat(v, 'g', 3, 64), "+")
	case v == 0:
		return "0"
	case a >= 1e5 || a < 1e-3:
		s := ""
		for digits := 2; digits >= 0; digits-- {
			s = strconv.FormatFloat(v, 'e', digits, 64)
			s = strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s)
			if len(s) < 8 {
				break
			}
		}
		return s
	case a >= 1000:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 100:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case a >= 10:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case a >= 1:
		return strconv.FormatFloat(v, 'f', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

// Thousands formats an integer with thousands separators.
func Thousands(n int) string { return grouped(strconv.Itoa(n)) }

// grouped puts separators between the digits of an integer.
func grouped(s string) string {
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	if neg {
		s = "-" + s
	}
	return s
}

// Percent formats a fraction as a percentage.
func Percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

// Bytes formats a size in B, kB or MB.
func Bytes(n int) string {
	if n < 10_000 {
		return Thousands(n) + " B"
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1000)
}

// ShortPercent formats a fraction as a percentage without decimals.
func ShortPercent(v float64) string { return fmt.Sprintf("%.0f%%", 100*v) }

// Cost formats the drop of the accuracy in percentage points or, if there is none,
// the rise of the loss, in at most 17 cells.
func Cost(points, rise float64, hasAccuracy bool) string {
	switch {
	case hasAccuracy && points > 0:
		return fmt.Sprintf("%.1f points lost", points)
	case hasAccuracy && points < 0:
		return fmt.Sprintf("%.1f points up", -points)
	case hasAccuracy:
		return "no points lost"
	case rise >= 0:
		return "loss +" + Significant(rise)
	case rise < 0:
		return "loss −" + Significant(-rise)
	}
	return "loss NaN"
}
