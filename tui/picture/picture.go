// Package picture turns a drawn screen into a picture for elsewhere: SVG, PNG, or
// plain text.
package picture

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"descent/tui/draw"
)

// Picture is a screen as cells.
type Picture struct {
	W, H  int
	cells []cell // row by row
	paper draw.RGB
}

// cell is one character with its colours. Behind a character of two cells stands an
// empty one.
type cell struct {
	text      string // a character with its combining marks; "" is empty
	ink, back draw.RGB
	filled    bool // back differs from the paper
	bold      bool
}

// Of reads a screen as it is sent to a terminal: lines of text in which nothing but
// colour codes (SGR, ECMA-48) are control sequences. What has no colour is drawn in
// ink on paper.
func Of(screen string, ink, paper draw.RGB) Picture {
	lines := strings.Split(screen, "\n")
	p := Picture{H: len(lines), paper: paper}
	rows := make([][]cell, len(lines))
	plain := pen{ink: ink, back: paper, plainInk: ink, paper: paper}
	at := plain
	for i, line := range lines {
		rows[i], at = row(line, at)
		p.W = max(p.W, len(rows[i]))
	}
	p.cells = make([]cell, p.W*p.H)
	for y, r := range rows {
		copy(p.cells[y*p.W:], r)
	}
	return p
}

// row reads a line.
func row(line string, at pen) ([]cell, pen) {
	var out []cell
	for line != "" {
		if rest, ok := strings.CutPrefix(line, "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= 0x40 && r <= 0x7e })
			if end < 0 {
				break
			}
			if rest[end] == 'm' {
				at = at.code(rest[:end])
			}
			line = rest[end+1:]
			continue
		}
		r, n := utf8.DecodeRuneInString(line)
		text := string(r)
		line = line[n:]
		switch w := draw.Width(text); {
		case draw.Unprintable(r):
		case w == 0 && len(out) > 0:
			out[len(out)-1].text += text
		case w > 0:
			out = append(out, at.cell(text))
			for range w - 1 {
				out = append(out, at.cell(""))
			}
		}
	}
	return out, at
}

// Text returns the picture without colours, its lines without blanks at their ends.
func (p Picture) Text() string {
	var out strings.Builder
	for y := range p.H {
		var line strings.Builder
		for _, c := range p.cells[y*p.W : (y+1)*p.W] {
			if c.text == "" && line.Len() > 0 && draw.Width(lastOf(line.String())) > 1 {
				continue
			}
			if c.text == "" {
				line.WriteByte(' ')
				continue
			}
			line.WriteString(c.text)
		}
		out.WriteString(strings.TrimRight(line.String(), " "))
		out.WriteByte('\n')
	}
	return out.String()
}

func lastOf(s string) string {
	r := []rune(s)
	return string(r[len(r)-1:])
}

// pen is the state of the colours.
type pen struct {
	ink, back       draw.RGB
	plainInk, paper draw.RGB
	bold, reverse   bool
	filled          bool
}

func (p pen) cell(text string) cell {
	c := cell{text: text, ink: p.ink, back: p.back, filled: p.filled, bold: p.bold}
	if p.reverse {
		c.ink, c.back, c.filled = p.back, p.ink, true
	}
	return c
}

// code applies the parameters of a colour code.
func (p pen) code(text string) pen {
	parts := strings.Split(text, ";")
	number := func(i int) int {
		if i >= len(parts) {
			return -1
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return 0
		}
		return n
	}
	for i := 0; i < len(parts); i++ {
		switch n := number(i); {
		case n == 0:
			p = pen{ink: p.plainInk, back: p.paper, plainInk: p.plainInk, paper: p.paper}
		case n == 1:
			p.bold = true
		case n == 22:
			p.bold = false
		case n == 7:
			p.reverse = true
		case n == 27:
			p.reverse = false
		case n >= 30 && n <= 37:
			p.ink = indexed(n - 30)
		case n >= 90 && n <= 97:
			p.ink = indexed(n - 90 + 8)
		case n == 39:
			p.ink = p.plainInk
		case n >= 40 && n <= 47:
			p.back, p.filled = indexed(n-40), true
		case n >= 100 && n <= 107:
			p.back, p.filled = indexed(n-100+8), true
		case n == 49:
			p.back, p.filled = p.paper, false
		case n == 38 || n == 48:
			color, used := draw.RGB{}, 1
			switch number(i + 1) {
			case 5:
				color, used = indexed(number(i+2)), 2
			case 2:
				color, used = draw.RGB{R: byteOf(number(i + 2)), G: byteOf(number(i + 3)), B: byteOf(number(i + 4))}, 4
			}
			i += used
			if n == 38 {
				p.ink = color
			} else {
				p.back, p.filled = color, true
			}
		}
	}
	return p
}

func byteOf(n int) uint8 { return draw.Byte(float64(n)) }

// sixteen are the first colours of the palette, as VGA and xterm have them.
var sixteen = []int{
	0x000000, 0xcd3131, 0x0dbc79, 0xc8a000, 0x3c6edc, 0xbc3fbc, 0x11a8cd, 0xc8c8d0,
	0x76767c, 0xf14c4c, 0x23d18b, 0xf5dc43, 0x5a96fa, 0xd670d6, 0x29c8e6, 0xfafafa,
}

// indexed is a colour of the palette of 256: 16 of the terminal, a cube of 6×6×6, and
// 24 greys (xterm).
func indexed(n int) draw.RGB {
	level := func(v int) uint8 {
		if v == 0 {
			return 0
		}
		return byteOf(55 + 40*v)
	}
	switch {
	case n < 0 || n > 255:
		return draw.RGB{}
	case n < 16:
		n = sixteen[n]
		return draw.RGB{R: byteOf(n >> 16), G: byteOf(n >> 8 & 0xff), B: byteOf(n & 0xff)}
	case n < 232:
		n -= 16
		return draw.RGB{R: level(n / 36), G: level(n / 6 % 6), B: level(n % 6)}
	}
	grey := byteOf(8 + 10*(n-232))
	return draw.RGB{R: grey, G: grey, B: grey}
}
