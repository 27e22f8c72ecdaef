package tune

import (
	"math"
	"slices"
	"strings"

	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
)

// mostCurves is how many learning curves are drawn at once.
const mostCurves = 200

// curves draws what trials reported, step by step: those that were pruned faint, the
// best bright, the chosen one in its own colour.
func (s *sheet) curves(g *digest, w, h int) []string {
	k, goal := s.goal(g)
	var drawn []int
	steps := 1
	for _, i := range s.some(g, mostCurves) {
		if len(g.Trials[i].Reports) > 0 {
			drawn = append(drawn, i)
			steps = max(steps, lastStep(g.Trials[i]))
		}
	}
	if len(drawn) == 0 {
		return s.nothing("no trial has reported anything yet", w)
	}
	steps = min(steps, max(g.Spec.Steps, 1)*4)
	what := "↑ " + goal.name + " by step"
	if len(drawn) < len(g.Trials) {
		what += " · " + draw.Thousands(len(drawn)) + " of " + draw.Thousands(len(g.Trials))
	}
	f, ok := newField(s.t, w, h-1)
	if !ok {
		return s.nothing("no room for curves", w)
	}
	var later []float64 // what is reached after the first tenth
	for _, i := range drawn {
		for _, r := range g.Trials[i].Reports {
			if r.Step*5 >= steps && k < len(r.Values) {
				later = append(later, goal.shown(float64(r.Values[k])))
			}
		}
	}
	f.x = stretched(ruler.Linear, 0, float64(steps), f.W)
	f.y = s.values(later, f.H)
	lines := newStrands(f.Canvas)
	for n, i := range slices.Backward(drawn) {
		t := g.Trials[i]
		_, ink, front := s.mark(g, i)
		if front == 5 && g.merit[i] < 0.9 { // the best tenth stands out
			ink = draw.Mix(s.t.Palette.Ground, ink, 0.6)
		}
		curve(&f, lines, n+1, t, k, goal, ink)
	}
	for _, i := range drawn { // where they end
		t := g.Trials[i]
		sign, ink, front := s.mark(g, i)
		if len(drawn) > 60 && front < 8 && stateOf(t).tone != busy {
			continue
		}
		for n := len(t.Reports) - 1; n >= 0; n-- {
			if r := t.Reports[n]; k < len(r.Values) && !math.IsNaN(float64(r.Values[k])) {
				f.put(float64(r.Step), goal.shown(float64(r.Values[k])), sign, ink)
				break
			}
		}
	}
	return append([]string{s.legend(g, what, []state{complete, running, pruned, failed}, w)}, f.lines()...)
}

// curve draws the runs of a trial, one after another.
func curve(f *field, lines strands, owner int, t *study.Trial, k int, goal goal, ink draw.RGB) {
	for n := 1; n < len(t.Reports); n++ {
		a, b := t.Reports[n-1], t.Reports[n]
		if a.Seed != b.Seed || a.Step >= b.Step || k >= len(a.Values) || k >= len(b.Values) {
			continue
		}
		x0, y0, ok := f.spot(float64(a.Step), goal.shown(float64(a.Values[k])))
		x1, y1, also := f.spot(float64(b.Step), goal.shown(float64(b.Values[k])))
		if ok && also {
			lines.line(owner, x0+0.5, y0+0.5, x1+0.5, y1+0.5, ink)
		}
	}
}

func lastStep(t *study.Trial) (step int) {
	for _, r := range t.Reports {
		step = max(step, r.Step)
	}
	return step
}

// mostLines is how many trials are drawn as lines at once.
const mostLines = 150

// lane is an axis of parallel coordinates, or the value at the right.
type lane struct {
	name string
	side
	of func(i int) (v float64, ok bool) // of the trial at an index
}

