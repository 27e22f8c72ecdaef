package picture

import (
	"encoding/xml"
	"fmt"
	"strings"

	"descent/tui/draw"
)

// The size of a cell in a picture, in pixels, and that of the characters: monospaced
// fonts are 0.6 of their size wide.
const (
	cellW, cellH = 10.0, 20.0
	fontSize     = cellW / 0.6
	baseline     = 15.0
)

// SVG returns the picture as an SVG document (SVG 1.1): text as text, everything that
// is drawn as shapes.
func (p Picture) SVG() []byte {
	var out strings.Builder
	w, h := float64(p.W)*cellW, float64(p.H)*cellH
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" width="%g" height="%g" viewBox="0 0 %g %g">`+"\n", w, h, w, h)
	fmt.Fprintf(&out, `<rect width="100%%" height="100%%" fill="%s"/>`+"\n", hex(p.paper))
	fmt.Fprintf(&out, `<g font-family="'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,monospace" font-size="%.3f" xml:space="preserve">`+"\n", fontSize)
	for y := range p.H {
		p.backs(&out, y)
		p.texts(&out, y)
		p.shapes(&out, y)
	}
	out.WriteString("</g>\n</svg>\n")
	return []byte(out.String())
}

// hex is a colour as SVG has it.
func hex(c draw.RGB) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// runs calls do for each longest run of cells of a row of which all belong together.
func (p Picture) runs(y int, together func(a, b cell) bool, do func(from, to int, c cell)) {
	row := p.cells[y*p.W : (y+1)*p.W]
	for from := 0; from < p.W; {
		to := from + 1
		for to < p.W && together(row[from], row[to]) {
			to++
		}
		do(from, to, row[from])
		from = to
	}
}

// backs draws the backgrounds of a row.
func (p Picture) backs(out *strings.Builder, y int) {
	p.runs(y, func(a, b cell) bool { return a.filled == b.filled && a.back == b.back }, func(from, to int, c cell) {
		if c.filled {
			fmt.Fprintf(out, `<rect x="%g" y="%g" width="%g" height="%g" fill="%s" shape-rendering="crispEdges"/>`+"\n", float64(from)*cellW, float64(y)*cellH, float64(to-from)*cellW, cellH, hex(c.back))
		}
	})
}

// texts writes the words of a row, each as wide as its cells whatever the font.
func (p Picture) texts(out *strings.Builder, y int) {
	p.runs(y, func(a, b cell) bool {
		return a.written() == b.written() && a.ink == b.ink && a.bold == b.bold
	}, func(from, to int, c cell) {
		if !c.written() {
			return
		}
		var text strings.Builder
		for _, c := range p.cells[y*p.W+from : y*p.W+to] {
			text.WriteString(c.text)
		}
		weight := ""
		if c.bold {
			weight = ` font-weight="bold"`
		}
		fmt.Fprintf(out, `<text x="%g" y="%g" textLength="%g" lengthAdjust="spacingAndGlyphs" fill="%s"%s>`, float64(from)*cellW, float64(y)*cellH+baseline, float64(to-from)*cellW, hex(c.ink), weight)
		_ = xml.EscapeText(out, []byte(text.String())) // a builder does not fail
		out.WriteString("</text>\n")
	})
}

// written reports that a cell holds text that a font draws.
func (c cell) written() bool {
	if c.text == "" || c.text == " " {
		return false
	}
	_, drawn := shapeOf([]rune(c.text)[0])
	return !drawn
}

// shapes draws the shapes of a row; those of one colour that follow are one path.
func (p Picture) shapes(out *strings.Builder, y int) {
	path, color, opacity := "", "", 1.0
	flush := func() {
		if path != "" {
			faint := ""
			if opacity < 1 {
				faint = fmt.Sprintf(` fill-opacity="%g"`, opacity)
			}
			fmt.Fprintf(out, `<path fill="%s"%s d="%s"/>`+"\n", color, faint, path)
		}
		path = ""
	}
	for x, c := range p.cells[y*p.W : (y+1)*p.W] {
		if c.text == "" {
			continue
		}
		s, ok := shapeOf([]rune(c.text)[0])
		if !ok || len(s.outlines) == 0 {
			continue
		}
		if hex(c.ink) != color || s.opacity != opacity {
			flush()
			color, opacity = hex(c.ink), s.opacity
		}
		for _, outline := range s.outlines {
			for i, q := range outline {
				op := "L"
				if i == 0 {
					op = "M"
				}
				path += fmt.Sprintf("%s%.5g %.5g", op, (float64(x)+q.x)*cellW, float64(y)*cellH+q.y*cellH/2)
			}
			path += "Z"
		}
	}
	flush()
}
