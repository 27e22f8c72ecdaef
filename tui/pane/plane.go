package pane

import (
	"fmt"
	"math"
	"strings"

	"descent/core/data"
	"descent/core/probe"
	"descent/core/surface"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Plane shows a surface from above with the trajectory, or the output of a network
// of one or two inputs, with the data.
type Plane struct {
	t      *draw.Theme
	zoomed bool // the trajectory enlarged, instead of the whole surface
}

// NewPlane makes the pane of a surface, or of one or two inputs.
func NewPlane(t *draw.Theme) *Plane { return &Plane{t: t} }

func (p *Plane) Title() string { return "Plane" }

func (p *Plane) Note(f *live.Frame) string {
	switch {
	case f.Data != nil && len(f.Data.Inputs) == 1:
		return f.Data.Inputs[0] + " → " + f.Data.Targets[0]
	case f.Data != nil:
		return strings.Join(f.Data.Inputs, " × ")
	case p.zoomed:
		return f.Recipe.Surface.Name + " · trajectory"
	}
	return f.Recipe.Surface.Name + " · " + draw.Significant(f.Last.Loss)
}

func (p *Plane) Actions() []intent.Action {
	return []intent.Action{{
		Name: "plane.follow", Keys: []string{"f"}, Label: "follow", Now: p.follows, Help: "test surface: zoom to the trajectory, or show the whole surface", Anywhere: true,
		Off: func(f *live.Frame) string {
			if f.Recipe.Surface.Name == "" {
				return "only a surface has a trajectory to follow"
			}
			return ""
		},
		Do: func(*live.Frame) tea.Msg {
			p.zoomed = !p.zoomed
			return intent.Bring{Pane: p}
		},
	}}
}

// follows is the word for the key that follows the trajectory.
func (p *Plane) follows(*live.Frame) string {
	if p.zoomed {
		return "whole surface"
	}
	return "follow"
}

// Shown is false for inputs of an embedding, which are indices.
func (p *Plane) Shown(f *live.Frame) bool {
	if f.Recipe.Surface.Name != "" {
		return true
	}
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
	if w < 4 || h < 4 {
		return nil
	}
	return []live.Probe{p.probe(f, w, h-legendRows)}
}

func (p *Plane) probe(f *live.Frame, w, h int) live.Probe {
	if f.Data != nil && len(f.Data.Inputs) == 1 {
		b := dataBox(f.Data)
		return probe.Line{From: b.Left, To: b.Right, N: 2 * w}
	}
	return probe.Plane{Box: p.box(f), W: w, H: 2 * h}
}

// box returns the visible part of the plane.
func (p *Plane) box(f *live.Frame) surface.Box {
	if f.Data != nil {
		return dataBox(f.Data)
	}
	row, _ := surface.Find(f.Recipe.Surface.Name)
	ground := row.Box
	points := append(f.Curves.Trajectory[:len(f.Curves.Trajectory):len(f.Curves.Trajectory)], f.Point)
	if p.zoomed {
		return trajectoryBox(points, ground)
	}
	return grown(ground, points)
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

// grown enlarges the ground in steps until it contains the points, at most eight
// times: a trajectory that diverges is not followed.
func grown(ground surface.Box, points []history.Point) surface.Box {
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

// farthest is the distance from the centre up to which a trajectory is followed.
const farthest = 1e150

// trajectoryBox contains the recent trajectory, its edges on a grid so coarse that it
// rarely moves.
func trajectoryBox(points []history.Point, ground surface.Box) surface.Box {
	b := surface.Box{Left: math.Inf(1), Right: math.Inf(-1), Bottom: math.Inf(1), Top: math.Inf(-1)}
	for _, q := range points[max(0, len(points)-256):] {
		if math.Abs(q.X) > farthest || math.Abs(q.Y) > farthest {
			continue // diverged
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

func (p *Plane) View(f *live.Frame, w, h int, _ bool) string {
	if w < 4 || h < 4 {
		return draw.Fit("", w, h)
	}
	rows := h - legendRows
	asked := p.probe(f, w, rows)
	found, ok := f.Findings[asked]
	c := draw.NewCanvas(p.t, w, rows)
	b := p.box(f)
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
	legend := ""
	if f.Data == nil {
		p.trajectory(c, f, b)
		legend = p.trajectoryLegend(f, b, w)
	} else {
		p.rows(c, f, b)
		legend = p.dataLegend(f, b)
	}
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
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range v.Value {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			low, high = min(low, x), max(high, x)
		}
	}
	for i, x := range v.Value {
		level := banded(x, low, high)
		color := pic.Height(level)
		if draw.Tick(level, bands)%2 == 1 { // so that the edges are visible
			color = draw.Mix(color, pic.Ground, 0.14)
		}
		c.Set(i%v.W, i/v.W, color, []rune(" .:-=+*#")[draw.Cell(level*7/8, 8)])
	}
}

// bands is the number of bands of height.
const bands = 14

// banded is a height as a level from 0 to 1, finer near the bottom, in bands whose
// edges are contour lines. NaN is above all.
func banded(x, low, high float64) float64 {
	if high <= low {
		return 1
	}
	const decades = 1e4
	level := math.Log1p(draw.Clamp(draw.Axis{Low: low, High: high}.Share(min(x, high)), 1)*decades) / math.Log1p(decades)
	return float64(draw.Cell(level, bands)) / (bands - 1)
}

// at maps a point of the plane to a canvas, in cells.
func at(c *draw.Canvas, b surface.Box, x, y float64) (float64, float64) {
	return draw.Axis{Low: b.Left, High: b.Right}.Share(x) * float64(c.W), draw.Axis{Low: b.Top, High: b.Bottom}.Share(y) * float64(c.H)
}

// trajectory draws the trajectory, its start, the current point, and the minima.
func (p *Plane) trajectory(c *draw.Canvas, f *live.Frame, b surface.Box) {
	pic := p.t.Palette
	points := append(f.Curves.Trajectory[:len(f.Curves.Trajectory):len(f.Curves.Trajectory)], f.Point)
	put := func(x, y float64, glyph rune, ink draw.RGB) {
		cx, cy := at(c, b, x, y)
		c.Put(draw.Floor(cx), draw.Floor(cy), glyph, ink)
	}
	for i := 1; i < len(points); i++ {
		x0, y0 := at(c, b, points[i-1].X, points[i-1].Y)
		x1, y1 := at(c, b, points[i].X, points[i].Y)
		c.Line(x0, y0, x1, y1, pic.Path)
		if math.Abs(x1-x0) > 3 || math.Abs(y1-y0) > 2 { // steps that are distinguishable
			put(points[i].X, points[i].Y, '•', pic.Path)
		}
	}
	row, _ := surface.Find(f.Recipe.Surface.Name)
	least := row.Minima
	for _, q := range least {
		put(q[0], q[1], '✕', pic.Least)
	}
	for _, m := range f.Marks {
		for _, q := range points {
			if q.Step >= m.Step-1 {
				put(q.X, q.Y, '▲', pic.Least)
				break
			}
		}
	}
	put(f.Recipe.Surface.X, f.Recipe.Surface.Y, '○', pic.Start)
	put(f.Point.X, f.Point.Y, '●', pic.Here)
}

func (p *Plane) trajectoryLegend(f *live.Frame, b surface.Box, w int) string {
	here := fmt.Sprintf("● (%s, %s)", draw.Significant(f.Point.X), draw.Significant(f.Point.Y))
	signs := "  ○ start"
	if row, _ := surface.Find(f.Recipe.Surface.Name); row.Minima != nil {
		signs += "  ✕ min"
	}
	if len(f.Marks) > 0 {
		signs += "  ▲ decided"
	}
	return p.t.Title.Render(here) + p.t.Muted.Render(signs+extent(b))
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
