// Package chart draws lines over steps as SVG and PNG, for pages and papers.
package chart

import (
	"fmt"
	"math"
	"strconv"
)

// Series is a line. A point that is not finite breaks it.
type Series struct {
	Name   string
	X, Y   []float64
	Raw    []float64 // drawn faint behind it; nil for none
	Dashed bool
}

// Mark is a note at a place of the horizontal axis.
type Mark struct {
	X    float64
	Text string
}

// Chart is a picture of lines.
type Chart struct {
	Title, X, Y   string // of the axes
	Series        []Series
	Marks         []Mark
	Width, Height float64 // in pixels; 0 is 960 by 480
}

// Series are drawn in these colours, which those who confuse red and green tell apart
// (Okabe, Ito, “Color Universal Design”, 2008).
var palette = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b6b6b", "#8a7f00"}

const (
	ink, faint, grid = "#222222", "#666666", "#dddddd"
	textSize         = 13.0
)

// canvas is what a chart is drawn on. Places are in pixels from the upper left.
type canvas interface {
	line(points [][2]float64, colour string, width, opacity float64, dashed bool)
	// text begins at a place, ends there or has it in its middle: align is 0, 1 or ½.
	text(x, y float64, s, colour string, size, align float64, bold bool)
}

// scale takes numbers to pixels.
type scale struct {
	log        bool
	low, high  float64
	from, over float64 // pixels at low, and from low to high
}

func (s scale) at(v float64) float64 {
	low, high := s.low, s.high
	if s.log {
		v, low, high = math.Log10(v), math.Log10(low), math.Log10(high)
	}
	return s.from + (v-low)/(high-low)*s.over
}

// spread is from which factor between the largest and the smallest on an axis is
// logarithmic.
const spread = 20

// scaleOf fits numbers, those above 0 alone where the scale becomes logarithmic.
func scaleOf(values [][]float64, mayLog bool) scale {
	low, high, positive := math.Inf(1), math.Inf(-1), true
	for _, of := range values {
		for _, v := range of {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				continue
			}
			low, high, positive = min(low, v), max(high, v), positive && v > 0
		}
	}
	switch {
	case low > high:
		return scale{low: 0, high: 1}
	case mayLog && positive && high/low > spread:
		return scale{log: true, low: low / 1.1, high: high * 1.1}
	case low == high:
		return scale{low: low - 0.5, high: high + 0.5}
	}
	room := (high - low) * 0.04
	return scale{low: low - room, high: high + room}
}

// tick is a number on an axis; label is "" for a small one.
type tick struct {
	v     float64
	label string
}

// ticks are round numbers on a scale: about as many as wanted.
func (s scale) ticks(wanted int) (out []tick) {
	if s.log {
		first, last := math.Ceil(math.Log10(s.low)), math.Floor(math.Log10(s.high))
		every := math.Max(1, math.Ceil((last-first+1)/float64(wanted)))
		for e := first; e <= last; e += every {
			out = append(out, tick{math.Pow(10, e), text(math.Pow(10, e))})
		}
		if len(out) >= 2 {
			return out
		}
		out = nil
		for e := first - 1; e <= last; e++ {
			for _, m := range []float64{1, 2, 5} {
				if v := m * math.Pow(10, e); v >= s.low && v <= s.high {
					out = append(out, tick{v, text(v)})
				}
			}
		}
		return out
	}
	step := math.Pow(10, math.Floor(math.Log10((s.high-s.low)/float64(wanted))))
	for _, m := range []float64{1, 2, 5, 10} {
		if (s.high-s.low)/(m*step) <= float64(wanted) {
			step *= m
			break
		}
	}
	for k := math.Ceil(s.low / step); k*step <= s.high; k++ {
		out = append(out, tick{k * step, text(k * step)})
	}
	return out
}

