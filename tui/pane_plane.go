package tui

import (
	"fmt"
	"math"
	"strings"

	"descent/core/data"
	"descent/core/probe"
	"descent/core/surface"
	"descent/session"
	"descent/session/live"

	"github.com/charmbracelet/bubbletea"
)

// plane shows a surface from above with the way taken on it, or what a network
// of one or two inputs makes of them, with the data.
type plane struct {
	t     *theme
	close bool // the way alone, instead of the whole surface
}

func (p *plane) Title() string { return "Plane" }

func (p *plane) Note(f *live.Frame) string {
	switch {
	case f.Data != nil && len(f.Data.Inputs) == 1:
		return f.Data.Inputs[0] + " → " + f.Data.Targets[0]
	case f.Data != nil:
		return strings.Join(f.Data.Inputs, " × ")
	case p.close:
		return f.Recipe.Surface.Name + " · the way"
	}
	return f.Recipe.Surface.Name + " · " + significant(f.Last.Loss)
}

func (p *plane) Actions() []Action {
	return []Action{{
		Keys: []string{"f"}, Label: "follow", Help: "on a surface: look at the way taken, or at all of it", Anywhere: true,
		Off: func(f *live.Frame) string {
			if f.Recipe.Surface.Name == "" {
				return "only a surface has a way to follow"
			}
			return ""
		},
		Do: func(*live.Frame) tea.Msg {
			p.close = !p.close
			return showIntent{planePane}
		},
	}}
}

// Shown: inputs that are whole numbers to look up are no plane.
func (p *plane) Shown(f *live.Frame) bool {
	if f.Recipe.Surface.Name != "" {
		return true
	}
	if f.Data == nil || len(f.Data.Inputs) > 2 {
		return false
	}
	stack := f.Recipe.Model.Stack
	return len(stack) == 0 || !strings.HasPrefix(stack[0], "embedding")
}

// legendRows is the height of what stands below the picture.
const legendRows = 1

// Probes is the field behind a picture of w×(h−1) cells, each two pixels high.
func (p *plane) Probes(f *live.Frame, w, h int) []live.Probe {
	if w < 4 || h < 4 {
		return nil
	}
	return []live.Probe{p.probe(f, w, h-legendRows)}
}

func (p *plane) probe(f *live.Frame, w, h int) live.Probe {
	if f.Data != nil && len(f.Data.Inputs) == 1 {
		b := dataBox(f.Data)
		return probe.Line{From: b.Left, To: b.Right, N: 2 * w}
	}
	return probe.Plane{Box: p.box(f), W: w, H: 2 * h}
}

// box is the part of the plane that is shown.
func (p *plane) box(f *live.Frame) surface.Box {
	if f.Data != nil {
		return dataBox(f.Data)
	}
	row, _ := surface.Find(f.Recipe.Surface.Name)
	ground := row.Box
	points := append(f.Curves.Trail[:len(f.Curves.Trail):len(f.Curves.Trail)], f.Point)
	if p.close {
		return wayBox(points, ground)
	}
	return grown(ground, points)
}

// dataBox holds all rows with a margin. For one input its height is that of
// the first target.
func dataBox(d *data.Set) surface.Box {
	b := surface.Box{Left: math.Inf(1), Right: math.Inf(-1), Bottom: math.Inf(1), Top: math.Inf(-1)}
	for _, part := range []data.Part{d.Train, d.Val} {
		for r := range part.Rows() {
			x, y := place2(part, r)
			b.Left, b.Right, b.Bottom, b.Top = min(b.Left, x), max(b.Right, x), min(b.Bottom, y), max(b.Top, y)
		}
	}
	return drawable(widened(b, 0.08), surface.Box{Left: -1, Right: 1, Bottom: -1, Top: 1})
}

// drawable is a box whose edges are numbers, each pair in order, or else the
// other.
func drawable(b, instead surface.Box) surface.Box {
	b = surface.Box{Left: finite(b.Left), Right: finite(b.Right), Bottom: finite(b.Bottom), Top: finite(b.Top)}
	if b.Left < b.Right && b.Bottom < b.Top {
		return b
	}
	return instead
}

// place2 is where a row stands in the picture.
func place2(p data.Part, r int) (x, y float64) {
	x = p.X.Data[r*p.X.Stride]
	if p.X.Cols == 1 {
		return x, p.Values.Data[r*p.Values.Stride]
	}
	return x, p.X.Data[r*p.X.Stride+1]
}

func widened(b surface.Box, share float64) surface.Box {
	dx, dy := b.Right*share-b.Left*share, b.Top*share-b.Bottom*share
	if dx == 0 {
		dx = 1
	}
	if dy == 0 {
		dy = 1
	}
	return surface.Box{Left: b.Left - dx, Right: b.Right + dx, Bottom: b.Bottom - dy, Top: b.Top + dy}
}

