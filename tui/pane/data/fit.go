package data

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

// fit plots predicted against true values, with the line on which they agree.
func (e *sheet) fit(f *live.Frame, found any, w, h int) []string {
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
	pic := e.t.Palette
	c := draw.NewCanvas(e.t, w, h-2)
	both := draw.Axis{Low: low, High: high}
	c.Line(0, float64(c.H), float64(c.W), 0, draw.RGB{R: 110, G: 110, B: 110})
	dots := e.t.Colored() // else the line is of dots and the rows have a sign
	for i, y := range r.True {
		if x, y := both.Share(y), both.Share(r.Predicted[i]); !math.IsNaN(x + y) {
			if !dots {
				c.Put(draw.Cell(x, c.W), c.H-1-draw.Cell(y, c.H), 'o', pic.Class(4))
				continue
			}
			c.Dot(draw.Floor(x*float64(2*c.W-1)), 4*c.H-1-draw.Floor(y*float64(4*c.H-1)), pic.Class(4))
		}
	}
	head := e.t.Text.Render("r² "+draw.Significant(r.R2)) + e.t.Muted.Render(fmt.Sprintf(" · %s, %s", f.Data.Targets[0], judgedBy(f.Data)))
	foot := e.t.Muted.Render(draw.Between(draw.Significant(low)+"  → true", "↑ predicted  "+draw.Significant(high), w))
	return append(append([]string{head}, c.Lines()...), foot)
}

// residuals draws a histogram of the errors, and lists the largest.
func (e *sheet) residuals(f *live.Frame, found any, w, h int) []string {
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
	c := draw.NewCanvas(e.t, w, max(h-3-named, 1))
	counts := make([]int, w)
	top := 0
	for _, m := range all {
		i := draw.Cell(draw.Axis{Low: -reach, High: reach}.Share(m.error), w)
		counts[i]++
		top = max(top, counts[i])
	}
	for x, n := range counts {
		for y := range (2*c.H*n + top - 1) / top {
			c.Set(x, 2*c.H-1-y, e.t.Palette.Class(4), '█')
		}
	}
	slices.SortStableFunc(all, func(a, b miss) int { return cmp.Compare(math.Abs(b.error), math.Abs(a.error)) })
	what, rows := "predicted − true", fmt.Sprintf(", %d rows", len(r.True))
	of := draw.FirstFitting(w-draw.Width(what), " · "+judgedBy(f.Data)+rows, " · "+judgedBy(f.Data), "")
	out := []string{e.t.Text.Render(what) + e.t.Muted.Render(of)}
	out = append(out, c.Lines()...)
	out = append(out, e.t.Muted.Render(draw.Between(draw.Significant(-reach), draw.Significant(reach), w)))
	for _, m := range all[:min(named, len(all))] {
		out = append(out, e.t.Muted.Render(fmt.Sprintf("row %d: true %s, predicted %s", m.row+1, draw.Significant(r.True[m.row]), draw.Significant(r.Predicted[m.row]))))
	}
	return out
}
