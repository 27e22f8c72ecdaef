package optimizer

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"descent/core/microscope"
	"descent/tui/draw"
)

// sheet is what all frames draw with.
type sheet struct{ t *draw.Theme }

// figure formats a number in four digits, and a setting such as 0.9 as it is
// written.
func figure(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 0):
		return strings.Replace(strings.TrimPrefix(fmt.Sprint(v), "+"), "-", "−", 1)
	case v == math.Trunc(v) && math.Abs(v) < 1e6:
		return signed(strconv.FormatFloat(v, 'f', 0, 64))
	}
	digits := 4
	if short := strconv.FormatFloat(v, 'g', -1, 64); len(short) <= 8 { // 0.99975
		digits = -1
	}
	s := strconv.FormatFloat(v, 'g', digits, 64)
	if a := math.Abs(v); a >= 1e-3 && a < 1e6 && strings.Contains(s, "e") {
		s = strconv.FormatFloat(v, 'f', -1, 64)
	}
	return signed(strings.NewReplacer("e-0", "e-", "e+0", "e", "e+", "e").Replace(s))
}

func signed(s string) string {
	if s == "-0" {
		return "0"
	}
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		return "−" + rest
	}
	return s
}

// size is the number of elements of a tensor.
func size(t microscope.Tensor) int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// element names an element of a tensor: "0.weight[3, 17]"; of a point, x or y.
func element(t microscope.Tensor, index int) string {
	if t.Name == "point" {
		return []string{"x", "y"}[min(index, 1)]
	}
	at := make([]string, len(t.Shape))
	for i := len(t.Shape) - 1; i >= 0; i-- {
		at[i] = strconv.Itoa(index % t.Shape[i])
		index /= t.Shape[i]
	}
	return t.Name + "[" + strings.Join(at, ", ") + "]"
}

// Colours of values below and above 0.
var (
	negative = draw.RGB{R: 86, G: 180, B: 233}
	positive = draw.RGB{R: 230, G: 159, B: 0}
)

// strip draws values in one line of w cells, each as bright as it is large beside
// most; several share a cell where there are more than cells, which then shows the
// largest.
func (s *sheet) strip(values []float64, most float64, w int) string {
	cells := min(len(values), max(w, 0))
	if cells == 0 {
		return strings.Repeat(" ", max(w, 0))
	}
	wide := 1
	if len(values)*2 <= w { // a few values are wider
		wide = min(w/len(values), 4)
	}
	c := draw.NewCanvas(s.t, cells*wide, 1)
	for i := range cells {
		from, to := i*len(values)/cells, (i+1)*len(values)/cells
		v := 0.0
		for _, x := range values[from:to] {
			if math.Abs(x) > math.Abs(v) || math.IsNaN(x) {
				v = x
			}
		}
		level := draw.Clamp(math.Abs(v)/most, 0)
		color, signs := positive, []rune(" .+*#")
		if v < 0 {
			color, signs = negative, []rune(" .-~=")
		}
		sign := signs[draw.Tick(level, len(signs))]
		if math.IsNaN(v) {
			color, sign, level = draw.RGB{R: 220, G: 40, B: 40}, '?', 1
		}
		color = draw.Mix(s.t.Palette.Ground, color, 0.08+0.92*level)
		for k := range wide {
			if wide > 1 && k == wide-1 {
				break // a blank between
			}
			c.Set(i*wide+k, 0, color, sign)
			c.Set(i*wide+k, 1, color, sign)
		}
	}
	return c.Lines()[0] + strings.Repeat(" ", w-cells*wide)
}

// magnitude is the largest finite absolute value, 0 if there is none.
func magnitude(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		if a := math.Abs(v); a > most && !math.IsInf(a, 0) {
			most = a
		}
	}
	return most
}

// degrees formats an angle.
func degrees(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) + "°" }