// grown is the ground, made larger in steps until it holds the way, eight
// times at the most: a way that leaves for good is not followed.
func grown(ground surface.Box, points []session.Point) surface.Box {
	b := ground
	holds := func() bool {
		for _, q := range points {
			if q.X < b.Left || q.X > b.Right || q.Y < b.Bottom || q.Y > b.Top {
				return false
			}
		}
		return true
	}
	for i := 0; i < 8 && !holds(); i++ {
		b = widened(b, 0.125)
	}
	if !holds() {
		return ground
	}
	return b
}

// farthest is how far from the middle a way is still followed.
const farthest = 1e150

// wayBox holds the way and where it began, its edges on a grid so coarse that
// it seldom moves.
func wayBox(points []session.Point, ground surface.Box) surface.Box {
	b := surface.Box{Left: math.Inf(1), Right: math.Inf(-1), Bottom: math.Inf(1), Top: math.Inf(-1)}
	for _, q := range points[max(0, len(points)-256):] {
		if math.Abs(q.X) > farthest || math.Abs(q.Y) > farthest {
			continue // it has left for good
		}
		b.Left, b.Right, b.Bottom, b.Top = min(b.Left, q.X), max(b.Right, q.X), min(b.Bottom, q.Y), max(b.Top, q.Y)
	}
	snap := func(low, high, least float64) (float64, float64) {
		grid := math.Exp2(math.Ceil(math.Log2(max(high-low, least)))) / 4
		return (math.Floor(low/grid) - 0.5) * grid, (math.Ceil(high/grid) + 0.5) * grid
	}
	b.Left, b.Right = snap(b.Left, b.Right, (ground.Right-ground.Left)*1e-6)
	b.Bottom, b.Top = snap(b.Bottom, b.Top, (ground.Top-ground.Bottom)*1e-6)
	return drawable(b, ground)
}

func (p *plane) View(f *live.Frame, w, h int, _ bool) string {
	if w < 4 || h < 4 {
		return fit("", w, h)
	}
	rows := h - legendRows
	asked := p.probe(f, w, rows)
	found, ok := f.Findings[asked]
	c := newCanvas(p.t, w, rows)
	b := p.box(f)
	switch {
	case found.Err != nil:
		return fitLines(p.t.Bad.Lines(wrapped("✗ "+found.Err.Error(), w)), w, h)
	case ok:
		switch v := found.Value.(type) {
		case probe.Field:
			p.field(c, v)
		case []float64:
			p.line(c, v, b)
		}
	}
	legend := ""
	if f.Data == nil {
		p.way(c, f, b)
		legend = p.wayLegend(f, b, w)
	} else {
		p.rows(c, f, b)
		legend = p.dataLegend(f, b)
	}
	return fit(strings.Join(append(c.lines(), legend), "\n"), w, h)
}

// field paints regions of classes, or heights in bands.
func (p *plane) field(c *canvas, v probe.Field) {
	pic := p.t.pictures
	if v.Class != nil {
		for i, class := range v.Class {
			// A classifier that is sure shows its colour, one that is not the ground.
			color := mix(pic.ground, pic.class(class), 0.12+0.5*(v.Share[i]-0.5))
			c.set(i%v.W, i/v.W, color, []rune(" ·:-,`" + "\"'")[modulo(class, 8)])
		}
		return
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range v.Value {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			low, high = min(low, x), max(high, x)
		}
	}
	for i, x := range v.Value {
		level := banded(x, low, high)
		color := pic.height(level)
		if tickAt(level, bands)%2 == 1 { // so that each edge shows
			color = mix(color, pic.ground, 0.14)
		}
		c.set(i%v.W, i/v.W, color, []rune(" .:-=+*#")[cellAt(level*7/8, 8)])
	}
}

// bands is the number of levels of height that are told apart.
const bands = 14

// banded is a height as a level from 0 to 1, finer near the bottom, in bands
// whose edges are contour lines. What is no number lies above all.
func banded(x, low, high float64) float64 {
	if high <= low {
		return 1
	}
	const decades = 1e4
	level := math.Log1p(within(axis{low, high}.share(min(x, high)), 1)*decades) / math.Log1p(decades)
	return float64(cellAt(level, bands)) / (bands - 1)
}

// at is where a point of the plane stands on a canvas, in cells.
func at(c *canvas, b surface.Box, x, y float64) (float64, float64) {
	return axis{b.Left, b.Right}.share(x) * float64(c.w), axis{b.Top, b.Bottom}.share(y) * float64(c.h)
}

