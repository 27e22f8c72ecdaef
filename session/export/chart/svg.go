package chart

import (
	"bytes"
	"fmt"
	"html"
	"strings"
	"unicode"
)

// SVG is the chart as a document.
func (c Chart) SVG() []byte {
	width, height := c.size()
	var s svg
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%s" height="%s" font-family="system-ui, Helvetica, Arial, sans-serif" role="img"><title>%s</title>`,
		number(width), number(height), number(width), number(height), escaped(c.Title))
	fmt.Fprintf(&s, `<rect width="100%%" height="100%%" fill="#ffffff"/>`)
	c.draw(&s)
	s.WriteString("</svg>\n")
	return s.Bytes()
}

// svg is a canvas.
type svg struct{ bytes.Buffer }

func places(points [][2]float64) string {
	var b strings.Builder
	for i, p := range points {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(number(p[0]) + "," + number(p[1]))
	}
	return b.String()
}

func (s *svg) line(points [][2]float64, colour string, width, opacity float64, dashed bool) {
	dash := ""
	if dashed {
		dash = ` stroke-dasharray="5 4"`
	}
	if opacity < 1 {
		dash += fmt.Sprintf(` stroke-opacity="%s"`, number(opacity))
	}
	fmt.Fprintf(s, `<polyline points="%s" fill="none" stroke="%s" stroke-width="%s" stroke-linejoin="round"%s/>`, places(points), colour, number(width), dash)
}

func (s *svg) text(x, y float64, text, colour string, size, align float64, bold bool) {
	anchor, weight := map[float64]string{0: "start", 0.5: "middle", 1: "end"}[align], ""
	if bold {
		weight = ` font-weight="600"`
	}
	fmt.Fprintf(s, `<text x="%s" y="%s" fill="%s" font-size="%s" text-anchor="%s"%s>%s</text>`, number(x), number(y), colour, number(size), anchor, weight, escaped(text))
}

// escaped is a text without what XML has no place for.
func escaped(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s))
}
