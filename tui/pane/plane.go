package pane

import (
	"fmt"
	"math"
	"strings"

	"descent/core/data"
	"descent/core/probe"
	"descent/core/surface"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// Plane shows the output of a network of one or two inputs, with the data.
type Plane struct{ t *draw.Theme }

// NewPlane makes the pane of one or two inputs.
func NewPlane(t *draw.Theme) *Plane { return &Plane{t: t} }

func (p *Plane) Title() string { return "Plane" }

func (p *Plane) Note(f *live.Frame) string {
	if f.Data != nil && len(f.Data.Inputs) == 1 {
		return f.Data.Inputs[0] + " → " + f.Data.Targets[0]
	}
	if f.Data != nil {
		return strings.Join(f.Data.Inputs, " × ")
	}
	return ""
}

func (p *Plane) Actions() []intent.Action { return nil }

// Shown is false for a surface, and for inputs of an embedding, which are indices.
func (p *Plane) Shown(f *live.Frame) bool {
	if f.Data == nil || len(f.Data.Inputs) > 2 {
		return false
	}
	stack := f.Recipe.Model.Stack
	return len(stack) == 0 || !strings.HasPrefix(stack[0], "embedding")
}

// legendRows is the height of the legend below the picture.
const legendRows = 1

// Probes returns the field behind a picture of w×(h−1) cells, each two pixels high.
func (p *Plane) Probes(f *live.Frame, w, h int) []live.Probe {
	if w < 4 || h < 4 || f.Data == nil {
		return nil
	}
	return []live.Probe{p.probe(f, w, h-legendRows)}
}

func (p *Plane) probe(f *live.Frame, w, h int) live.Probe {
	b := dataBox(f.Data)
	if len(f.Data.Inputs) == 1 {
		return probe.Line{From: b.Left, To: b.Right, N: 2 * w}
	}
	return probe.Plane{Box: b, W: w, H: 2 * h}
}

// dataBox contains all rows with a margin. For one input its height is the range of
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

// drawable returns a box with finite edges in ascending order, or instead if b has
// none.
func drawable(b, instead surface.Box) surface.Box {
	b = surface.Box{Left: draw.Finite(b.Left), Right: draw.Finite(b.Right), Bottom: draw.Finite(b.Bottom), Top: draw.Finite(b.Top)}
	if b.Left < b.Right && b.Bottom < b.Top {
		return b
	}
	return instead
}

// place2 returns the coordinates of a row in the picture.
func place2(p data.Part, r int) (x, y float64) {
	x = p.At(r, 0)
	if p.X.Cols == 1 {
		return x, p.Values.Data[r*p.Values.Stride]
	}
	return x, p.At(r, 1)
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

func (p *Plane) View(f *live.Frame, w, h int, _ bool) string {
	if w < 4 || h < 4 || f.Data == nil {
		return draw.Fit("", w, h)
	}
	rows := h - legendRows
	asked := p.probe(f, w, rows)
	found, ok := f.Findings[asked]
	c := draw.NewCanvas(p.t, w, rows)
	b := dataBox(f.Data)
	switch {
	case found.Err != nil:
		return draw.FitLines(p.t.Bad.Lines(draw.Wrap("✗ "+found.Err.Error(), w)), w, h)
	case ok:
		switch v := found.Value.(type) {
		case probe.Field:
			p.field(c, v)
		case []float64:
			p.line(c, v, b)
		}
	}
	p.rows(c, f, b)
	legend := p.dataLegend(f, b)
	return draw.Fit(strings.Join(append(c.Lines(), legend), "\n"), w, h)
}

// field draws class regions, or heights in bands.
func (p *Plane) field(c *draw.Canvas, v probe.Field) {
	pic := p.t.Palette
	if v.Class != nil {
		for i, class := range v.Class {
			// The more certain the classifier, the stronger the colour.
			color := draw.Mix(pic.Ground, pic.Class(class), 0.12+0.5*(v.Share[i]-0.5))
			c.Set(i%v.W, i/v.W, color, []rune(" ·:-,`" + "\"'")[draw.Modulo(class, 8)])
		}
		return
	}
	c.Heights(func(x, y int) (float64, bool) {
		i := y*v.W + x
		if x >= v.W || i >= len(v.Value) {
			return 0, false
		}
		return v.Value[i], true
	}, true)
}

// at maps a point of the plane to a canvas, in cells.
func at(c *draw.Canvas, b surface.Box, x, y float64) (float64, float64) {
	return draw.Axis{Low: b.Left, High: b.Right}.Share(x) * float64(c.W), draw.Axis{Low: b.Top, High: b.Bottom}.Share(y) * float64(c.H)
}

// rawBox is a part of the plane in units of the table.
func rawBox(d *data.Set, b surface.Box) surface.Box {
	b.Left, b.Right = d.Raw(0, b.Left), d.Raw(0, b.Right)
	if len(d.Inputs) == 1 {
		b.Bottom, b.Top = d.RawTarget(0, b.Bottom), d.RawTarget(0, b.Top)
	} else {
		b.Bottom, b.Top = d.Raw(1, b.Bottom), d.Raw(1, b.Top)
	}
	return b
}

func extent(b surface.Box) string {
	return fmt.Sprintf("  x %s…%s  y %s…%s", draw.Significant(b.Left), draw.Significant(b.Right), draw.Significant(b.Bottom), draw.Significant(b.Top))
}

// rows marks as many rows of the data as fit.
func (p *Plane) rows(c *draw.Canvas, f *live.Frame, b surface.Box) {
	pic := p.t.Palette
	part := f.Data.Train
	room := max(c.W*c.H/7, 20)
	every := max((part.Rows()+room-1)/room, 1)
	white := draw.RGB{R: 255, G: 255, B: 255}
	for r := 0; r < part.Rows(); r += every {
		x, y := place2(part, r)
		cx, cy := at(c, b, x, y)
		mark, ink := '•', pic.Path
		switch {
		case part.Classes != nil:
			mark, ink = draw.ClassMark(part.Classes[r]), draw.Mix(pic.Class(part.Classes[r]), white, 0.45)
		case part.X.Cols == 1 && part.Rows() <= c.W:
			mark, ink = '○', pic.Class(4)
		case part.X.Cols == 1:
			mark, ink = '·', pic.Class(4)
		case f.Data.Binary:
			class := draw.Floor(part.Values.Data[r*part.Values.Stride])
			mark, ink = draw.ClassMark(class), draw.Mix(pic.Class(class), white, 0.45)
		}
		column, line := draw.Floor(cx), draw.Floor(cy)
		if mark == '·' && c.Dotted(column, line) {
			continue // the curve has priority
		}
		c.Put(column, line, mark, ink)
	}
}

// line draws the output of the network over its single input.
func (p *Plane) line(c *draw.Canvas, values []float64, b surface.Box) {
	for i := 1; i < len(values); i++ {
		x := func(i int) float64 {
			return b.Left + (b.Right-b.Left)*float64(i)/float64(len(values)-1)
		}
		x0, y0 := at(c, b, x(i-1), values[i-1])
		x1, y1 := at(c, b, x(i), values[i])
		c.Line(x0, y0, x1, y1, p.t.Palette.Here)
	}
}

func (p *Plane) dataLegend(f *live.Frame, b surface.Box) string {
	d := f.Data
	if len(d.Inputs) == 1 {
		return p.t.Title.Render("⠤ network") + p.t.Muted.Render("  ○ data"+extent(rawBox(d, b)))
	}
	if !d.ByClass {
		return p.t.Muted.Render("• data" + extent(rawBox(d, b)))
	}
	var out strings.Builder
	for i, name := range d.Targets {
		out.WriteString(p.t.Mark(i) + p.t.Muted.Render(" "+name+"  "))
	}
	return out.String()
}
