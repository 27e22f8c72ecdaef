package draw

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"descent/tui/draw/ruler"

	"github.com/guptarohit/asciigraph"
)

// Chart renders a plot in h lines of at most ChartMargin + w cells; curves begin at
// column ChartMargin. The axis has round numbers on rows where they are true. A spike
// that is shorter than a few columns does not stretch it but is cut at the edge, with
// its value. Without a value that can be drawn it returns h empty lines.
func (t *Theme) Chart(p Plot, w, h int) []string {
	empty := make([]string, max(h, 0))
	if h < 2 || w < 1 {
		return empty
	}
	p.Fine = p.Fine && !t.ascii // whose dots are only above or below
	r := p.ruler(h - 1)
	if r == nil {
		return empty
	}
	g := &graph{Canvas: NewCanvas(t, w, h), t: t, r: r}
	for _, c := range p.Curves {
		g.band(c)
	}
	g.references(p.References)
	if p.Cursor > 0 {
		for y := range h {
			g.Put(p.Cursor-1, y, '│', t.Ink(Trace{Color: t.labelled}))
		}
	}
	if p.Fine {
		for i, c := range p.Curves {
			g.fine(c, i, len(p.Curves))
		}
	} else {
		g.lines(p.Curves)
	}
	g.name(p.References)
	g.cuts(p.Curves)
	return g.withAxis()
}

// graph is a chart that is being drawn.
type graph struct {
	*Canvas
	t *Theme
	r *ruler.Ruler
}

// row is the row of a value from the upper edge, in fractions and within the chart;
// NaN if it has none.
func (g *graph) row(v float64) float64 {
	at, ok := g.r.Row(v)
	if !ok {
		return math.NaN()
	}
	return float64(g.H-1) - Clamp(at/float64(g.H-1), 0)*float64(g.H-1)
}

// at is the value of a curve in column x of w.
func at(values []float64, x, w int) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	return values[min(max(x*len(values)/w, 0), len(values)-1)]
}

// band shades what lies between the ends of a band.
func (g *graph) band(c Curve) {
	if len(c.Low) == 0 || len(c.High) == 0 {
		return
	}
	ink := g.t.Ink(g.t.PeakLine)
	n := max(len(c.Low), len(c.High), g.W)
	for i := range n {
		top, bottom := g.row(at(c.High, i, n)), g.row(at(c.Low, i, n))
		if math.IsNaN(top) {
			continue
		}
		if math.IsNaN(bottom) { // 0 on a logarithmic axis
			bottom = float64(g.H - 1)
		}
		x := i * g.W / n
		for y := Round(top); y <= Round(bottom); y++ {
			g.Put(x, y, bandSign, ink)
		}
	}
}

// Signs of what stands behind curves.
const (
	bandSign      = '░'
	referenceSign = '┄'
)

// references draws a dotted line at each reference.
func (g *graph) references(of []Reference) {
	for _, m := range of {
		y, ok := g.r.Row(m.Value)
		if !ok || y < -0.5 || y > float64(g.H)-0.5 {
			continue
		}
		every := 1
		if g.t.ascii { // where a line of dashes looks like a curve
			every = 3
		}
		for x := 0; x < g.W; x += every {
			g.Put(x, g.H-1-Round(y), referenceSign, g.t.Ink(Trace{Color: g.t.labelled}))
		}
	}
}

// name writes the names of references over their lines, as far to the right as no curve
// is in the way.
func (g *graph) name(of []Reference) {
	for _, m := range of {
		y, ok := g.r.Row(m.Value)
		row := g.H - 1 - Round(y)
		word := []rune(" " + m.Name + " ")
		if !ok || row < 0 || row >= g.H {
			continue
		}
		from := g.W - len(word)
		for ; from >= g.W/3 && !g.free(from, row, len(word)); from-- {
		}
		if from < g.W/3 || from < 0 {
			continue
		}
		for i, r := range word {
			g.Put(from+i, row, r, g.t.Ink(Trace{Color: g.t.labelled}))
		}
	}
}

// free reports whether no curve and no name stands in n cells of a row.
func (g *graph) free(x, row, n int) bool {
	for i := range n {
		if !g.behind(x+i, row) {
			return false
		}
	}
	return true
}

// behind reports whether no curve passes through a cell.
func (g *graph) behind(x, y int) bool {
	if x < 0 || x >= g.W || y < 0 || y >= g.H {
		return false
	}
	s := g.over[y*g.W+x]
	return s.glyph == 0 && s.dots == 0 || s.glyph == bandSign || s.glyph == referenceSign
}

// fine draws a curve of dots. Without colours its sign stands on it here and there.
func (g *graph) fine(c Curve, i, of int) {
	ink := g.t.Ink(c.Trace)
	n := len(c.Values)
	place := func(k int) (x, y float64, ok bool) {
		y = g.row(c.Values[k])
		return (float64(k) + 0.5) * float64(g.W) / float64(n), y + 0.5, !math.IsNaN(y)
	}
	for k := range n {
		x, y, ok := place(k)
		if !ok {
			continue
		}
		g.trace(x, y, x, y, ink)
		if k > 0 {
			if a, b, ok := place(k - 1); ok {
				g.trace(a, b, x, y, ink)
			}
		}
	}
	if !g.t.signed || c.Sign == drawnLine || of < 2 {
		return
	}
	for x := 3 + 4*i%13; x < g.W; x += 13 {
		if y := g.row(at(c.Values, x, g.W)); !math.IsNaN(y) {
			g.Put(x, Round(y), c.Sign, ink)
		}
	}
}

