package pane

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/microscope"
	"descent/session/live"
	"descent/tui/draw"
)

// graph draws a network of dense layers as units and connections.
type graph struct {
	t   *draw.Theme
	row int // of those that probes judge by
}

// Colours of values below and above 0.
var (
	negative = draw.RGB{R: 86, G: 180, B: 233}
	positive = draw.RGB{R: 230, G: 159, B: 0}
)

const (
	graphFoot  = 2 // lines below the units: names of the columns, the row
	leastGraph = 44
	mostSubs   = 6 // units of a layer that may stand on one line
)

// side is how many cells there are beside the first and the last column, for names
// and values.
func side(w int) int { return min(max(w/5, 12), 26) }

// subs is on how many columns the units of the widest layer stand in h lines; 0 if
// the network is not drawn: it is no small stack of dense layers, or there is no room.
func subs(f *live.Frame, w, h int) int {
	columns, ok := microscope.Drawable(f.Layers)
	if !ok || w < leastGraph || h-graphFoot < 3 {
		return 0
	}
	rows, room := h-graphFoot, w-2*side(w)-4*(len(columns)-1) // gaps for the connections
	for _, units := range columns {
		room -= 2*((units+rows-1)/rows) - 1
	}
	if n := (slices.Max(columns) + rows - 1) / rows; n <= mostSubs && room >= 0 {
		return n
	}
	return 0
}

// lines is how many lines a drawing likes to have, 0 if there is none.
func (g *graph) lines(f *live.Frame) int {
	columns, ok := microscope.Drawable(f.Layers)
	if !ok {
		return 0
	}
	return slices.Max(columns) + graphFoot
}

func (g *graph) probe() live.Probe { return microscope.Graph{Row: g.row} }

// spot is where a unit stands, in cells.
type spot struct{ x, y int }

// view draws the network in w×h cells.
func (g *graph) view(f *live.Frame, w, h int) []string {
	found, ok := f.Findings[g.probe()]
	if found.Err != nil {
		return g.t.Bad.Lines(draw.Wrap("✗ "+found.Err.Error(), w))
	}
	d, _ := found.Value.(microscope.Drawing)
	switch {
	case !ok:
		return []string{"", g.t.Muted.Render("  measuring")}
	case d.Why != "" || len(d.Columns) < 2 || f.Data == nil:
		return []string{"", g.t.Muted.Render("  " + d.Why)}
	}
	rows := h - graphFoot
	wide := w - 2*side(w)
	spots := place(d, wide, rows)
	c := draw.NewCanvas(g.t, wide, rows)
	lines, all := g.strongest(d, wide*rows/max(len(d.Links), 1))
	for _, l := range lines {
		g.connect(c, spots[l.column][l.from], spots[l.column+1][l.to], l)
	}
	for i, column := range d.Columns {
		most := 0.0
		for _, v := range column.Units {
			if a := math.Abs(v); !math.IsInf(a, 0) && a > most {
				most = a
			}
		}
		for j, v := range column.Units {
			sign, color := g.unit(v, most, column.Dead != nil && column.Dead[j])
			c.Put(spots[i][j].x, spots[i][j].y, sign, color)
		}
	}
	left, right := g.ends(f, d, spots, side(w), rows)
	out := c.Lines()
	for y := range out {
		out[y] = left[y] + out[y] + right[y]
	}
	return append(out, g.foot(d, spots, w, rows), g.caption(f, d, len(lines), all, w))
}

// place gives every unit a cell of its own.
func place(d microscope.Drawing, w, rows int) [][]spot {
	out := make([][]spot, len(d.Columns))
	edge := func(c microscope.Column) int { return each(c, rows) - 1 } // of the first and the last column
	first, last := edge(d.Columns[0]), w-1-edge(d.Columns[len(d.Columns)-1])
	for i, c := range d.Columns {
		n, each := len(c.Units), each(c, rows)
		x := first + (last-first)*i/(len(d.Columns)-1)
		for j := range n {
			line := 0
			if lines := (n + each - 1) / each; lines < rows {
				line = (2*(j/each) + 1) * rows / (2 * lines)
			} else {
				line = j / each
			}
			out[i] = append(out[i], spot{x + 2*(j%each) - (each - 1), min(line, rows-1)})
		}
	}
	return out
}

// each is how many units of a column stand on a line.
func each(c microscope.Column, rows int) int {
	return max((len(c.Units)+rows-1)/max(rows, 1), 1)
}

// link is one connection; level is its size beside that of the largest of its layer.
type link struct {
	column, from, to int
	negative         bool
	level            float64
}

// strongest are the connections that are drawn, the weakest first: of each layer as
// many as leave gaps between them in so many cells. all is how many there are; those
// that are pruned or 0 are none.
func (g *graph) strongest(d microscope.Drawing, cells int) (drawn []link, all int) {
	each := cells / 8
	if !g.t.Colored() { // where the weaker do not recede
		each = cells / 12
	}
	for i, l := range d.Links {
		most := 0.0
		for _, v := range l.Weights {
			if a := math.Abs(v); !math.IsInf(a, 0) && a > most {
				most = a
			}
		}
		var here []link
		from := len(d.Columns[i].Units)
		for j, v := range l.Weights {
			if v == 0 || l.Kept != nil && !l.Kept[j] {
				continue
			}
			here = append(here, link{i, j % from, j / from, v < 0, draw.Clamp(math.Abs(v)/most, 1)})
		}
		slices.SortStableFunc(here, func(a, b link) int { return cmp.Compare(a.level, b.level) })
		all += len(here)
		drawn = append(drawn, here[max(len(here)-max(each, 16), 0):]...)
	}
	slices.SortStableFunc(drawn, func(a, b link) int { return cmp.Compare(a.level, b.level) })
	return drawn, all
}

