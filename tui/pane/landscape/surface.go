package landscape

import (
	"math"

	"descent/core/probe"
	"descent/core/surface"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// points are those of the trajectory up to here.
func points(f *live.Frame) []history.Point {
	return append(f.Curves.Trajectory[:len(f.Curves.Trajectory):len(f.Curves.Trajectory)], f.Point)
}

// box returns the visible part of the surface.
func (s *sheet) box(f *live.Frame) surface.Box {
	row, _ := surface.Find(f.Recipe.Surface.Name)
	if s.follow {
		return s.part(trajectoryBox(points(f), row.Box))
	}
	return s.part(grown(row.Box, points(f)))
}

func (s *sheet) field(f *live.Frame, w, rows int) probe.Plane {
	return probe.Plane{Box: s.box(f), W: w, H: 2 * rows}
}

func widened(b surface.Box, share float64) surface.Box {
	dx, dy := b.Right*share-b.Left*share, b.Top*share-b.Bottom*share
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

// surface draws a test surface with the trajectories of all branches that are compared
// or race.
func (s *sheet) surface(f *live.Frame, w, h int) []string {
	legends := 1
	if len(f.Others) > 0 && h >= 8 {
		legends = 2
	}
	c, b := draw.NewCanvas(s.t, w, h-legends), s.box(f)
	found, ok := f.Findings[s.field(f, w, h-legends)]
	if found.Err != nil {
		return s.t.Bad.Lines(draw.Wrap("✗ "+found.Err.Error(), w))
	}
	if v, is := found.Value.(probe.Field); ok && is {
		c.Heights(func(x, y int) (float64, bool) {
			if x >= v.W || y*v.W+x >= len(v.Value) {
				return 0, false
			}
			return v.Value[y*v.W+x], true
		}, !s.linear)
	}
	s.trajectories(c, f, b)
	value := ""
	if s.pointed {
		x, y := s.cursor(c, b)
		row, _ := surface.Find(f.Recipe.Surface.Name)
		kappa := 100.0
		if d, ok := intent.FindKnob(f, "surface.kappa"); ok {
			kappa = d.Value.Num()
		}
		height, _, _ := row.At(x, y, kappa)
		value = "┼ (" + draw.Significant(x) + ", " + draw.Significant(y) + ") " + draw.Significant(height)
	}
	return append(c.Lines(), s.legends(f, b, value, w, legends)...)
}

// ends are the signs at the ends of the trajectories of other branches.
var ends = []rune("△□◇×+*▽")

func end(hue int) rune { return ends[draw.Modulo(hue, len(ends))] }

// trajectories draws those of other branches, then that of this one with its start,
// decisions, the minima and the current point.
func (s *sheet) trajectories(c *draw.Canvas, f *live.Frame, b surface.Box) {
	pic := s.t.Palette
	row, _ := surface.Find(f.Recipe.Surface.Name)
	for _, q := range row.Minima {
		put(c, b, q[0], q[1], '✕', pic.Least)
	}
	for _, o := range f.Others {
		ink := s.t.Ink(s.t.Trace(o.Hue))
		trail(c, b, o.Path, ink, false)
		if n := len(o.Path); n > 0 {
			put(c, b, o.Path[n-1].X, o.Path[n-1].Y, end(o.Hue), ink)
		}
	}
	all := points(f)
	trail(c, b, all, pic.Path, true)
	for _, m := range f.Marks {
		for _, q := range all {
			if q.Step >= m.Step-1 {
				put(c, b, q.X, q.Y, '▲', pic.Least)
				break
			}
		}
	}
	put(c, b, f.Recipe.Surface.X, f.Recipe.Surface.Y, '○', pic.Start)
	put(c, b, f.Point.X, f.Point.Y, '●', pic.Here)
}

// trail draws a trajectory, with a dot for each step where steps are distinguishable.
func trail(c *draw.Canvas, b surface.Box, points []history.Point, ink draw.RGB, dotted bool) {
	for i := 1; i < len(points); i++ {
		x0, y0 := at(c, b, points[i-1].X, points[i-1].Y)
		x1, y1 := at(c, b, points[i].X, points[i].Y)
		c.Line(x0, y0, x1, y1, ink)
		if dotted && (math.Abs(x1-x0) > 3 || math.Abs(y1-y0) > 2) {
			put(c, b, points[i].X, points[i].Y, '•', ink)
		}
	}
}

// legends are the lines below the picture.
func (s *sheet) legends(f *live.Frame, b surface.Box, value string, w, lines int) []string {
	row, _ := surface.Find(f.Recipe.Surface.Name)
	here := s.t.Title.Render("● (" + draw.Significant(f.Point.X) + ", " + draw.Significant(f.Point.Y) + ")")
	more := []string{s.t.Muted.Render("  ○ start")}
	if row.Minima != nil {
		more = append(more, s.t.Muted.Render("  ✕ min"))
	}
	if len(f.Marks) > 0 {
		more = append(more, s.t.Muted.Render("  ▲ decided"))
	}
	out := []string{s.under(w, value, here, append(more, s.t.Muted.Render(extent(b)))...)}
	if lines < 2 {
		return out
	}
	name := intent.BranchName(f)
	if name == "" {
		name = "this branch"
	}
	var names []string
	for _, o := range f.Others {
		names = append(names, s.t.Branch(o.Hue).Render("  "+string(end(o.Hue))+" "+draw.Crop(o.Label, 20, "…")))
	}
	return append(out, draw.Extend(w, s.t.Title.Render("● "+draw.Crop(name, 20, "…")), names...))
}
