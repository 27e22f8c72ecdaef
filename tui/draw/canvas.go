package draw

import (
	"math"
	"strings"
)

// Canvas is a picture of w×h cells. A cell holds two pixels, one above the other,
// and may hold a glyph or the dots of a line over them, 2×4 per cell.
type Canvas struct {
	t      *Theme
	W, H   int
	pixels []pixel // w×2h
	over   []stroke
}

// pixel is half a cell. Without colours its sign is shown instead.
type pixel struct {
	color RGB
	sign  rune
	set   bool
}

type stroke struct {
	glyph rune
	dots  uint8 // of a braille pattern
	ink   RGB
}

// NewCanvas makes an empty picture.
func NewCanvas(t *Theme, w, h int) *Canvas {
	return &Canvas{t: t, W: w, H: h, pixels: make([]pixel, 2*w*h), over: make([]stroke, w*h)}
}

// Set colours the pixel in column x and row y of 2h.
func (c *Canvas) Set(x, y int, color RGB, sign rune) {
	if x >= 0 && x < c.W && y >= 0 && y < 2*c.H {
		c.pixels[y*c.W+x] = pixel{color, sign, true}
	}
}

// Put writes a glyph into a cell, over its contents.
func (c *Canvas) Put(x, y int, glyph rune, ink RGB) {
	if x >= 0 && x < c.W && y >= 0 && y < c.H {
		c.over[y*c.W+x] = stroke{glyph: glyph, ink: ink}
	}
}

// braille is the bit of a dot in a cell's pattern, by row and column.
var braille = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// Dot sets one of 2w×4h dots.
func (c *Canvas) Dot(x, y int, ink RGB) {
	if x < 0 || x >= 2*c.W || y < 0 || y >= 4*c.H {
		return
	}
	s := &c.over[y/4*c.W+x/2]
	if s.glyph == 0 {
		s.dots |= braille[y%4][x%2]
		s.ink = ink
	}
}

// Dotted reports whether a line passes through a cell.
func (c *Canvas) Dotted(x, y int) bool {
	return x >= 0 && x < c.W && y >= 0 && y < c.H && c.over[y*c.W+x].dots != 0
}

// Line draws a line of dots between two points, given in cells from the upper left
// corner.
func (c *Canvas) Line(x0, y0, x1, y1 float64, ink RGB) {
	x0, y0, x1, y1, ok := clip(x0, y0, x1, y1, float64(c.W), float64(c.H))
	if !ok {
		return
	}
	n := Floor(max(math.Abs(x1-x0)*2, math.Abs(y1-y0)*4)) + 1
	for i := range n + 1 {
		at := float64(i) / float64(n)
		c.Dot(Floor((x0+(x1-x0)*at)*2), Floor((y0+(y1-y0)*at)*4), ink)
	}
}

// clip clips a segment to the rectangle from 0 to w and 0 to h (Liang, Barsky
// 1984); ok is false if it lies outside.
func clip(x0, y0, x1, y1, w, h float64) (a, b, c, d float64, ok bool) {
	from, to := 0.0, 1.0
	dx, dy := x1-x0, y1-y0
	for _, e := range [4][2]float64{{-dx, x0}, {dx, w - x0}, {-dy, y0}, {dy, h - y0}} {
		p, q := e[0], e[1]
		switch {
		case math.IsNaN(p) || math.IsNaN(q) || math.IsInf(p, 0):
			return 0, 0, 0, 0, false
		case p == 0:
			if q < 0 {
				return 0, 0, 0, 0, false
			}
		case p < 0:
			from = max(from, q/p)
		default:
			to = min(to, q/p)
		}
	}
	// For distant ends rounding may leave the rectangle.
	in := func(v, most float64) float64 { return min(max(v, 0), most) }
	return in(x0+dx*from, w), in(y0+dy*from, h), in(x0+dx*to, w), in(y0+dy*to, h), from <= to
}

// Bands is the number of bands of height.
const Bands = 14

// Heights colours the W×2H pixels by their values in bands whose edges are contour
// lines, from the lowest to the highest: in proportion, or where fine, finer near the
// bottom. Where value is not known a pixel stays as it is; NaN is above all.
func (c *Canvas) Heights(value func(x, y int) (v float64, known bool), fine bool) {
	low, high := math.Inf(1), math.Inf(-1)
	all := make([]float64, c.W*2*c.H)
	known := make([]bool, len(all))
	for i := range all {
		all[i], known[i] = value(i%c.W, i/c.W)
		if v := all[i]; known[i] && !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	for i, v := range all {
		if !known[i] {
			continue
		}
		level := Banded(v, low, high, fine)
		color := c.t.Palette.Height(level)
		if Tick(level, Bands)%2 == 1 { // so that the edges are visible
			color = Mix(color, c.t.Palette.Ground, 0.14)
		}
		c.Set(i%c.W, i/c.W, color, []rune(" .:-=+*#")[Cell(level*7/8, 8)])
	}
}

// Banded is a height as a level from 0 to 1, in bands; see Heights. NaN is above all.
func Banded(v, low, high float64, fine bool) float64 {
	if high <= low {
		return 1
	}
	const decades = 1e4
	level := Clamp(Axis{Low: low, High: high}.Share(min(v, high)), 1)
	if fine {
		level = math.Log1p(level*decades) / math.Log1p(decades)
	}
	return float64(Cell(level, Bands)) / (Bands - 1)
}

// Lines renders the picture in h lines of w cells.
func (c *Canvas) Lines() []string {
	out := make([]string, c.H)
	for y := range out {
		var line strings.Builder
		ink := ""
		for x := range c.W {
			text, style := c.cell(x, y)
			if style != ink {
				if ink = style; ink == "" {
					line.WriteString(Own("\x1b[0m"))
				} else {
					line.WriteString(Own("\x1b[" + ink + "m"))
				}
			}
			line.WriteRune(text)
		}
		if ink != "" {
			line.WriteString(Own("\x1b[0m"))
		}
		out[y] = line.String()
	}
	return out
}

// cell returns the sign of a cell and the codes of its colours.
func (c *Canvas) cell(x, y int) (sign rune, style string) {
	top, bottom := c.pixels[2*y*c.W+x], c.pixels[(2*y+1)*c.W+x]
	over := c.over[y*c.W+x]
	switch {
	case over.glyph != 0:
		sign = over.glyph
	case over.dots != 0:
		sign = 0x2800 + rune(over.dots)
	}
	if !c.t.colored {
		if sign == 0 {
			sign = max(top.sign, bottom.sign, ' ')
		}
		return sign, ""
	}
	switch {
	case c.t.ascii && sign == 0: // which has no halves of cells
		sign = max(top.sign, bottom.sign, ' ')
		switch {
		case sign == ' ':
			return sign, ""
		case top.set && bottom.set:
			return sign, c.t.ink(Mix(top.color, bottom.color, 0.5), false)
		case top.set:
			return sign, c.t.ink(top.color, false)
		}
		return sign, c.t.ink(bottom.color, false)
	case c.t.ascii:
		return sign, c.t.ink(over.ink, false)
	case sign != 0 && bottom.set:
		return sign, c.t.ink(over.ink, false) + ";" + c.t.ink(Mix(top.color, bottom.color, 0.5), true)
	case sign != 0:
		return sign, c.t.ink(over.ink, false)
	case top.set && bottom.set:
		return '▀', c.t.ink(top.color, false) + ";" + c.t.ink(bottom.color, true)
	case top.set:
		return '▀', c.t.ink(top.color, false)
	case bottom.set:
		return '▄', c.t.ink(bottom.color, false)
	}
	return ' ', ""
}
