package tune

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/search"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
)

// side is one direction of a picture: where values lie on its cells, and which are
// labelled.
type side struct {
	n     int
	at    func(v float64) (cell float64, ok bool) // from 0 to n−1 and beyond
	ticks []tick
}

// tick is a label at a cell.
type tick struct {
	at   int
	text string
}

// numbers is a side of n cells for numbers, low at cell 0.
func numbers(kind ruler.Kind, low, high float64, n int) side {
	r := ruler.New(ruler.Scale{Kind: kind}, low, high, max(n-1, 1))
	s := side{n: n, at: r.Row}
	for _, t := range r.Ticks {
		s.ticks = append(s.ticks, tick{t.Row, t.Text})
	}
	return s
}

// stretched is a side of n cells for numbers that reaches from one end to the other,
// with labels at the cells nearest to round numbers.
func stretched(kind ruler.Kind, low, high float64, n int) side {
	scale := ruler.Scale{Kind: kind}
	from, ok := scale.To(low)
	to, also := scale.To(high)
	if !ok || !also {
		from, to = 0, 1
	}
	if from == to {
		pad := max(math.Abs(from)*0.05, 0.5)
		from, to = from-pad, to+pad
	}
	reach := draw.Axis{Low: from, High: to}
	s := side{n: n, at: func(v float64) (float64, bool) {
		at, ok := scale.To(v)
		return reach.Share(at) * float64(n-1), ok
	}}
	for _, v := range rounds(search.Axis{Low: scale.From(from), High: scale.From(to), Log: kind == ruler.Log}, n/9) {
		if at, ok := s.at(v); ok {
			s.ticks = append(s.ticks, tick{draw.Round(at), named(v)})
		}
	}
	return s
}

// named writes a round number, a large integer with separators.
func named(v float64) string {
	if v == math.Trunc(v) && v >= 1000 && v < 1e9 {
		return draw.Thousands(draw.Floor(v))
	}
	return ruler.Text(v)
}

// along is a side of n cells for an axis of the search, with about so many labels if it
// is linear; its values are places from 0 to 1.
func along(a axis, n, about int) side {
	s := side{n: n, at: func(u float64) (float64, bool) { return u*float64(n) - 0.5, !math.IsNaN(u) }}
	mark := func(u float64, text string) { s.ticks = append(s.ticks, tick{draw.Cell(u, n), text}) }
	if a.hull.Kind == search.Choice {
		for i, c := range a.hull.Choices {
			mark((float64(i)+0.5)/float64(len(a.hull.Choices)), c.String())
		}
		return s
	}
	for _, v := range rounds(a.hull, about) {
		if u, ok := a.place(knob.Num(v)); ok {
			mark(u, ruler.Text(v))
		}
	}
	return s
}

// rounds are round numbers of the range of an axis, the more important first; of a
// linear one about so many.
func rounds(a search.Axis, about int) (out []float64) {
	inside := func(v float64) {
		if v >= a.Low && v <= a.High && !slices.Contains(out, v) && len(out) < 64 {
			out = append(out, v)
		}
	}
	switch {
	case a.Low == a.High:
		inside(a.Low)
	case a.Complement:
		inside(a.Low)
		for _, m := range []float64{1, 5, 2} {
			for e := 0; e < 12; e++ {
				inside(tidy(1 - m*math.Pow(10, float64(-e))))
			}
		}
	case a.Log:
		for _, m := range []float64{1, 3, 2, 5} {
			for e := -12; e <= 12; e++ {
				inside(tidy(m * math.Pow(10, float64(e))))
			}
		}
	default:
		step := a.High/float64(max(about, 2)) - a.Low/float64(max(about, 2))
		unit := math.Pow(10, math.Floor(math.Log10(step)))
		for _, m := range []float64{1, 2, 5, 10} {
			if unit*m >= step {
				unit *= m
				break
			}
		}
		if !(unit > 0) || math.IsInf(unit, 0) {
			return []float64{a.Low, a.High}
		}
		for v := math.Ceil(a.Low / unit); v*unit <= a.High && len(out) < 64; v++ {
			inside(tidy(v * unit))
		}
	}
	return out
}

// tidy is a number without the rounding noise of a power of ten.
func tidy(v float64) float64 {
	if t, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 9, 64), 64); err == nil {
		return t
	}
	return v
}

// field is a picture between two sides: the second leads upwards.
type field struct {
	t *draw.Theme
	*draw.Canvas
	x, y side
}

// newField makes the picture of w×h cells, with the labels of its sides: what is drawn
// has w − margin by h − 2 of them. ok is false where there is no room.
func newField(t *draw.Theme, w, h int) (f field, ok bool) {
	if w < draw.ChartMargin+8 || h < 5 {
		return f, false
	}
	return field{t: t, Canvas: draw.NewCanvas(t, w-draw.ChartMargin, h-2)}, true
}