// text is a number as an axis has it.
func text(v float64) string {
	if math.Abs(v) < 1e-12 {
		return "0"
	}
	if a := math.Abs(v); a >= 1e6 || a < 1e-4 {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	return strconv.FormatFloat(math.Round(v*1e9)/1e9, 'f', -1, 64)
}

func (c Chart) size() (width, height float64) {
	if c.Width == 0 || c.Height == 0 {
		return 960, 480
	}
	return c.Width, c.Height
}

// draw draws it.
func (c Chart) draw(on canvas) {
	width, height := c.size()
	const left, right, top, bottom = 76, 20, 56, 52
	var xs, ys [][]float64
	for _, s := range c.Series {
		xs = append(xs, s.X)
		ys = append(ys, s.Y, s.Raw)
	}
	x, y := scaleOf(xs, false), scaleOf(ys, true)
	x.from, x.over = left, width-left-right
	y.from, y.over = height-bottom, -(height - top - bottom)
	if len(xs) > 0 { // the axis of steps needs no room
		x.low, x.high = edges(xs)
	}
	on.text(left, 24, c.Title, ink, textSize+3, 0, true)
	for _, t := range y.ticks(7) {
		at := y.at(t.v)
		on.line([][2]float64{{left, at}, {width - right, at}}, grid, 1, 1, false)
		on.text(left-8, at+4, t.label, faint, textSize-1, 1, false)
	}
	for _, t := range x.ticks(9) {
		at := x.at(t.v)
		on.line([][2]float64{{at, height - bottom}, {at, height - bottom + 5}}, faint, 1, 1, false)
		on.text(at, height-bottom+20, t.label, faint, textSize-1, 0.5, false)
	}
	on.line([][2]float64{{left, height - bottom}, {width - right, height - bottom}}, faint, 1, 1, false)
	on.text(width-right, height-12, c.X, faint, textSize-1, 1, false)
	label := c.Y
	if y.log {
		label += ", logarithmic"
	}
	on.text(left, top-10, label, faint, textSize-1, 0, false)

	for i, m := range c.Marks {
		if at := x.at(m.X); at >= left && at <= width-right {
			on.line([][2]float64{{at, top}, {at, height - bottom}}, faint, 1, 1, true)
			if i < 9 {
				on.text(at+4, top+12+14*float64(i%3), strconv.Itoa(i+1), faint, textSize-2, 0, true)
			}
		}
	}
	clamp := func(v float64) float64 { return min(max(v, top), height-bottom) }
	for i, s := range c.Series {
		colour := palette[i%len(palette)]
		trace := func(of []float64, width, opacity float64, dashed bool) {
			var run [][2]float64
			flush := func() {
				if len(run) == 1 { // a lone point is a short line
					run = append(run, [2]float64{run[0][0] + 2, run[0][1]})
				}
				if len(run) > 1 {
					on.line(run, colour, width, opacity, dashed)
				}
				run = nil
			}
			for j, v := range of {
				if !finite(v, y.log) {
					flush()
					continue
				}
				run = append(run, [2]float64{x.at(s.X[j]), clamp(y.at(v))})
			}
			flush()
		}
		if len(s.Raw) == len(s.X) {
			trace(s.Raw, 1, 0.3, false)
		}
		trace(s.Y, 1.8, 1, s.Dashed)
	}
	c.legend(on, width-right, top-10)
}

// legend names the series, from the right.
func (c Chart) legend(on canvas, right, y float64) {
	for i := len(c.Series) - 1; i >= 0; i-- {
		s := c.Series[i]
		name := short(s.Name)
		colour := palette[i%len(palette)]
		on.text(right, y, name, ink, textSize-1, 1, false)
		right -= float64(len([]rune(name)))*(textSize-1)*0.5 + 8
		on.line([][2]float64{{right - 18, y - 4}, {right, y - 4}}, colour, 2.5, 1, s.Dashed)
		if right -= 36; right < 300 {
			return
		}
	}
}

func short(s string) string {
	const most = 28
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func finite(v float64, log bool) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (!log || v > 0)
}

func edges(of [][]float64) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, xs := range of {
		for _, v := range xs {
			low, high = min(low, v), max(high, v)
		}
	}
	if low >= high {
		return low - 0.5, low + 0.5
	}
	return low, high
}

func number(v float64) string { return fmt.Sprintf("%.5g", math.Round(v*100)/100) }
