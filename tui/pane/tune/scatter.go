package tune

import (
	"math"

	"descent/core/search"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
)

// mostMarks is about how many trials are drawn as marks at once.
const mostMarks = 20_000

// history draws the value of each trial by its number, and the best so far as a line.
func (s *sheet) history(g *digest, w, h int) []string {
	k, goal := s.goal(g)
	f, ok := newField(s.t, w, h-1)
	if len(g.Trials) == 0 || !ok {
		return s.nothing("no trial yet", w)
	}
	var all []float64
	for _, i := range g.ranked {
		all = append(all, goal.shown(g.Trials[i].Values[k]))
	}
	if len(all) == 0 {
		for _, t := range g.Trials {
			all = append(all, goal.shown(value(t, k)))
		}
	}
	first, last := g.Trials[0].Number, g.Trials[len(g.Trials)-1].Number
	f.x = stretched(ruler.Linear, float64(first), float64(max(last, first+1)), f.W)
	f.y = s.values(all, f.H)
	for _, i := range s.drawing(g, mostMarks) {
		t := g.Trials[i]
		sign, ink, _ := s.mark(g, i)
		v := goal.shown(value(t, k))
		if stateOf(t) == failed && (math.IsNaN(v) || math.IsInf(v, 0)) { // it has none: at the worse edge
			if c, ok := f.x.at(float64(t.Number)); ok {
				f.Put(draw.Round(c), f.worse(goal), sign, ink)
			}
			continue
		}
		f.put(float64(t.Number), v, sign, ink)
	}
	s.bestSoFar(g, &f, k, goal)
	for _, i := range s.drawing(g, mostMarks) {
		if sign, ink, front := s.mark(g, i); front >= 8 {
			f.put(float64(g.Trials[i].Number), goal.shown(value(g.Trials[i], k)), sign, ink)
		}
	}
	what := "↑ " + goal.name + " by trial"
	return append([]string{s.legend(g, what, []state{complete, running, pruned, failed}, w)}, f.lines()...)
}

// bestSoFar draws the best value up to each trial.
func (s *sheet) bestSoFar(g *digest, f *field, k int, goal goal) {
	ink := s.t.Palette.Here
	at, best := -1, math.Inf(1)
	for i, t := range g.Trials {
		if g.place[i] == 0 || k >= len(t.Values) || !(t.Values[k] < best) {
			continue
		}
		if at >= 0 {
			f.line(float64(at), goal.shown(best), float64(t.Number), goal.shown(best), ink)
			f.line(float64(t.Number), goal.shown(best), float64(t.Number), goal.shown(t.Values[k]), ink)
		}
		at, best = t.Number, t.Values[k]
	}
	if at >= 0 {
		f.line(float64(at), goal.shown(best), float64(g.Trials[len(g.Trials)-1].Number), goal.shown(best), ink)
	}
}

// front draws one objective against the other; with one, the value against what it
// cost: bytes if they differ, else steps.
func (s *sheet) front(g *digest, w, h int) []string {
	f, ok := newField(s.t, w, h-1)
	if len(g.ranked) == 0 || !ok {
		return s.nothing("no trial is complete yet", w)
	}
	name, cost := s.cost(g)
	var xs, ys []float64
	for i := range g.Trials {
		if x := cost(i); g.place[i] > 0 && !math.IsNaN(x) {
			xs, ys = append(xs, x), append(ys, g.goals[0].shown(g.Trials[i].Values[0]))
		}
	}
	low, high := math.Inf(1), math.Inf(-1)
	for _, x := range xs {
		if !math.IsInf(x, 0) {
			low, high = min(low, x), max(high, x)
		}
	}
	if low > high {
		return s.nothing("no complete trial has a finite value of "+name, w)
	}
	kind := ruler.Linear
	if low > 0 && high/low > 8 {
		kind = ruler.Log
	}
	f.x, f.y = stretched(kind, low, high, f.W), s.values(ys, f.H)
	order := s.drawing(g, mostMarks)
	s.frontLine(g, &f, cost)
	for _, i := range order {
		if t := g.Trials[i]; g.place[i] > 0 || len(t.Values) > 1 || stateOf(t).tone != quiet {
			sign, ink, _ := s.mark(g, i)
			f.put(cost(i), g.goals[0].shown(value(t, 0)), sign, ink)
		}
	}
	what := "↑ " + g.goals[0].name + "  → " + name
	return append([]string{s.legend(g, what, []state{complete, running, pruned}, w)}, f.lines()...)
}

