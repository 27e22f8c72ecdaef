// Package loss is the pane of the learning curves: training and validation loss
// over the run.
package loss

import (
	"fmt"
	"math"
	"strings"

	"descent/session"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
)

func (l *Pane) Title() string { return "Loss" }

func (l *Pane) Note(f *live.Frame) string {
	m := l.drawn()
	parts := []string{f.Recipe.Surface.Name, ruler.Kinds[l.scale.of(f, m)]}
	for _, d := range f.Panel {
		if d.Knob.Path == "loss.name" {
			parts[0] = d.Value.Word()
		}
	}
	if !l.onLoss() {
		parts[0] = m.name
	}
	if !l.scale.chosen && l.scale.of(f, m) == ruler.Symlog {
		parts[1] = "symlog, since the loss is negative"
	}
	if s := smoothings[l.smooth]; s > 0 {
		parts = append(parts, fmt.Sprintf("smooth %g", s))
	} else {
		parts = append(parts, "not smoothed")
	}
	if l.across > 0 {
		parts = append(parts, "over "+acrosses[l.across])
	}
	switch w := windows[l.recent]; {
	case l.focus.span > 0:
		from, to := l.focus.shown(f)
		part := fmt.Sprintf("%s to %s", draw.Thousands(from), draw.Thousands(to))
		if l.focus.end == 0 {
			part = fmt.Sprintf("following, last %s", draw.Thousands(to-from))
		}
		parts = append(parts, part)
	case w == 0:
		parts = append(parts, fmt.Sprintf("last %d steps", len(f.Recent)))
	case w < 1:
		parts = append(parts, fmt.Sprintf("last %g %%", 100*w))
	}
	return strings.Join(parts, " · ")
}

func (l *Pane) Shown(*live.Frame) bool { return true }

// start is the text shown before the first step.
func (l *Pane) start(f *live.Frame, w int) string {
	paragraphs := []string{l.t.Muted.Render("nothing trained yet: ") + l.t.Focus.Render("space") + l.t.Muted.Render(" starts, ") +
		l.t.Focus.Render(".") + l.t.Muted.Render(" steps")}
	for _, text := range []string{f.Recipe.Summary, f.Recipe.Title} {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			paragraphs = append([]string{l.t.Text.Render(text)}, paragraphs...)
		}
	}
	column := min(w-4, 84) // longer lines are hard to read
	if column < 20 {
		return strings.Join(paragraphs, "\n")
	}
	text := draw.Wrap(strings.Join(paragraphs, "\n\n"), column)
	return "\n  " + strings.ReplaceAll(text, "\n", "\n  ")
}

func (l *Pane) View(f *live.Frame, w, h int, _ bool) string {
	if (f.Step == 0 || len(f.Curves.Train) == 0) && !f.Ghosts {
		return draw.Fit(l.start(f, w), w, h)
	}
	d, ok := l.dimensions(w, h)
	if !ok {
		return draw.Fit(l.legend(f, w), w, h)
	}
	sc := l.scene(f, d.cols)
	lines := append([]string{l.legend(f, w)}, l.chart(f, sc, d)...)
	best := -1
	if f.Best.Known() {
		best = sc.place(f.Best.Step)
	}
	lines = append(lines, axisLines(l.t, sc.view, best, l.unit(f))...)
	marks := make([]session.Mark, len(f.Marks))
	for i, m := range f.Marks {
		marks[i] = session.Mark{Step: sc.place(m.Step-1) + 1, Text: m.Text}
	}
	below := markLines(l.t, marks, sc.view, d.signs)
	if step, ok := l.focus.at(f); ok && !f.Ghosts {
		if words := decided(f, step); words != "" {
			below[len(below)-1] = strings.Repeat(" ", draw.ChartMargin) + l.t.Decision.Render(words)
		}
	}
	return draw.Fit(strings.Join(append(lines, below...), "\n"), w, h)
}

// dimensions are those of the chart in a view: its columns and rows, and the lines of
// decisions below. Above is the legend, between them the axis and its labels.
type dimensions struct{ cols, rows, signs int }

// dimensions returns them; ok is false if there is no room for a chart.
func (l *Pane) dimensions(w, h int) (d dimensions, ok bool) {
	d = dimensions{cols: w - draw.ChartMargin - 1, signs: 1}
	if h >= 20 {
		d.signs = 2
	}
	d.rows = h - 3 - d.signs
	return d, d.cols >= 8 && d.rows >= 2
}