// connect draws a line, of dots where the weight is negative.
func (g *graph) connect(c *draw.Canvas, a, b spot, l link) {
	color := positive
	if l.negative {
		color = negative
	}
	color = draw.Mix(g.t.Palette.Ground, color, 0.12+0.88*l.level*math.Sqrt(l.level))
	x0, y0, x1, y1 := float64(a.x)+1, float64(a.y)+0.5, float64(b.x), float64(b.y)+0.5
	if !l.negative {
		c.Line(x0, y0, x1, y1, color)
		return
	}
	n := draw.Floor(max(math.Abs(x1-x0)*2, math.Abs(y1-y0)*4))
	for i := 0; i <= n; i += 3 {
		at := float64(i) / float64(max(n, 1))
		c.Dot(draw.Floor((x0+(x1-x0)*at)*2), draw.Floor((y0+(y1-y0)*at)*4), color)
	}
}

// unit is the sign and colour of a unit by what it makes of the row.
func (g *graph) unit(v, most float64, dead bool) (sign rune, color draw.RGB) {
	level := draw.Clamp(math.Abs(v)/most, 0)
	color = positive
	if v < 0 {
		color = negative
	}
	switch {
	case dead || math.IsNaN(v) || math.IsInf(v, 0):
		return '×', draw.RGB{R: 220, G: 60, B: 60}
	case level < 0.05:
		return '○', draw.Mix(g.t.Palette.Ground, g.t.Palette.Path, 0.45)
	case v < 0:
		sign = '◆'
	default:
		sign = '●'
	}
	return sign, draw.Mix(g.t.Palette.Ground, color, 0.35+0.65*level)
}

// ends are the names and values beside the inputs and the outputs, where each has a
// line of its own, a text of side cells for each line.
func (g *graph) ends(f *live.Frame, d microscope.Drawing, spots [][]spot, side, rows int) (left, right []string) {
	left, right = make([]string, rows), make([]string, rows)
	for y := range rows {
		left[y], right[y] = strings.Repeat(" ", side), strings.Repeat(" ", side)
	}
	name := func(names []string, i int) string {
		if i < len(names) {
			return names[i]
		}
		return ""
	}
	last := len(d.Columns) - 1
	if each(d.Columns[0], rows) == 1 {
		for j, v := range d.Columns[0].Units {
			value := " " + draw.Significant(v) + " "
			left[spots[0][j].y] = g.t.Muted.Render(draw.Between("", draw.Crop(name(f.Data.Inputs, j), side-draw.Width(value), "…")+value, side))
		}
	}
	if each(d.Columns[last], rows) == 1 {
		for j, v := range d.Columns[last].Units {
			style := g.t.Muted
			if d.Class == j {
				style = g.t.Selected
			}
			right[spots[last][j].y] = style.Render(draw.FitLine(" "+draw.Align(draw.Significant(v), 7)+" "+name(f.Data.Targets, j), side))
		}
	}
	return left, right
}

// foot names the columns.
func (g *graph) foot(d microscope.Drawing, spots [][]spot, w, rows int) string {
	line := []rune(strings.Repeat(" ", w))
	for i, c := range d.Columns {
		name := []rune(fmt.Sprintf("%s %s %d", c.Name, c.Kind, len(c.Units)))
		if c.Kind == "input" {
			name = []rune(fmt.Sprintf("input %d", len(c.Units)))
		}
		middle := side(w) + spots[i][0].x
		if n := len(spots[i]); n > 1 {
			middle = side(w) + (spots[i][0].x+spots[i][min(n, each(c, rows))-1].x)/2
		}
		at := min(max(middle-len(name)/2, 0), max(w-len(name), 0))
		if at+len(name) > w || strings.TrimSpace(string(line[max(at-1, 0):at+len(name)])) != "" {
			continue
		}
		copy(line[at:], name)
	}
	return g.t.Muted.Render(string(line))
}

// caption says which row is seen, and what becomes of it.
func (g *graph) caption(f *live.Frame, d microscope.Drawing, lines, all, w int) string {
	text := fmt.Sprintf("row %s of %s", draw.Thousands(d.Row+1), draw.Thousands(d.Of))
	style := g.t.Muted
	if d.Class >= 0 && f.Data != nil && max(d.Class, d.Given) < len(f.Data.Targets) {
		truth, given := f.Data.Targets[d.Class], f.Data.Targets[d.Given]
		text += ": " + truth
		if d.Class != d.Given {
			text, style = text+" → "+given, g.t.Bad
		}
	} else if len(d.Expected) > 0 {
		text += ": target " + draw.Significant(d.Expected[0])
	}
	if lines < all {
		text += fmt.Sprintf("   the strongest %s of %s weights", draw.Thousands(lines), draw.Thousands(all))
	}
	key := "● above 0  ◆ below  ○ near 0  × dead   — positive  ··· negative"
	if draw.Width(text)+draw.Width(key)+3 > w {
		key = ""
	}
	return style.Render(text) + draw.Between("", g.t.Muted.Render(key), max(w-draw.Width(text), 0))
}
