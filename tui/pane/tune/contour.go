package tune

import (
	"math"

	"descent/core/search"
	"descent/core/search/importance"
	"descent/tui/draw"
)

// importances draws a bar for each axis: how much of what tells the best trials from
// the others lies in it.
func (s *sheet) importances(g *digest, w, h int) []string {
	k, goal := s.goal(g)
	all := s.weights(g, k)
	if len(all) == 0 {
		missing := importance.Fewest - finished(g.Reading)
		if missing > 0 {
			return s.nothing("what matters can be told after "+counted(importance.Fewest, "trial")+": "+draw.Thousands(missing)+" more", w)
		}
		return s.nothing("too few trials can be compared", w)
	}
	names := make([]string, len(all))
	shares, rests := make([]float64, len(all)), make([]float64, len(all))
	for i, m := range all {
		names[i], shares[i], rests[i] = draw.Line(m.Path), math.Round(100*m.Fraction), float64(m.Trials)
	}
	title := "importance for " + draw.Line(goal.name) + ": the share of each axis in what tells the best tenth of the trials from the others (PED-ANOVA)"
	return s.t.Table(title, []draw.Column{
		{Name: "axis", Words: names},
		{Name: "share", Unit: "%", Numbers: shares, Bars: true},
		{Name: "trials", Numbers: rests},
	}, w, h, 0)
}

// weights are the importances, the greatest first.
func (s *sheet) weights(g *digest, k int) []importance.Importance {
	at := &s.weighed
	if now := (weighed{finished(g.Reading), g.Plan.Decisions, k, nil}); at.all == nil || at.finished != now.finished || at.decisions != now.decisions || at.goal != k {
		trials := make([]search.Trial, len(g.Trials))
		for i, t := range g.Trials {
			trials[i] = t.Trial
		}
		now.all = importance.Sorted(importance.Of(g.Plan.Space, trials, k))
		*at = now
	}
	return at.all
}

// mostSources is from how many trials a contour is interpolated.
const mostSources = 250

// contour draws the value over two axes, interpolated between the trials.
func (s *sheet) contour(g *digest, w, h int) []string {
	a, b, ok := s.pair(g)
	f, room := newField(s.t, w, h-1)
	if !ok || !room {
		return s.nothing("a contour needs a search over two axes", w)
	}
	f.x, f.y = along(a, f.W, f.W/9), along(b, f.H, f.H/3)
	k, goal := s.goal(g)
	from := sources(g, a, b)
	if len(from) < 3 {
		return s.nothing("a contour needs three complete trials that have both "+draw.Line(a.name)+" and "+draw.Line(b.name), w)
	}
	at, was := heights{a.Path, b.Path, f.W, f.H, finished(g.Reading), g.Plan.Decisions, k, nil}, &s.heights
	if was.pixels == nil || was.a != at.a || was.b != at.b || was.w != at.w || was.h != at.h || was.done != at.done || was.decisions != at.decisions {
		at.pixels = interpolated(from, a, b, f.W, 2*f.H)
		*was = at
	}
	f.Heights(func(x, y int) (float64, bool) { return was.pixels[y*f.W+x], true }, false)
	for _, i := range s.drawing(g, mostMarks) {
		u, ok := g.unit(a, i)
		v, also := g.unit(b, i)
		sign, ink, front := s.mark(g, i)
		if !ok || !also {
			continue
		}
		switch {
		case front == 5:
			sign, ink = '·', draw.Mix(s.t.Palette.Path, s.t.Palette.Ground, 0.25)
			if g.merit[i] > 0.9 {
				sign = '●'
			}
		case front < 5:
			sign, ink = s.small(sign), draw.Mix(s.t.Palette.Path, s.t.Palette.Ground, 0.45)
		}
		f.put(u, v, sign, ink)
	}
	what := "↑ " + draw.Line(b.name) + "  → " + draw.Line(a.name) + " · dark is the best " + goal.name
	if !s.t.Colored() {
		what = "↑ " + draw.Line(b.name) + "  → " + draw.Line(a.name) + " · blank is the best " + goal.name
	}
	return append([]string{s.legend(g, what, nil, w)}, f.lines()...)
}

// small is the sign of a trial that stands behind.
func (s *sheet) small(sign rune) rune {
	if sign == complete.sign {
		return '·'
	}
	return sign
}

// pair are the axes of a contour, by default the first two with an order; ok is false if
// there are not two.
func (s *sheet) pair(g *digest) (a, b axis, ok bool) {
	var order []axis
	for _, choice := range []bool{false, true} {
		for _, a := range g.axes {
			if (a.hull.Kind == search.Choice) == choice {
				order = append(order, a)
			}
		}
	}
	if len(order) < 2 {
		return a, b, false
	}
	a, b = order[0], order[1]
	for _, o := range order {
		if o.Path == s.acrossPath {
			a = o
		}
	}
	for _, o := range order {
		if o.Path == s.upPath {
			b = o
		}
	}
	if a.Path == b.Path {
		b = order[0]
		if a.Path == b.Path {
			b = order[1]
		}
	}
	return a, b, true
}

// source is a trial of a contour: where it lies, and how good it is.
type source struct{ u, v, merit float64 }

// sources are trials with both axes, the best first. Merit is by rank, from 0 for the
// best, so that one that is far off does not flatten the others.
func sources(g *digest, a, b axis) []source {
	var out []source
	every := 1 + len(g.ranked)/mostSources
	for n, i := range g.ranked {
		if n >= mostSources/2 && n%every > 0 { // the best half of what is taken, then here and there
			continue
		}
		u, ok := g.unit(a, i)
		v, also := g.unit(b, i)
		if ok && also {
			out = append(out, source{u, v, 1 - g.merit[i]})
		}
	}
	return out
}

// interpolated are heights of w×h pixels by inverse distance weighting (Shepard, A
// Two-Dimensional Interpolation Function for Irregularly-Spaced Data, 1968), with the
// power 3. Of choices each is as far from each other.
func interpolated(from []source, a, b axis, w, h int) []float64 {
	out := make([]float64, w*h)
	for y := range h {
		v, stride := snapped(1-(float64(y)+0.5)/float64(h), b)
		for x := range w {
			u, pace := snapped((float64(x)+0.5)/float64(w), a)
			sum, weight := 0.0, 0.0
			for _, s := range from {
				du, dv := s.u-u, s.v-v
				if pace > 0 && math.Abs(du) > pace/2 {
					du = apart
				}
				if stride > 0 && math.Abs(dv) > stride/2 {
					dv = apart
				}
				square := du*du + dv*dv + 1e-6
				share := 1 / (square * math.Sqrt(square))
				sum += share * s.merit
				weight += share
			}
			out[y*w+x] = sum / weight
		}
	}
	return out
}

// apart is how far two choices are from each other, in shares of an axis.
const apart = 0.7

// snapped is a place along an axis, on one with choices that of the choice there, with
// their distance.
func snapped(u float64, a axis) (at, stride float64) {
	n := len(a.hull.Choices)
	if a.hull.Kind != search.Choice || n == 0 {
		return u, 0
	}
	stride = 1 / float64(n)
	return (float64(draw.Cell(u, n)) + 0.5) * stride, stride
}