// trace draws a line of dots over whatever stands behind.
func (g *graph) trace(x0, y0, x1, y1 float64, ink RGB) {
	n := Floor(max(math.Abs(x1-x0)*2, math.Abs(y1-y0)*4)) + 1
	for i := range n + 1 {
		along := float64(i) / float64(n)
		x, y := Floor((x0+(x1-x0)*along)*2), Floor((y0+(y1-y0)*along)*4)
		if g.behind(x/2, y/4) {
			g.over[y/4*g.W+x/2].glyph = 0
		}
		g.Dot(x, y, ink)
	}
}

// lines draws curves of box-drawing characters. It alone calls asciigraph, which
// gets rows instead of values, since it does not handle infinities and degenerate
// ranges.
func (g *graph) lines(curves []Curve) {
	var data [][]float64
	var colors []asciigraph.AnsiColor
	var signs []asciigraph.CharSet
	inks := map[string]RGB{}
	for _, c := range curves {
		mapped := make([]float64, 1, g.W+1)
		seen := false
		for x := range g.W {
			y := float64(g.H-1) - g.row(at(c.Values, x, g.W))
			seen = seen || !math.IsNaN(y)
			mapped = append(mapped, y)
		}
		if !seen {
			continue
		}
		mapped[0] = mapped[1]                        // n values make n−1 segments, each at the column of its end
		color, sign := c.Color, asciigraph.CharSet{} // which is lines
		if g.t.signed && c.Sign != drawnLine {
			sign = asciigraph.CreateCharSet(string(c.Sign))
		}
		if !g.t.colored {
			color = asciigraph.Default
		}
		inks[color.String()] = g.t.Ink(Trace{Color: color})
		data, colors, signs = append(data, mapped), append(colors, color), append(signs, sign)
	}
	if len(data) == 0 {
		return
	}
	const offset = 2
	text := asciigraph.PlotMany(data,
		asciigraph.Height(g.H-1), asciigraph.Offset(offset),
		asciigraph.LowerBound(0), asciigraph.UpperBound(float64(g.H-1)),
		asciigraph.SeriesColors(colors...), asciigraph.SeriesChars(signs...),
		asciigraph.YAxisValueFormatter(func(float64) string { return "" }))
	for y, line := range strings.Split(text, "\n") {
		ink := RGB{}
		x := -offset
		for len(line) > 0 {
			if line[0] == '\x1b' {
				end := strings.IndexByte(line, 'm') + 1
				ink, line = inks[line[:end]], line[end:]
				continue
			}
			for i, r := range line {
				if r == '\x1b' {
					line = line[i:]
					break
				}
				if x >= 0 && r != ' ' {
					g.Put(x, y, r, ink)
				}
				if x++; i+len(string(r)) == len(line) {
					line = ""
				}
			}
		}
	}
}

// cut is a stretch of a curve beyond the edge of the chart: where it is farthest, and
// the value there.
type cut struct {
	x      int
	value  float64
	beyond float64 // rows
	ink    RGB
}

// cuts marks what is cut at the upper and the lower edge with its value, the farthest
// first, as far as there is room.
func (g *graph) cuts(curves []Curve) {
	for _, up := range []bool{true, false} {
		var found []cut
		for _, c := range curves {
			found = append(found, g.beyond(c, up)...)
		}
		slices.SortStableFunc(found, func(a, b cut) int { return cmp.Compare(b.beyond, a.beyond) })
		y, sign := 0, "↑"
		if !up {
			y, sign = g.H-1, "↓"
		}
		taken := make([]bool, g.W)
		for _, c := range found[:min(len(found), 1+g.W/12)] {
			text := []rune(sign + ruler.Brief(c.value))
			from := c.x
			if from+len(text) > g.W {
				text = []rune(ruler.Brief(c.value) + sign)
				from = c.x + 1 - len(text)
			}
			if from < 0 || slices.Contains(taken[from:from+len(text)], true) {
				from, text = c.x, []rune(sign)
			}
			for i, r := range text {
				if !taken[from+i] {
					g.Put(from+i, y, r, c.ink)
				}
			}
			for x := max(from-1, 0); x < min(from+len(text)+1, g.W); x++ {
				taken[x] = true
			}
		}
	}
}

// beyond finds the stretches of a curve, above also of its band, that are cut.
func (g *graph) beyond(c Curve, up bool) (out []cut) {
	const least, gap = 0.75, 2 // rows, columns
	last := -gap - 1
	n := max(len(c.Values), len(c.High), g.W)
	for i := range n {
		x, v := i*g.W/n, at(c.Values, i, n)
		if high := at(c.High, i, n); up && (high > v || math.IsNaN(v)) {
			v = high
		}
		row, ok := g.r.Row(v)
		beyond := row - float64(g.H-1)
		if !up {
			beyond = -row
		}
		if !ok || beyond < least {
			continue
		}
		one := cut{x, v, beyond, g.t.Ink(c.Trace)}
		switch {
		case x > last+gap:
			out = append(out, one)
		case beyond > out[len(out)-1].beyond:
			out[len(out)-1] = one
		}
		last = x
	}
	return out
}

// withAxis are the lines of the chart behind the axis with its labels.
func (g *graph) withAxis() []string {
	lines := g.Lines()
	labels := make([]string, g.H)
	for _, tick := range g.r.Ticks {
		labels[g.H-1-tick.Row] = tick.Text
	}
	on, off := "", ""
	if g.t.colored {
		on, off = Own("\x1b["+g.t.ink(g.t.Ink(Trace{Color: g.t.axis}), false)+"m"), Own("\x1b[0m")
	}
	for y, label := range labels {
		edge := "│"
		if label != "" {
			edge = "┤"
		}
		label = strings.Repeat(" ", LabelWidth-len(label)) + g.t.Muted.Render(label)
		lines[y] = label + on + edge + off + strings.TrimRight(lines[y], " ")
	}
	return lines
}
