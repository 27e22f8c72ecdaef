package diagnosis

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// quantile returns the value below which a share p of the finite values lies, NaN of
// none.
func quantile(v []float64, p float64) float64 {
	u := make([]float64, 0, len(v))
	for _, x := range v {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			u = append(u, x)
		}
	}
	if len(u) == 0 {
		return math.NaN()
	}
	slices.Sort(u)
	return u[int(math.Round(p*float64(len(u)-1)))]
}

func median(v []float64) float64 { return quantile(v, 0.5) }

// last returns the last n values, or all.
func last(v []float64, n int) []float64 { return v[max(0, len(v)-n):] }

// turns counts how often a series goes the other way by at least height: a zigzag
// of that threshold, as in peak detection.
func turns(v []float64, height float64) (n int) {
	if len(v) == 0 || !(height > 0) {
		return 0
	}
	low, high, way := v[0], v[0], 0
	for _, x := range v[1:] {
		low, high = min(low, x), max(high, x)
		switch {
		case way <= 0 && x-low >= height:
			way, high = 1, x
			n++
		case way >= 0 && high-x >= height:
			way, low = -1, x
			n++
		}
	}
	return n
}

// alternating returns the share of steps at which the series turns.
func alternating(v []float64) float64 {
	n := 0
	for i := 2; i < len(v); i++ {
		if (v[i]-v[i-1])*(v[i-1]-v[i-2]) < 0 {
			n++
		}
	}
	return float64(n) / float64(max(len(v)-2, 1))
}

// figure formats a number to at most three significant digits.
func figure(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a >= 1e6 || a < 1e-4:
		return strconv.FormatFloat(v, 'g', 2, 64)
	case a >= 1000:
		return thousands(int(math.Round(v)))
	}
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	return strconv.FormatFloat(r, 'f', -1, 64)
}

// thousands formats an integer with separators.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// percent formats a share.
func percent(v float64) string {
	if v < 0.1 || v > 0.99 && v < 1 {
		return strings.TrimSuffix(strconv.FormatFloat(100*v, 'f', 1, 64), ".0") + " %"
	}
	return strconv.FormatFloat(100*v, 'f', 0, 64) + " %"
}

// tidy rounds to three significant digits, without the noise of a product.
func tidy(v float64) float64 {
	r, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	return r
}

// from says since when: "since step 40", "from the start".
func from(step int) string {
	if step <= 1 {
		return "from the start"
	}
	return "since step " + thousands(step)
}
