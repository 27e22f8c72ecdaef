package tune

import (
	"math"
	"slices"

	"descent/core/search"
	"descent/core/search/importance"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
)

// sheet is what the pictures of a search share.
type sheet struct {
	*desk
	acrossPath, upPath string // paths of the axes of a slice and of a contour; "" for the first that suit
	flat               bool   // values on the other scale than by default
	objective          int    // which of them is shown
	heights            heights
	weighed            weighed
}

// heights are those of a contour, kept until a trial ends or the picture changes.
type heights struct {
	a, b                        string
	w, h, done, decisions, goal int
	pixels                      []float64
}

// weighed are importances, and what they were computed for.
type weighed struct {
	finished, decisions, goal int
	all                       []importance.Importance
}

// goal is the objective that is shown.
func (s *sheet) goal(g *digest) (int, goal) {
	k := s.objective % len(g.goals)
	return k, g.goals[k]
}

// axis returns the axis of a path, or the i-th of those there are; ok is false without
// any.
func (s *sheet) axis(g *digest, path string, i int) (a axis, ok bool) {
	for _, a := range g.axes {
		if a.Path == path {
			return a, true
		}
	}
	if len(g.axes) == 0 {
		return a, false
	}
	return g.axes[i%len(g.axes)], true
}

// next is the path of an axis by places further than another.
func next(g *digest, a axis, by int) string {
	i := slices.IndexFunc(g.axes, func(o axis) bool { return o.Path == a.Path })
	if len(g.axes) == 0 {
		return ""
	}
	return g.axes[draw.Modulo(i+by, len(g.axes))].Path
}

// values is a side for the values of trials: from the best to what most of them
// reach. Values beyond stand at the edge.
func (s *sheet) values(all []float64, n int) side {
	finite := make([]float64, 0, len(all))
	for _, v := range all {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			finite = append(finite, v)
		}
	}
	if len(finite) == 0 {
		return numbers(ruler.Linear, 0, 1, n)
	}
	slices.Sort(finite)
	low, high := finite[0], finite[len(finite)-1]
	if most := finite[len(finite)*9/10]; high > most+(most-low) {
		high = most + (most-low)/2
	}
	kind := ruler.Linear
	if log := low > 0 && high/low > 4; log != s.flat && low > 0 {
		kind = ruler.Log
	}
	return numbers(kind, low, high, n)
}

// quality is the colour of a trial by its merit, from the worst to the best.
func (d *desk) quality(merit float64) draw.RGB {
	p := d.t.Palette
	worst := draw.Mix(p.Ground, p.Path, 0.38)
	middle := p.Class(4)
	if merit < 0.5 {
		return draw.Mix(worst, middle, merit*2)
	}
	return draw.Mix(middle, p.Here, (merit-0.5)*2)
}

// mark is the sign of a trial in a picture, its colour, and how far in front it stands.
func (d *desk) mark(g *digest, i int) (sign rune, ink draw.RGB, front int) {
	t, p := g.Trials[i], d.t.Palette
	switch s := stateOf(t); {
	case t.Number == d.current(g) && t.Number == g.Best && len(g.goals) == 1:
		return '★', p.Least, 9
	case t.Number == d.current(g):
		return '■', p.Least, 9
	case t.Number == g.Best && len(g.goals) == 1:
		return '★', p.Here, 8
	case g.front[t.Number] && len(g.goals) > 1:
		return '◆', p.Here, 8
	case s == complete:
		return '●', d.quality(g.merit[i]), 5
	case s == waiting:
		return s.sign, draw.Mix(p.Ground, s.ink(p), 0.5), 2
	case s.tone == busy:
		return s.sign, s.ink(p), 4
	case s == failed:
		return s.sign, s.ink(p), 3
	default:
		return s.sign, s.ink(p), 2
	}
}

// drawing are indices of trials in the order in which they are drawn, those in front
// last, at most about so many: of those behind the latest, of the complete ones the
// best and the latest.
func (d *desk) drawing(g *digest, most int) []int {
	type drawn struct{ i, front, place int }
	chosen := d.current(g)
	all := make([]drawn, 0, min(len(g.Trials), 2*most))
	for i, t := range g.Trials {
		if i < len(g.Trials)-most && (g.place[i] == 0 || g.place[i] > most) && t.Number != chosen && !g.front[t.Number] {
			continue
		}
		_, _, front := d.mark(g, i)
		all = append(all, drawn{i, front, g.place[i]})
	}
	slices.SortFunc(all, func(a, b drawn) int {
		switch {
		case a.front != b.front:
			return a.front - b.front
		case a.place != b.place && a.front == 5: // the better in front
			return b.place - a.place
		}
		return a.i - b.i
	})
	out := make([]int, len(all))
	for k, o := range all {
		out[k] = o.i
	}
	return out
}

// some is drawing for lines: without colours few of them can be told apart, so it is the
// best and what runs.
func (d *desk) some(g *digest, most int) []int {
	all := d.drawing(g, most)
	if d.t.Colored() {
		return all
	}
	const few = 10
	return slices.DeleteFunc(all, func(i int) bool {
		t := g.Trials[i]
		return (g.place[i] == 0 || g.place[i] > few) && t.State != search.Running && t.Number != d.current(g) && !g.pinned[t.Number]
	})
}

// inked is a sign in a colour of the pictures.
func (d *desk) inked(sign rune, ink draw.RGB) string {
	c := draw.NewCanvas(d.t, 1, 1)
	c.Put(0, 0, sign, ink)
	return c.Lines()[0]
}

// legend is a line with what is drawn upwards, and the signs.
func (s *sheet) legend(g *digest, what string, signs []state, w int) string {
	p := s.t.Palette
	text := ""
	add := func(sign rune, ink draw.RGB, word string) {
		if draw.Width(text)+draw.Width(word)+6+draw.Width(what) <= w {
			text += s.inked(sign, ink) + s.t.Muted.Render(" "+word+"  ")
		}
	}
	if len(g.goals) > 1 {
		add('◆', p.Here, "front")
	} else {
		add('★', p.Here, "best")
	}
	add('■', p.Least, "chosen")
	for _, s := range signs {
		add(s.sign, s.ink(p), s.word)
	}
	return draw.Between(s.t.Text.Render(what), text, w)
}

// ink is the colour of a state in a picture.
func (s state) ink(p draw.Palette) draw.RGB {
	switch s.tone {
	case busy:
		return p.Class(4)
	case bad:
		return p.Class(5)
	case quiet:
		return draw.Mix(p.Ground, p.Path, 0.28)
	}
	return draw.Mix(p.Class(4), p.Here, 0.5)
}

// nothing says why there is no picture yet.
func (s *sheet) nothing(text string, w int) []string {
	return append([]string{""}, s.t.Muted.Lines("  "+text)...)
}

// finished is the number of trials that have ended.
func finished(r *study.Reading) int {
	return r.Counts.Complete + r.Counts.Pruned + r.Counts.Failed
}
