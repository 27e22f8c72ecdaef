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
	"descent/tui/intent"
)

// Pane shows training and validation loss, with the decisions below.
type Pane struct {
	t      *draw.Theme
	scale  scale
	plain  bool // comparisons are drawn as lines too
	whole  bool // the axis reaches to every spike
	smooth int  // index into smoothings
	recent int  // index into windows
	across int  // index into acrosses
	base   baseline
}

// New makes the pane, showing the whole run on a logarithmic axis.
func New(t *draw.Theme) *Pane { return &Pane{t: t} }

func (l *Pane) Title() string { return "Loss" }

func (l *Pane) Note(f *live.Frame) string {
	parts := []string{f.Recipe.Surface.Name, ruler.Kinds[l.scale.of(f)]}
	for _, d := range f.Panel {
		if d.Knob.Path == "loss.name" {
			parts[0] = d.Value.Word()
		}
	}
	if !l.scale.chosen && l.scale.of(f) == ruler.Symlog {
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
	cols := w - draw.ChartMargin - 1
	signs := 1
	if h >= 20 {
		signs = 2
	}
	rows := h - 3 - signs // legend, axis, its labels
	if cols < 8 || rows < 2 {
		return draw.Fit(legend(l.t, f, w), w, h)
	}
	from := f.Step - draw.Floor(float64(f.Step)*windows[l.recent]) // steps after from are shown
	curves := f.Curves
	if windows[l.recent] == 0 && len(f.Recent) > 0 {
		curves = single(f.Recent)
		from = f.Recent[0].Step - 1
	}
	to := f.Step
	switch {
	case f.Ghosts: // close enough for the curves to be visible, at full resolution
		from = max(from, f.Step-2*intent.AheadSteps)
		if len(f.Recent) > 0 {
			curves = single(f.Recent)
		}
	case f.Race != nil && windows[l.recent] == 1: // the race, from its start to its end
		from, to = f.Race.From, max(to, f.Race.From+f.Race.Steps)
		if !f.Race.Running() {
			to = max(f.Race.End, f.Race.From+1)
		}
	}
	if windows[l.recent] == 1 && f.Race == nil || f.Ghosts {
		for _, o := range f.Others {
			if n := len(o.Curves.Train); n > 0 {
				to = max(to, o.Curves.Train[n-1].Last)
			}
		}
	}
	place := over(l.across, f.Curves.Train)
	if l.across > 0 {
		from, to = place(from), place(f.Step)
		for _, o := range f.Others {
			if n := len(o.Curves.Train); n > 0 && !f.Ghosts {
				to = max(to, over(l.across, o.Curves.Train)(o.Curves.Train[n-1].Last))
			}
		}
	}
	if windows[l.recent] == 1 && f.Race == nil && !f.Ghosts { // the curve grows into the axis
		to = max(to, length(f, place(f.Step)))
	}
	view := window{from, max(to, from+1), cols}
	plot := draw.Plot{Kind: l.scale.of(f), Fine: l.fine(f), Whole: l.whole}
	fine := window{view.from, view.to, plot.Across(cols)}
	scale := ruler.Scale{Kind: plot.Kind}
	if scale.Kind == ruler.Symlog {
		scale = ruler.Scale{Kind: ruler.Linear} // of which the mean is that of the losses
	}
	smooth := func(b []history.Bucket) []history.Bucket { return smoothed(b, smoothings[l.smooth], scale) }
	lines := []string{legend(l.t, f, w)}
	raw := fine.columns(moved(curves.Train, place))
	train := draw.Curve{Values: fine.columns(moved(smooth(curves.Train), place)).mean, Trace: l.t.TrainLine}
	if len(f.Others) == 0 { // else for each branch only its training curve
		train.Low, train.High = raw.low, raw.high
		for _, c := range []draw.Curve{
			{Values: fine.columns(moved(curves.Old, place)).mean, Trace: l.t.OldLine},
			{Values: fine.columns(moved(curves.Val, place)).mean, Trace: l.t.ValLine},
		} {
			plot.Curves = append(plot.Curves, c)
		}
	}
	for i := len(f.Others) - 1; i >= 0; i-- {
		own := f.Others[i].Curves.Train
		along := over(l.across, own)
		if f.Ghosts {
			along = func(step int) int { return place(f.Step) + step - f.Step }
		}
		other := fine.columns(moved(smooth(own), along)).mean
		if f.Ghosts {
			capped(other, 10*math.Abs(begins(f)))
		}
		plot.Curves = append(plot.Curves, draw.Curve{Values: other, Trace: l.t.Trace(f.Others[i].Hue)})
	}
	plot.Curves = append(plot.Curves, train)
	for _, of := range []func(*live.Frame) (draw.Reference, bool){l.base.guessing, par} {
		if r, ok := of(f); ok {
			plot.References = append(plot.References, r)
		}
	}
	lines = append(lines, l.t.Chart(plot, cols, rows)...)
	best := -1
	if f.Best.Known() {
		best = place(f.Best.Step)
	}
	lines = append(lines, axisLines(l.t, view, best)...)
	marks := make([]session.Mark, len(f.Marks))
	for i, m := range f.Marks {
		marks[i] = session.Mark{Step: place(m.Step-1) + 1, Text: m.Text}
	}
	lines = append(lines, markLines(l.t, marks, view, signs)...)
	return draw.Fit(strings.Join(lines, "\n"), w, h)
}

// fine reports whether curves are drawn in dots: where several are compared they are,
// else as the theme says.
func (l *Pane) fine(f *live.Frame) bool {
	if len(f.Others) > 0 {
		return !l.plain
	}
	return l.t.Fine
}

// length returns that of the run on the axis, if this far has been trained: what is to
// come is taken to cost as much a step as what was.
func length(f *live.Frame, far int) int {
	return draw.Round(float64(far) * float64(f.Steps) / float64(max(f.Step, 1)))
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