// cost is what a picture of the front draws across.
func (s *sheet) cost(g *digest) (name string, of func(i int) float64) {
	if len(g.goals) > 1 {
		return g.goals[1].name, func(i int) float64 { return g.goals[1].shown(value(g.Trials[i], 1)) }
	}
	for _, metric := range []string{"bytes", "multiply_adds", "params"} {
		first, seen := math.NaN(), false
		for _, i := range g.ranked {
			v, ok := g.Trials[i].Metrics[metric]
			if ok && !seen {
				first, seen = v, true
			}
			if ok && v != first {
				return metric, func(i int) float64 {
					if v, ok := g.Trials[i].Metrics[metric]; ok {
						return v
					}
					return math.NaN()
				}
			}
		}
	}
	return "steps", func(i int) float64 {
		done, _ := g.trained(g.Trials[i])
		return float64(done)
	}
}

// frontLine joins the trials of the front.
func (s *sheet) frontLine(g *digest, f *field, cost func(i int) float64) {
	before := -1
	for _, n := range g.Front {
		i := g.index(n)
		if i < 0 {
			continue
		}
		if before >= 0 {
			f.line(cost(before), g.goals[0].shown(value(g.Trials[before], 0)), cost(i), g.goals[0].shown(value(g.Trials[i], 0)), s.t.Palette.Here)
		}
		before = i
	}
}

// slice draws the value against one axis.
func (s *sheet) slice(g *digest, w, h int) []string {
	k, goal := s.goal(g)
	a, ok := s.axis(g, s.acrossPath, 0)
	f, room := newField(s.t, w, h-1)
	if !ok || !room || len(g.Trials) == 0 {
		return s.nothing("no trial yet", w)
	}
	var all []float64
	missing := 0
	for i, t := range g.Trials {
		if _, is := g.unit(a, i); !is {
			missing++
		} else if g.place[i] > 0 {
			all = append(all, goal.shown(t.Values[k]))
		}
	}
	if len(all) == 0 {
		for _, t := range g.Trials {
			all = append(all, goal.shown(value(t, k)))
		}
	}
	f.x, f.y = along(a, f.W, f.W/9), s.values(all, f.H)
	f.beyond(a)
	for _, i := range s.drawing(g, mostMarks) {
		t := g.Trials[i]
		u, is := g.unit(a, i)
		if !is {
			continue
		}
		u = spread(a, u, t.Number)
		sign, ink, _ := s.mark(g, i)
		if stateOf(t) == failed {
			if c, ok := f.x.at(u); ok {
				f.Put(draw.Round(c), f.worse(goal), sign, ink)
			}
			continue
		}
		f.put(u, goal.shown(value(t, k)), sign, ink)
	}
	what := "↑ " + goal.name + "  → " + draw.Line(a.Path)
	if missing > 0 {
		what += " · " + draw.Thousands(missing) + " without"
	}
	return append([]string{s.legend(g, what, []state{complete, pruned, failed}, w)}, f.lines()...)
}

// spread puts the trials of a choice beside each other, as they would hide each other at
// one place.
func spread(a axis, u float64, number int) float64 {
	n := len(a.hull.Choices)
	if a.hull.Kind != search.Choice || n == 0 {
		return u
	}
	const golden = 0.6180339887498949 // whose multiples are spread evenly
	_, at := math.Modf(golden * float64(number))
	return u + (at-0.5)*0.6/float64(n)
}
