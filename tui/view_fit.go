package tui

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"descent/core/probe"
	"descent/session/live"
)

// fit draws predicted over true numbers, with the line on which they agree.
func (e *examples) fit(f *live.Frame, found any, w, h int) []string {
	r, _ := found.(probe.Fit)
	low, high := math.Inf(1), math.Inf(-1)
	for i, y := range r.True {
		for _, v := range []float64{y, r.Predicted[i]} {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if low >= high {
		return []string{e.t.Muted.Render("nothing to compare")}
	}
	pic := e.t.pictures
	c := newCanvas(e.t, w, h-2)
	both := axis{low, high}
	c.line(0, float64(c.h), float64(c.w), 0, rgb{110, 110, 110})
	for i, y := range r.True {
		if x, y := both.share(y), both.share(r.Predicted[i]); !math.IsNaN(x + y) {
			c.dot(whole(x*float64(2*c.w-1)), 4*c.h-1-whole(y*float64(4*c.h-1)), pic.class(4))
		}
	}
	head := e.t.Text.Render("r² "+significant(r.R2)) + e.t.Muted.Render(fmt.Sprintf(" · %s, %s", f.Data.Targets[0], judgedBy(f.Data)))
	foot := e.t.Muted.Render(between(significant(low)+"  → true", "↑ predicted  "+significant(high), w))
	return append(append([]string{head}, c.lines()...), foot)
}

// residuals draws how the errors are shared out, and names the largest.
func (e *examples) residuals(f *live.Frame, found any, w, h int) []string {
	r, _ := found.(probe.Fit)
	type miss struct {
		row   int
		error float64
	}
	var all []miss
	reach := 0.0
	for i, y := range r.True {
		if d := r.Predicted[i] - y; !math.IsNaN(d) && !math.IsInf(d, 0) {
			all = append(all, miss{i, d})
			reach = max(reach, math.Abs(d))
		}
	}
	if reach == 0 {
		return []string{e.t.Muted.Render("no errors")}
	}
	named := min(4, max(h-8, 0))
	c := newCanvas(e.t, w, max(h-3-named, 1))
	counts := make([]int, w)
	top := 0
	for _, m := range all {
		i := cellAt(axis{-reach, reach}.share(m.error), w)
		counts[i]++
		top = max(top, counts[i])
	}
	for x, n := range counts {
		for y := range (2*c.h*n + top - 1) / top {
			c.set(x, 2*c.h-1-y, e.t.pictures.class(4), '█')
		}
	}
	slices.SortStableFunc(all, func(a, b miss) int { return cmp.Compare(math.Abs(b.error), math.Abs(a.error)) })
	out := []string{e.t.Text.Render("predicted − true") + e.t.Muted.Render(fmt.Sprintf(" · %s, %d rows", judgedBy(f.Data), len(r.True)))}
	out = append(out, c.lines()...)
	out = append(out, e.t.Muted.Render(between(significant(-reach), significant(reach), w)))
	for _, m := range all[:min(named, len(all))] {
		out = append(out, e.t.Muted.Render(fmt.Sprintf("row %d: true %s, predicted %s", m.row+1, significant(r.True[m.row]), significant(r.Predicted[m.row]))))
	}
	return out
}
