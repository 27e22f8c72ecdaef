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

// The frames of a step.
const (
	forwardFrame = iota
	lossFrame
	backwardFrame
	updateFrame
)

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

// strip draws values as cells of so many lines in w cells, each as bright as it is
// large beside most; several share a cell where there are more than cells, which then
// shows the largest.
func (s *sheet) strip(values []float64, most float64, w, lines int) []string {
	cells := min(len(values), max(w, 0))
	if cells == 0 {
		return strings.Split(draw.Fit("", max(w, 0), lines), "\n")
	}
	wide := 1
	if len(values)*2 <= w { // a few values are wider, with a blank between
		wide = min(w/len(values), 4)
	}
	c := draw.NewCanvas(s.t, w, lines)
	for i := range cells {
		color, sign := s.shade(largest(values[i*len(values)/cells:(i+1)*len(values)/cells]), most)
		for k := range max(wide-1, 1) {
			for y := range 2 * lines {
				c.Set(i*wide+k, y, color, sign)
			}
		}
	}
	return c.Lines()
}

// largest is the value of the largest magnitude, NaN if there is one.
func largest(values []float64) float64 {
	v := 0.0
	for _, x := range values {
		if math.Abs(x) > math.Abs(v) || math.IsNaN(x) {
			v = x
		}
	}
	return v
}

// shade is the colour of a value beside the largest, and its sign without colours.
func (s *sheet) shade(v, most float64) (draw.RGB, rune) {
	level := draw.Clamp(math.Abs(v)/most, 0)
	color, signs := positive, []rune(" .+*#")
	switch {
	case math.IsNaN(v):
		return draw.RGB{R: 220, G: 40, B: 40}, '?'
	case v < 0:
		color, signs = negative, []rune(" .-~=")
	}
	return draw.Mix(s.t.Palette.Ground, color, 0.08+0.92*level), signs[draw.Tick(level, len(signs))]
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