// way draws the way down, its start, where it stands, and the bottom.
func (p *plane) way(c *canvas, f *live.Frame, b surface.Box) {
	pic := p.t.pictures
	points := append(f.Curves.Trail[:len(f.Curves.Trail):len(f.Curves.Trail)], f.Point)
	put := func(x, y float64, glyph rune, ink rgb) {
		cx, cy := at(c, b, x, y)
		c.put(whole(cx), whole(cy), glyph, ink)
	}
	for i := 1; i < len(points); i++ {
		x0, y0 := at(c, b, points[i-1].X, points[i-1].Y)
		x1, y1 := at(c, b, points[i].X, points[i].Y)
		c.line(x0, y0, x1, y1, pic.path)
		if math.Abs(x1-x0) > 3 || math.Abs(y1-y0) > 2 { // steps that can be told apart
			put(points[i].X, points[i].Y, '•', pic.path)
		}
	}
	row, _ := surface.Find(f.Recipe.Surface.Name)
	least := row.Minima
	for _, q := range least {
		put(q[0], q[1], '✕', pic.least)
	}
	for _, m := range f.Marks {
		for _, q := range points {
			if q.Step >= m.Step-1 {
				put(q.X, q.Y, '▲', pic.least)
				break
			}
		}
	}
	put(f.Recipe.Surface.X, f.Recipe.Surface.Y, '○', pic.start)
	put(f.Point.X, f.Point.Y, '●', pic.here)
}

func (p *plane) wayLegend(f *live.Frame, b surface.Box, w int) string {
	here := fmt.Sprintf("● (%s, %s)", significant(f.Point.X), significant(f.Point.Y))
	signs := "  ○ start"
	if row, _ := surface.Find(f.Recipe.Surface.Name); row.Minima != nil {
		signs += "  ✕ least"
	}
	if len(f.Marks) > 0 {
		signs += "  ▲ decided"
	}
	return p.t.Title.Render(here) + p.t.Muted.Render(signs+extent(b))
}

func extent(b surface.Box) string {
	return fmt.Sprintf("  x %s…%s  y %s…%s", significant(b.Left), significant(b.Right), significant(b.Bottom), significant(b.Top))
}

// rows marks as many rows of the data as there is room for.
func (p *plane) rows(c *canvas, f *live.Frame, b surface.Box) {
	pic := p.t.pictures
	part := f.Data.Train
	room := max(c.w*c.h/7, 20)
	every := max((part.Rows()+room-1)/room, 1)
	white := rgb{255, 255, 255}
	for r := 0; r < part.Rows(); r += every {
		x, y := place2(part, r)
		cx, cy := at(c, b, x, y)
		mark, ink := '•', pic.path
		switch {
		case part.Classes != nil:
			mark, ink = classMark(part.Classes[r]), mix(pic.class(part.Classes[r]), white, 0.45)
		case part.X.Cols == 1 && part.Rows() <= c.w:
			mark, ink = '○', pic.class(4)
		case part.X.Cols == 1:
			mark, ink = '·', pic.class(4)
		case f.Data.Binary:
			class := whole(part.Values.Data[r*part.Values.Stride])
			mark, ink = classMark(class), mix(pic.class(class), white, 0.45)
		}
		column, line := whole(cx), whole(cy)
		if mark == '·' && c.dotted(column, line) {
			continue // the curve is what is looked at
		}
		c.put(column, line, mark, ink)
	}
}

// line draws the network's output over its one input.
func (p *plane) line(c *canvas, values []float64, b surface.Box) {
	for i := 1; i < len(values); i++ {
		x := func(i int) float64 {
			return b.Left + (b.Right-b.Left)*float64(i)/float64(len(values)-1)
		}
		x0, y0 := at(c, b, x(i-1), values[i-1])
		x1, y1 := at(c, b, x(i), values[i])
		c.line(x0, y0, x1, y1, p.t.pictures.here)
	}
}

func (p *plane) dataLegend(f *live.Frame, b surface.Box) string {
	d := f.Data
	if len(d.Inputs) == 1 {
		return p.t.Title.Render("⠤ network") + p.t.Muted.Render("  ○ data"+extent(b))
	}
	if !d.ByClass {
		return p.t.Muted.Render("• data" + extent(b))
	}
	var out strings.Builder
	for i, name := range d.Targets {
		out.WriteString(p.t.mark(i) + p.t.Muted.Render(" "+name+"  "))
	}
	return out.String()
}

// mark is the sign of a class in its colour.
func (t *theme) mark(class int) string {
	sign := string(classMark(class))
	if !t.colored {
		return sign
	}
	return signed("\x1b["+t.ink(t.pictures.class(class), false)+"m") + sign + signed("\x1b[0m")
}
