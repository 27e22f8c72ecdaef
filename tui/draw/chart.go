package draw

import (
	"math"
	"strings"

	"github.com/guptarohit/asciigraph"
)

// Curve is one line of a chart: a value for each column, NaN if missing.
type Curve struct {
	Values []float64
	Trace
}

// LabelWidth is the fixed width of the axis labels, so that the chart does not
// shift while they change.
const LabelWidth = 8

// ChartMargin is the width of the axis.
const ChartMargin = LabelWidth + 1

// Chart renders curves in h lines; their values start at column ChartMargin, later
// curves over earlier ones. It alone calls asciigraph, and maps every value to a
// row first, since asciigraph does not handle infinities and degenerate ranges.
// Without a finite value it returns h empty lines.
func (t *Theme) Chart(curves []Curve, h int, log bool) []string {
	empty := make([]string, max(h, 0))
	if h < 2 {
		return empty
	}
	low, high := span(curves, log)
	if low > high {
		return empty
	}
	if low == high { // a flat line in the middle
		low, high = low-0.5, high+0.5
		if !log {
			pad := max(math.Abs(high)*0.1, 1e-300)
			low, high = low+0.5-pad, high-0.5+pad
		}
	}
	rows, side := float64(h-1), Axis{low, high}
	value := func(row float64) float64 { // the value of a row
		v := side.At(row / rows)
		if log {
			return math.Pow(10, v)
		}
		return v
	}
	data := make([][]float64, 0, len(curves))
	colors := make([]asciigraph.AnsiColor, 0, len(curves))
	signs := make([]asciigraph.CharSet, 0, len(curves))
	for _, c := range curves {
		mapped := make([]float64, 1, len(c.Values)+1)
		seen := false
		for _, v := range c.Values {
			y := math.NaN()
			if u, ok := Scaled(v, log); ok {
				y = Clamp(side.Share(u), 0) * rows
				seen = true
			}
			mapped = append(mapped, y)
		}
		if !seen {
			continue
		}
		mapped[0] = mapped[1] // n values make n−1 segments, each at the column of its end
		data = append(data, mapped)
		color, sign := c.Color, asciigraph.CharSet{} // which is lines
		if t.signed && c.Sign != drawnLine {
			sign = asciigraph.CreateCharSet(string(c.Sign))
		}
		if !t.colored {
			color = asciigraph.Default
		}
		colors, signs = append(colors, color), append(signs, sign)
	}
	axis, label := t.axis, t.labelled
	if !t.colored {
		axis, label = asciigraph.Default, asciigraph.Default
	}
	every := 1
	if h >= 10 {
		every = 2
	}
	text := asciigraph.PlotMany(data,
		asciigraph.Height(h-1), asciigraph.Offset(2),
		asciigraph.LowerBound(0), asciigraph.UpperBound(rows),
		asciigraph.SeriesColors(colors...), asciigraph.SeriesChars(signs...), asciigraph.AxisColor(axis), asciigraph.LabelColor(label),
		asciigraph.YAxisValueFormatter(func(row float64) string {
			s := ""
			if i := Round(rows - row); i%every == 0 {
				s = Significant(value(row))
			}
			return strings.Repeat(" ", max(LabelWidth-1-len(s), 0)) + s
		}))
	lines := strings.Split(Own(text), "\n")
	for len(lines) < h {
		lines = append(lines, "")
	}
	return lines[:h]
}

// Scaled maps a value to the axis; ok is false if it cannot be drawn.
func Scaled(v float64, log bool) (float64, bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) || log && v <= 0 {
		return 0, false
	}
	if log {
		return math.Log10(v), true
	}
	return min(max(v, -1e300), 1e300), true
}

func span(curves []Curve, log bool) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, c := range curves {
		for _, v := range c.Values {
			if u, ok := Scaled(v, log); ok {
				low, high = min(low, u), max(high, u)
			}
		}
	}
	if log {
		low = max(low, high-decades) // values below are clipped
	}
	return low, high
}

// decades is the maximum height of a logarithmic axis: beyond it there is only
// rounding error.
const decades = 16
