package landscape

import (
	"math"

	"descent/core/curvature"
	"descent/core/surface"
	"descent/session/live"
	"descent/tui/draw"
)

// The most points that are evaluated of a landscape, between which the picture is
// interpolated.
const (
	mostAcross = 56
	mostDown   = 36
)

// flat reports whether there is only room for a section.
func flat(w, h int) bool { return w < 16 || h < 7 }

// asked is the landscape for a picture of w×h cells.
func (s *sheet) asked(w, h int) curvature.Landscape {
	m := curvature.Landscape{Path: s.along, Seed: s.seed, Radius: radii[s.radius], W: min(max(w/2, 8), mostAcross), H: min(max(h-1, 4), mostDown)}
	if s.along {
		m.Radius /= 4
		m.Seed = 0
	}
	if flat(w, h) {
		m.W, m.H = min(2*w, mostAcross), 1
	}
	return m
}

// heights are what was found of it, and the finding that they are of: the last
// complete one while a later one is on its way.
func (s *sheet) heights(f *live.Frame, w, h int) (v curvature.Heights, of live.Finding, ok bool) {
	of, ok = f.Findings[s.asked(w, h)]
	if of.Partial && of.Earlier != nil {
		of = *of.Earlier
	}
	v, is := of.Value.(curvature.Heights)
	return v, of, ok && is
}

// network draws the loss around the weights.
func (s *sheet) network(f *live.Frame, w, h int) []string {
	v, of, ok := s.heights(f, w, h)
	switch {
	case of.Err != nil:
		return s.t.Bad.Lines(draw.Wrap("✗ "+of.Err.Error(), w))
	case !ok:
		return s.t.Muted.Lines(draw.Wrap("evaluating the loss around the weights on a copy; training goes on", w))
	case v.Note != "":
		return s.t.Muted.Lines(draw.Wrap(v.Note+" (d)", w))
	case len(v.Value) != v.W*v.H || len(v.Value) == 0:
		return nil
	case v.H == 1:
		return s.section(v, w, h)
	}
	c := draw.NewCanvas(s.t, w, h-1)
	b := surface.Box{Left: v.Left, Right: v.Right, Bottom: v.Bottom, Top: v.Top}
	c.Heights(func(x, y int) (float64, bool) {
		return between(&v, (float64(x)+0.5)/float64(c.W), (float64(y)+0.5)/float64(2*c.H))
	}, !s.linear)
	pic := s.t.Palette
	for i := 1; i < len(v.Path); i++ {
		x0, y0 := at(c, b, v.Path[i-1].X, v.Path[i-1].Y)
		x1, y1 := at(c, b, v.Path[i].X, v.Path[i].Y)
		c.Line(x0, y0, x1, y1, pic.Path)
		if len(v.Path) <= 40 {
			put(c, b, v.Path[i].X, v.Path[i].Y, '•', pic.Path)
		}
	}
	if len(v.Path) > 1 {
		put(c, b, v.Path[0].X, v.Path[0].Y, '○', pic.Start)
	}
	if n := len(v.Path); n > 0 {
		put(c, b, v.Path[n-1].X, v.Path[n-1].Y, '●', pic.Here)
	}
	value := ""
	if s.pointed {
		x, y := s.cursor(c, b)
		height, known := between(&v, s.cx, s.cy)
		value = "┼ (" + draw.Significant(x) + ", " + draw.Significant(y) + ")"
		if known {
			value += " " + draw.Significant(height)
		}
	}
	here := s.t.Title.Render("● weights of step " + draw.Thousands(of.Step))
	more := []string{s.t.Muted.Render("  ○ start")}
	if low, high, ok := range2(v.Value); ok {
		more = append(more, s.t.Muted.Render("  loss "+draw.Significant(low)+"…"+draw.Significant(high)))
	} else if v.Done > 0 {
		more = append(more, s.t.Bad.Render("  the loss is not finite here"))
	}
	if v.Rows < v.Of {
		more = append(more, s.t.Muted.Render("  of "+draw.Thousands(v.Rows)+" rows"))
	}
	return append(c.Lines(), s.under(w, value, here, append(more, s.t.Muted.Render(extent(b)))...))
}

// between interpolates between the points around a place, given as shares of the
// picture; where some are not finite it is the nearest.
func between(v *curvature.Heights, across, down float64) (height float64, known bool) {
	x, y := across*float64(v.W)-0.5, down*float64(v.H)-0.5
	c0, r0 := draw.Floor(x), draw.Floor(y)
	fx, fy := x-float64(c0), y-float64(r0)
	of := func(c, r int) (float64, bool) {
		i := min(max(r, 0), v.H-1)*v.W + min(max(c, 0), v.W-1)
		return v.Value[i], v.Known[i] || !math.IsNaN(v.Value[i])
	}
	sum, all := 0.0, true
	for _, q := range [4]struct {
		c, r  int
		share float64
	}{{c0, r0, (1 - fx) * (1 - fy)}, {c0 + 1, r0, fx * (1 - fy)}, {c0, r0 + 1, (1 - fx) * fy}, {c0 + 1, r0 + 1, fx * fy}} {
		h, ok := of(q.c, q.r)
		if !ok || math.IsNaN(h) || math.IsInf(h, 0) {
			all = false
			break
		}
		sum += q.share * h
	}
	if all {
		return sum, true
	}
	return of(draw.Round(x), draw.Round(y))
}

// range2 is the range of the finite values.
func range2(values []float64) (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high, low <= high
}

// section draws the heights along one direction as a curve.
func (s *sheet) section(v curvature.Heights, w, h int) []string {
	low, high, ok := range2(v.Value)
	if !ok || h < 2 {
		return nil
	}
	c := draw.NewCanvas(s.t, w, h-1)
	b := surface.Box{Left: 0, Right: float64(v.W), Bottom: low, Top: high}
	if low == high {
		b.Top = low + 1
	}
	for i := 1; i < v.W; i++ {
		x0, y0 := at(c, b, float64(i)-0.5, v.Value[i-1])
		x1, y1 := at(c, b, float64(i)+0.5, v.Value[i])
		c.Line(x0, y0, x1, y1, s.t.Palette.Path)
	}
	here := draw.Axis{Low: v.Left, High: v.Right}.Share(0) * float64(v.W)
	if height, known := between(&v, here/float64(v.W), 0.5); known {
		put(c, b, here, height, '●', s.t.Palette.Here)
	}
	return append(c.Lines(), s.t.Muted.Render(draw.Crop("loss "+draw.Significant(low)+"…"+draw.Significant(high), w, "")))
}
