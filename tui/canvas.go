package tui

import (
	"fmt"
	"math"
	"strings"
)

// rgb is a colour of a picture. Words and lines take theirs from the theme.
type rgb struct{ r, g, b uint8 }

// mix goes from a to b as share goes from 0 to 1.
func mix(a, b rgb, share float64) rgb {
	share = within(share, 0)
	part := func(a, b uint8) uint8 { return byteOf(float64(a) + (float64(b)-float64(a))*share) }
	return rgb{part(a.r, b.r), part(a.g, b.g), part(a.b, b.b)}
}

// canvas is a picture of w×h cells. A cell holds two pixels, one above the
// other, and over them perhaps a glyph or dots of a line: 2×4 to a cell.
type canvas struct {
	t      *theme
	w, h   int
	pixels []pixel // w×2h
	over   []stroke
}

// pixel is half a cell. Without colours its sign stands for the cell.
type pixel struct {
	color rgb
	sign  rune
	set   bool
}

type stroke struct {
	glyph rune
	dots  uint8 // of a braille pattern
	ink   rgb
}

func newCanvas(t *theme, w, h int) *canvas {
	return &canvas{t: t, w: w, h: h, pixels: make([]pixel, 2*w*h), over: make([]stroke, w*h)}
}

// set colours the pixel in column x and row y of 2h.
func (c *canvas) set(x, y int, color rgb, sign rune) {
	if x >= 0 && x < c.w && y >= 0 && y < 2*c.h {
		c.pixels[y*c.w+x] = pixel{color, sign, true}
	}
}

// put writes a glyph into a cell, over whatever is there.
func (c *canvas) put(x, y int, glyph rune, ink rgb) {
	if x >= 0 && x < c.w && y >= 0 && y < c.h {
		c.over[y*c.w+x] = stroke{glyph: glyph, ink: ink}
	}
}

// braille is the bit of a dot in a cell's pattern, by row and column.
var braille = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// dot marks one of 2w×4h dots.
func (c *canvas) dot(x, y int, ink rgb) {
	if x < 0 || x >= 2*c.w || y < 0 || y >= 4*c.h {
		return
	}
	s := &c.over[y/4*c.w+x/2]
	if s.glyph == 0 {
		s.dots |= braille[y%4][x%2]
		s.ink = ink
	}
}

// dotted tells whether a line goes through a cell.
func (c *canvas) dotted(x, y int) bool {
	return x >= 0 && x < c.w && y >= 0 && y < c.h && c.over[y*c.w+x].dots != 0
}

// line joins two places, given in cells from the upper left corner, by dots.
func (c *canvas) line(x0, y0, x1, y1 float64, ink rgb) {
	x0, y0, x1, y1, ok := clip(x0, y0, x1, y1, float64(c.w), float64(c.h))
	if !ok {
		return
	}
	n := whole(max(math.Abs(x1-x0)*2, math.Abs(y1-y0)*4)) + 1
	for i := range n + 1 {
		at := float64(i) / float64(n)
		c.dot(whole((x0+(x1-x0)*at)*2), whole((y0+(y1-y0)*at)*4), ink)
	}
}

// clip cuts a stretch to the rectangle from 0 to w and 0 to h (Liang, Barsky
// 1984); ok is false if none of it lies within.
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
	// Of far ends the rounding may leave the rectangle.
	in := func(v, most float64) float64 { return min(max(v, 0), most) }
	return in(x0+dx*from, w), in(y0+dy*from, h), in(x0+dx*to, w), in(y0+dy*to, h), from <= to
}

// lines is the picture, h lines of w cells.
func (c *canvas) lines() []string {
	out := make([]string, c.h)
	for y := range out {
		var line strings.Builder
		ink := ""
		for x := range c.w {
			text, style := c.cell(x, y)
			if style != ink {
				if ink = style; ink == "" {
					line.WriteString(signed("\x1b[0m"))
				} else {
					line.WriteString(signed("\x1b[" + ink + "m"))
				}
			}
			line.WriteRune(text)
		}
		if ink != "" {
			line.WriteString(signed("\x1b[0m"))
		}
		out[y] = line.String()
	}
	return out
}

// cell is one cell's sign and the codes of its colours.
func (c *canvas) cell(x, y int) (sign rune, style string) {
	top, bottom := c.pixels[2*y*c.w+x], c.pixels[(2*y+1)*c.w+x]
	over := c.over[y*c.w+x]
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
	case sign != 0 && bottom.set:
		return sign, c.t.ink(over.ink, false) + ";" + c.t.ink(mix(top.color, bottom.color, 0.5), true)
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

// ink is the code of a colour, as well as the terminal can show it.
func (t *theme) ink(c rgb, background bool) string {
	key := ink{c, background}
	code, ok := t.inks[key]
	if !ok {
		if len(t.inks) > 1<<14 {
			clear(t.inks)
		}
		code = t.profile.Color(fmt.Sprintf("#%02x%02x%02x", c.r, c.g, c.b)).Sequence(background)
		t.inks[key] = code
	}
	return code
}

type ink struct {
	color      rgb
	background bool
}

// palette are the colours of pictures, for dark and for light terminals.
type palette struct {
	ground, path, start, here, least rgb
	classes                          []rgb
	heights                          []rgb // from low to high
}

// Class colours that colour-blind people can tell apart: Okabe and Ito 2008.
var okabeIto = []rgb{
	{0, 114, 178},
	{230, 159, 0},
	{0, 158, 115},
	{204, 121, 167},
	{86, 180, 233},
	{213, 94, 0},
	{240, 228, 66},
	{153, 153, 153},
}

// marks tell classes apart without colour.
var classMarks = []rune("●▲■◆+×○△□◇")

func newPalette(dark bool) palette {
	p := palette{
		ground: rgb{14, 18, 24}, path: rgb{255, 255, 255}, start: rgb{255, 255, 255}, here: rgb{255, 176, 0}, least: rgb{255, 140, 200},
		classes: okabeIto,
		heights: []rgb{{10, 24, 48}, {18, 48, 84}, {24, 76, 104}, {34, 104, 110}, {62, 130, 104}, {112, 152, 94}, {164, 170, 92}},
	}
	if !dark {
		p.ground = rgb{250, 250, 248}
		p.path, p.start, p.here, p.least = rgb{0, 0, 0}, rgb{0, 0, 0}, rgb{180, 60, 0}, rgb{170, 0, 110}
		p.heights = []rgb{{120, 160, 200}, {140, 182, 208}, {160, 202, 206}, {184, 218, 204}, {206, 228, 204}, {226, 236, 210}, {244, 244, 226}}
	}
	return p
}

// height is the colour of a level from 0 to 1.
func (p palette) height(level float64) rgb {
	at := within(level, 1) * float64(len(p.heights)-1)
	i := min(whole(at), len(p.heights)-2)
	return mix(p.heights[i], p.heights[i+1], at-float64(i))
}

// class is the colour of a class.
func (p palette) class(i int) rgb { return p.classes[modulo(i, len(p.classes))] }

// modulo is i counted round n places.
func modulo(i, n int) int { return (i%n + n) % n }

// classMark is the sign of a class.
func classMark(i int) rune { return classMarks[modulo(i, len(classMarks))] }