// spot is the cell of two values, in fractions from the upper left; what lies beyond is
// drawn at the edge. ok is false if there is none.
func (f *field) spot(x, y float64) (col, row float64, ok bool) {
	c, ok := f.x.at(x)
	r, also := f.y.at(y)
	if !ok || !also || math.IsNaN(c) || math.IsNaN(r) {
		return 0, 0, false
	}
	in := func(v float64, n int) float64 { return min(max(v, 0), float64(n-1)) }
	return in(c, f.W), float64(f.H-1) - in(r, f.H), true
}

// put writes a sign at two values.
func (f *field) put(x, y float64, sign rune, ink draw.RGB) {
	if c, r, ok := f.spot(x, y); ok {
		f.Put(draw.Round(c), draw.Round(r), sign, ink)
	}
}

// worse is the row at the edge where bad values lie.
func (f *field) worse(goal goal) int {
	if goal.high {
		return f.H - 1
	}
	return 0
}

// line draws a line between two pairs of values.
func (f *field) line(x0, y0, x1, y1 float64, ink draw.RGB) {
	a, b, ok := f.spot(x0, y0)
	c, d, also := f.spot(x1, y1)
	if ok && also {
		f.Line(a+0.5, b+0.5, c+0.5, d+0.5, ink)
	}
}

// strands are lines of which the first in a cell keeps it: those in front are drawn
// first, and those behind do not take over their colour.
type strands struct {
	*draw.Canvas
	owner []int // of each cell, 0 for none
}

func newStrands(c *draw.Canvas) strands { return strands{c, make([]int, c.W*c.H)} }

// line draws a part of the strand of an owner, from 1, between two points in cells.
func (s strands) line(owner int, x0, y0, x1, y1 float64, ink draw.RGB) {
	n := draw.Floor(max(math.Abs(x1-x0)*2, math.Abs(y1-y0)*4)) + 1
	for i := range n + 1 {
		along := float64(i) / float64(n)
		x, y := draw.Floor((x0+(x1-x0)*along)*2), draw.Floor((y0+(y1-y0)*along)*4)
		if x < 0 || y < 0 || x >= 2*s.W || y >= 4*s.H {
			continue
		}
		if at := &s.owner[y/4*s.W+x/2]; *at == 0 || *at == owner {
			*at = owner
			s.Dot(x, y, ink)
		}
	}
}

// beyond draws the ends of the present range of an axis, which leads to the right, where
// it once reached farther.
func (f *field) beyond(a axis) {
	ink := draw.Mix(f.t.Palette.Ground, f.t.Palette.Path, 0.18)
	for _, edge := range []struct {
		v    knob.Value
		from bool
	}{{knob.Num(a.Low), true}, {knob.Num(a.High), false}} {
		u, ok := a.place(edge.v)
		if a.hull.Kind == search.Choice || !ok || edge.from && a.Low <= a.hull.Low || !edge.from && a.High >= a.hull.High {
			continue
		}
		if c, ok := f.x.at(u); ok {
			for y := range f.H {
				f.Put(draw.Round(c), y, '┆', ink)
			}
		}
	}
}

// lines renders the picture with its sides.
func (f *field) lines() []string {
	labels := make([]string, f.H)
	for _, t := range f.y.ticks {
		row := f.H - 1 - t.at
		near := row > 0 && row <= f.H && labels[row-1] != "" || row >= -1 && row+1 < f.H && labels[row+1] != ""
		if row >= 0 && row < f.H && labels[row] == "" && (!near || f.H < 6) {
			labels[row] = t.text
		}
	}
	out := make([]string, 0, f.H+2)
	for i, line := range f.Lines() {
		edge := "│"
		if labels[i] != "" {
			edge = "┤"
		}
		text := draw.Crop(labels[i], draw.LabelWidth, "…")
		out = append(out, f.t.Muted.Render(draw.Between("", text, draw.LabelWidth)+edge)+line)
	}
	bottom, names := f.x.bottom(f.W)
	pad := strings.Repeat(" ", draw.LabelWidth)
	return append(out, f.t.Muted.Render(pad+"└"+bottom), f.t.Muted.Render(pad+" "+names))
}

// bottom is a side as a line with ticks and a line with labels, as many as fit.
func (s side) bottom(w int) (line, labels string) {
	edge, names := []rune(strings.Repeat("─", w)), []rune(strings.Repeat(" ", w))
	gap := max(w/max(len(s.ticks), 1)-1, 6)
	for _, t := range s.ticks {
		text := []rune(draw.Cut(draw.Line(t.text), gap))
		if draw.Width(string(text)) != len(text) { // wide signs
			text = []rune(draw.ASCII(string(text)))
		}
		from := min(max(t.at-len(text)/2, 0), w-len(text))
		if t.at < 0 || t.at >= w || from < 0 {
			continue
		}
		free := true
		for i := max(from-1, 0); i < min(from+len(text)+1, w); i++ {
			free = free && names[i] == ' '
		}
		if free {
			edge[t.at] = '┬'
			copy(names[from:], text)
		}
	}
	return string(edge), string(names)
}