// decided tells the last decisions up to a step, the latest first.
func decided(f *live.Frame, step int) string {
	var words []string
	for i := len(f.Marks) - 1; i >= 0 && len(words) < 3; i-- {
		if m := f.Marks[i]; m.Step <= step {
			words = append(words, fmt.Sprintf("▲%d %s at %s", i+1, m.Text, draw.Thousands(m.Step-1)))
		}
	}
	return strings.Join(words, " · ")
}

// chart draws the curves of a scene.
func (l *Pane) chart(f *live.Frame, sc scene, d dimensions) []string {
	m := l.drawn()
	plot := draw.Plot{Kind: l.scale.of(f, m), Fine: l.fine(f), Whole: l.whole}
	fine := window{sc.view.from, sc.view.to, plot.Across(d.cols)}
	scale := ruler.Scale{Kind: plot.Kind}
	if scale.Kind == ruler.Symlog {
		scale.Kind = ruler.Linear // of which the mean is that of the values
	}
	if l.memo == nil {
		l.memo = memo{}
	}
	smooth := func(b []history.Bucket) []history.Bucket { return l.memo.smoothed(b, smoothings[l.smooth], scale) }
	own := m.curves(l, f, sc.curves)
	if len(f.Others) > 0 {
		own = own[len(own)-1:] // for each branch only its main curve
	}
	for i := len(f.Others) - 1; i >= 0 && m.other != nil; i-- {
		o := f.Others[i]
		if l.hidden[o.Label] {
			continue
		}
		along := over(l.across, o.Curves.Train)
		if f.Ghosts {
			along = func(step int) int { return sc.place(f.Step) + step - f.Step }
		}
		values := m.other(o.Curves)
		if own[len(own)-1].smooth {
			values = smooth(values)
		}
		other := fine.columns(l.moved(values, along, f.Ghosts)).mean
		if f.Ghosts {
			capped(other, 10*math.Abs(begins(f)))
		}
		plot.Curves = append(plot.Curves, draw.Curve{Values: other, Trace: l.t.Trace(o.Hue)})
	}
	for _, c := range own {
		if l.hidden[c.name] && len(f.Others) == 0 {
			continue
		}
		curve := draw.Curve{Trace: c.Trace}
		values := l.moved(c.buckets, sc.place, false)
		if c.smooth {
			if raw := fine.columns(values); len(f.Others) == 0 {
				curve.Low, curve.High = raw.low, raw.high
			}
			values = l.moved(smooth(c.buckets), sc.place, false)
		}
		curve.Values = fine.columns(values).mean
		plot.Curves = append(plot.Curves, curve)
	}
	if l.onLoss() {
		for _, of := range []func(*live.Frame) (draw.Reference, bool){l.base.guessing, l.par.reference, bestBranch} {
			if r, ok := of(f); ok {
				plot.References = append(plot.References, r)
			}
		}
	}
	if step, ok := l.focus.at(f); ok && !f.Ghosts {
		if c := sc.view.column(sc.place(step)); c >= 0 && c < d.cols {
			plot.Cursor = c + 1
		}
	}
	out := l.t.Chart(plot, d.cols, d.rows)
	if strings.Join(out, "") == "" {
		out[0] = strings.Repeat(" ", draw.ChartMargin) + l.t.Muted.Render(m.name+": "+l.missing(f, m))
	}
	return out
}

// moved converts buckets to the unit of the axis, if that is not steps.
func (l *Pane) moved(b []history.Bucket, over func(int) int, ahead bool) []history.Bucket {
	if l.across <= inEpochs && !ahead {
		return b
	}
	return moved(b, over)
}

// missing explains why a measure has no curve.
func (l *Pane) missing(f *live.Frame, m *measure) string {
	switch {
	case m.name == "λmax":
		return "not measured yet; view 5 measures it while it is shown"
	case l.score != "":
		return "not measured on this branch; train.metrics names what is"
	case f.Data == nil && (m.name == "accuracy" || m.name == "bytes"):
		return "a surface has none"
	case m.kind == ruler.Log && l.scale.of(f, m) == ruler.Log:
		return "nothing above 0 yet; y changes the axis"
	}
	return "not measured yet"
}

// begins returns the loss at which the previewed curves start.
func begins(f *live.Frame) float64 {
	for _, o := range f.Others {
		if len(o.Curves.Train) > 0 {
			return o.Curves.Train[0].Mean()
		}
	}
	return f.Last.Loss
}