// parallel draws each complete trial as a line over all axes, coloured by its value,
// which is the last axis.
func (s *sheet) parallel(g *digest, w, h int) []string {
	k, goal := s.goal(g)
	rows := h - 3 // of the picture: without the legend, a row for axes that are missing, and the names
	if len(g.Trials) == 0 || rows < 3 || w < 12 {
		return s.nothing("no trial yet", w)
	}
	lanes := s.lanes(g, k, goal, rows, max(w/7, 2))
	const left, right = 2, 9 // of the first and beside the last
	wide := max(w-left-right, 0) / max(len(lanes)-1, 1)
	c := draw.NewCanvas(s.t, w, rows+1)
	at := func(n int) int { return left + n*wide }
	axisInk := draw.Mix(s.t.Palette.Ground, s.t.Palette.Path, 0.35)
	lines := newStrands(c)
	for n, i := range slices.Backward(s.some(g, mostLines)) {
		_, ink, front := s.mark(g, i)
		if front == 2 || front == 3 {
			if len(g.ranked) > 0 && len(g.Trials) > 40 {
				continue // there are enough without those that were given up
			}
		}
		thread(lines, n+1, lanes, i, at, rows, ink)
	}
	names := make([]string, len(lanes))
	for n, l := range lanes {
		for y := range rows {
			c.Put(at(n), y, '│', axisInk)
		}
		s.laneLabels(c, l, at(n), min(wide, w-at(n)), rows)
		names[n] = draw.FitLine(draw.Crop(l.name, max(min(wide, w-at(n))-1, right-1), "…"), min(max(wide, right), w-at(n)))
	}
	if i := g.index(s.current(g)); i >= 0 { // the chosen one with its places
		for n, l := range lanes {
			if v, ok := l.of(i); ok {
				if r, ok := l.at(v); ok {
					c.Put(at(n), rows-1-clamped(r, rows), '■', s.t.Palette.Least)
				}
			}
		}
	}
	what := "each line a trial, brighter is better"
	return append(append([]string{s.legend(g, what, nil, w)}, c.Lines()...), s.t.Muted.Render(strings.Repeat(" ", left)+strings.Join(names, "")))
}

// clamped is the nearest row.
func clamped(r float64, rows int) int { return min(max(draw.Round(r), 0), rows-1) }

// lanes are the axes that fit, and the value.
func (s *sheet) lanes(g *digest, k int, goal goal, rows, most int) []lane {
	var out []lane
	for _, a := range g.axes {
		if len(out) == most-1 {
			break
		}
		out = append(out, lane{a.name, along(a, rows, rows/3), func(i int) (float64, bool) { return g.unit(a, i) }})
	}
	var all []float64
	for _, i := range g.ranked {
		all = append(all, goal.shown(g.Trials[i].Values[k]))
	}
	return append(out, lane{goal.name, s.values(all, rows), func(i int) (float64, bool) {
		v := goal.shown(value(g.Trials[i], k))
		return v, !math.IsNaN(v)
	}})
}

// thread draws the line of a trial; where it has no value on an axis it passes below.
func thread(c strands, owner int, lanes []lane, i int, at func(n int) int, rows int, ink draw.RGB) {
	x, y := math.NaN(), math.NaN()
	for n, l := range lanes {
		row := float64(rows) // below
		if v, ok := l.of(i); ok {
			r, ok := l.at(v)
			if !ok {
				x = math.NaN()
				continue
			}
			row = float64(rows-1) - min(max(r, 0), float64(rows-1))
		}
		if !math.IsNaN(x) {
			c.line(owner, x, y, float64(at(n))+0.5, row+0.5, ink)
		}
		x, y = float64(at(n))+0.5, row+0.5
	}
}

// laneLabels writes the ticks of a lane to the right of it, as far as there is room.
func (s *sheet) laneLabels(c *draw.Canvas, l lane, x, wide, rows int) {
	ink := draw.Mix(s.t.Palette.Ground, s.t.Palette.Path, 0.62)
	taken := make([]bool, rows)
	for _, t := range l.ticks {
		y := rows - 1 - t.at
		if y < 0 || y >= rows || taken[y] || y > 0 && taken[y-1] || y+1 < rows && taken[y+1] {
			continue
		}
		taken[y] = true
		text := []rune(draw.Cut(draw.Line(t.text), max(wide-2, 1)))
		if draw.Width(string(text)) != len(text) {
			text = []rune(draw.ASCII(string(text)))
		}
		for i, r := range text {
			c.Put(x+1+i, y, r, ink)
		}
	}
}
