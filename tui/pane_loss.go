package tui

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"descent/core"
	"descent/session"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// lossCurve shows training and validation loss, with the decisions below.
type lossCurve struct {
	t      *draw.Theme
	linear bool
	smooth int // index into smoothings
	recent int // index into windows
	across int // index into acrosses
}

func newLoss(t *draw.Theme) *lossCurve { return &lossCurve{t: t} }

// acrosses are what the curve can be drawn over: steps, gradients taken (an
// optimizer that looks twice pays twice), or milliseconds of training.
var acrosses = []string{"steps", "gradients", "ms"}

// over is a step as its place on the axis, by the curve that passed it.
func over(across int, train []history.Bucket) func(step int) int {
	if across == 0 {
		return func(step int) int { return step }
	}
	value := func(b history.Bucket) int {
		if across == 1 {
			return b.Looks
		}
		return b.Millis
	}
	return func(step int) int {
		i := sort.Search(len(train), func(i int) bool { return train[i].Last >= step })
		if i == len(train) {
			if i == 0 {
				return 0
			}
			return value(train[i-1])
		}
		from, at := 0, 0
		if i > 0 {
			from, at = train[i-1].Last, value(train[i-1])
		}
		to := value(train[i])
		return at + draw.Floor(float64(to-at)*float64(step-from)/float64(max(train[i].Last-from, 1)))
	}
}

// moved are buckets at their places on the axis.
func moved(b []history.Bucket, over func(int) int) []history.Bucket {
	out := make([]history.Bucket, len(b))
	for i, k := range b {
		k.First, k.Last = over(k.First-1)+1, over(k.Last)
		k.First = min(k.First, k.Last)
		out[i] = k
	}
	return out
}

var smoothings = []float64{0.9, 0.97, 0, 0.6}

// windows are the shares of the run, counted from its end, that the chart
// shows; 0 is the last steps, each by itself.
var windows = []float64{1, 0.5, 0.1, 0}

func (l *lossCurve) Title() string { return "Loss" }

func (l *lossCurve) Note(f *live.Frame) string {
	parts := []string{f.Recipe.Surface.Name, "log"}
	for _, d := range f.Panel {
		if d.Knob.Path == "loss.name" {
			parts[0] = d.Value.Word()
		}
	}
	if l.linear {
		parts[1] = "linear"
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

func (l *lossCurve) Shown(*live.Frame) bool { return true }

func (l *lossCurve) Actions() []intent.Action {
	return []intent.Action{
		{Keys: []string{"y"}, Label: "log/linear", Help: "logarithmic or linear loss axis", Anywhere: true, Do: func(*live.Frame) tea.Msg {
			l.linear = !l.linear
			return nil
		}},
		{Keys: []string{"m"}, Label: "smooth", Help: "smooth the training curve more, or not at all", Anywhere: true, Do: func(*live.Frame) tea.Msg {
			l.smooth = (l.smooth + 1) % len(smoothings)
			return nil
		}},
		{Keys: []string{"t"}, Label: "over", Help: "draw the curve over steps, over gradients taken, or over the time of training", Anywhere: true, Do: func(*live.Frame) tea.Msg {
			l.across = (l.across + 1) % len(acrosses)
			return nil
		}},
		{Keys: []string{"x"}, Label: "zoom in time", Help: "show the whole run, its last half, its last tenth, or the last steps one by one", Anywhere: true, Do: func(*live.Frame) tea.Msg {
			l.recent = (l.recent + 1) % len(windows)
			return nil
		}},
	}
}

// start is what there is to say before the first step.
func (l *lossCurve) start(f *live.Frame, w int) string {
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

func (l *lossCurve) View(f *live.Frame, w, h int, _ bool) string {
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
	case f.Ghosts: // near enough for them to be seen, and as fine as they are
		from = max(from, f.Step-2*intent.AheadSteps)
		if len(f.Recent) > 0 {
			curves = single(f.Recent)
		}
	case f.Racing && windows[l.recent] == 1: // the race itself, and a little before it
		for _, b := range f.Branches {
			if b.ID == f.Branch {
				from = max(0, b.From-(f.Step-b.From)/4)
			}
		}
	}
	if windows[l.recent] == 1 || f.Ghosts {
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
	view := window{from, max(to, from+1), cols}
	train := view.columns(moved(smoothed(curves.Train, smoothings[l.smooth], !l.linear), place), false)
	peak := view.columns(moved(curves.Train, place), true)
	val := view.columns(moved(curves.Val, place), false)
	lines := []string{legend(l.t, f, w)}
	old := view.columns(moved(curves.Old, place), false)
	drawn := []draw.Curve{{Values: peak, Color: l.t.PeakLine}, {Values: old, Color: l.t.OldLine}, {Values: val, Color: l.t.ValLine}}
	if len(f.Others) > 0 {
		drawn = nil // each branch by its training curve alone
	}
	for i := len(f.Others) - 1; i >= 0; i-- {
		own := f.Others[i].Curves.Train
		along := over(l.across, own)
		if f.Ghosts {
			along = func(step int) int { return place(f.Step) + step - f.Step }
		}
		other := view.columns(moved(smoothed(own, smoothings[l.smooth], !l.linear), along), false)
		if f.Ghosts {
			capped(other, 10*math.Abs(begins(f)))
		}
		drawn = append(drawn, draw.Curve{Values: other, Color: l.t.Lines[i%len(l.t.Lines)]})
	}
	lines = append(lines, l.t.Chart(append(drawn, draw.Curve{Values: train, Color: l.t.TrainLine}), rows, !l.linear)...)
	lines = append(lines, axisLines(l.t, view)...)
	marks := make([]session.Mark, len(f.Marks))
	for i, m := range f.Marks {
		marks[i] = session.Mark{Step: place(m.Step-1) + 1, Text: m.Text}
	}
	lines = append(lines, markLines(l.t, marks, view, signs)...)
	return draw.Fit(strings.Join(lines, "\n"), w, h)
}

// begins is the loss from which ghosts begin.
func begins(f *live.Frame) float64 {
	for _, o := range f.Others {
		if len(o.Curves.Train) > 0 {
			return o.Curves.Train[0].Mean()
		}
	}
	return f.Last.Loss
}

// capped keeps a curve that blows up from leaving no room for the others.
func capped(values []float64, most float64) {
	for i, v := range values {
		if most > 0 && v > most {
			values[i] = most
		}
	}
}

func legend(t *draw.Theme, f *live.Frame, w int) string {
	switch {
	case f.Ghosts:
		return ghostly(t, f, w)
	case len(f.Others) > 0:
		return compared(t, f, w)
	}
	text := t.Train.Render("● train " + draw.FitLine(draw.Significant(f.Last.Loss), 8))
	if f.Eval.Evaluated && f.Eval.HasVal {
		text += t.Val.Render("  ○ val " + draw.FitLine(draw.Significant(f.Eval.ValLoss), 8))
	}
	if f.Eval.Evaluated && f.Eval.HasOld {
		text += t.Old.Render("  ◇ old " + draw.FitLine(draw.Significant(f.Eval.OldLoss), 8))
	}
	return draw.Between("", draw.Extend(w, text, t.Muted.Render(" · peak ")), w)
}

// compared names the branches in their colours, as many as there is room for.
func compared(t *draw.Theme, f *live.Frame, w int) string {
	here := intent.BranchName(f)
	if here == "" {
		here = "this branch"
	}
	text := t.Train.Render("● " + here)
	for _, o := range names(t, f) {
		if draw.Width(text)+2+draw.Width(o) > w {
			break
		}
		text += "  " + o
	}
	return draw.Between("", text, w)
}

// names are those of the further curves, in their colours.
func names(t *draw.Theme, f *live.Frame) []string {
	out := make([]string, len(f.Others))
	for i, o := range f.Others {
		out[i] = t.Branch(i).Render("○ " + draw.Crop(o.Label, 20, "…"))
	}
	return out
}

// ghostly names the values whose curves are looked ahead at, in their colours.
func ghostly(t *draw.Theme, f *live.Frame, w int) string {
	train, names := t.Train.Render("● train"), names(t, f)
	if len(names) == 0 {
		return draw.Between("", train+t.Muted.Render("  trying the values"), w)
	}
	text := train + t.Muted.Render("  ahead with  ") + strings.Join(names, "  ")
	for _, shorter := range []string{train + "  " + strings.Join(names, "  "), train + " " + strings.Join(names, " "), strings.Join(names, " ")} {
		if draw.Width(text) > w {
			text = shorter
		}
	}
	return draw.Between("", text, w)
}

// single makes curves of reports, a bucket for each.
func single(reports []core.Report) history.Curves {
	var train, val, old history.Series
	for _, r := range reports {
		train.Add(r.Step, r.Loss)
		if r.Evaluated && r.HasVal {
			val.Add(r.Step, r.ValLoss)
		}
		if r.Evaluated && r.HasOld {
			old.Add(r.Step, r.OldLoss)
		}
	}
	return history.Curves{Train: train.Buckets(), Val: val.Buckets(), Old: old.Buckets()}
}

// smoothed is a curve whose means are averaged exponentially, without the
// pull of the start. On a logarithmic axis it is the logarithms that are
// averaged, so that the curve does not lag where the loss falls by decades.
func smoothed(buckets []history.Bucket, keep float64, log bool) []history.Bucket {
	if keep == 0 {
		return buckets
	}
	out := make([]history.Bucket, len(buckets))
	mean, weight := 0.0, 0.0
	for i, b := range buckets {
		if v, ok := draw.Scaled(b.Mean(), log); ok {
			mean = keep*mean + (1-keep)*v
			weight = keep*weight + (1 - keep)
			v = mean / weight
			if log {
				v = math.Pow(10, v)
			}
			b.Sum = v * float64(b.Count)
		}
		out[i] = b
	}
	return out
}

// window is the part of the run that a chart shows: the steps after from up
// to to, over so many columns.
type window struct{ from, to, cols int }

// column is where a step stands, from 0; outside the window it lies outside.
func (v window) column(step int) int {
	return draw.Floor(float64(step-v.from-1) * float64(v.cols) / float64(max(v.to-v.from, 1)))
}

// columns reads a value for each column: the largest of what falls into it, or
// the mean. Columns between two buckets are joined by a straight line.
func (v window) columns(buckets []history.Bucket, largest bool) []float64 {
	out := make([]float64, v.cols)
	weight := make([]float64, v.cols)
	for i := range out {
		out[i] = math.NaN()
	}
	last := -1 // column of the last value
	for _, b := range buckets {
		if b.Count == 0 || b.Last <= v.from {
			continue
		}
		first := min(max(v.column(max(b.First, v.from+1)), 0), v.cols-1)
		end := min(max(v.column(b.Last), first), v.cols-1)
		for c := first; c <= end; c++ {
			n := float64(b.Count)
			switch {
			case weight[c] == 0 && largest:
				out[c] = b.Max
			case weight[c] == 0:
				out[c] = b.Mean()
			case largest:
				out[c] = max(out[c], b.Max)
			default:
				out[c] = (out[c]*weight[c] + b.Mean()*n) / (weight[c] + n)
			}
			weight[c] += n
		}
		for c := last + 1; last >= 0 && c < first; c++ {
			out[c] = out[last] + (out[first]-out[last])*float64(c-last)/float64(first-last)
		}
		last = end
	}
	return out
}

// axis is the line of steps and its labels, at round numbers.
func axisLines(t *draw.Theme, v window) []string {
	line := []rune(strings.Repeat("─", v.cols))
	labels := []rune(strings.Repeat(" ", v.cols+draw.ChartMargin+12))
	free := 0
	for _, step := range ticks(v.from, v.to, v.cols/12) {
		c := min(max(v.column(step), 0), v.cols-1)
		line[c] = '┬'
		text := []rune(draw.Thousands(step))
		at := max(c+draw.ChartMargin-len(text)/2, 0)
		if at < free || at+len(text) > v.cols+draw.ChartMargin {
			continue
		}
		copy(labels[at:], text)
		free = at + len(text) + 1
	}
	return []string{
		t.Muted.Render(strings.Repeat(" ", draw.ChartMargin-1) + "└" + string(line)),
		t.Muted.Render(strings.TrimRight(string(labels), " ")),
	}
}

// ticks are round numbers between two steps, about n of them.
func ticks(from, to, n int) []int {
	raw := float64(to-from) / float64(max(n, 1))
	unit := math.Pow(10, math.Floor(math.Log10(max(raw, 1))))
	for _, m := range []float64{1, 2, 5, 10} {
		if unit*m >= raw {
			unit *= m
			break
		}
	}
	step := max(draw.Floor(unit), 1)
	var out []int
	for s := (from/step + 1) * step; s <= to; s += step {
		out = append(out, s)
	}
	return out
}

// marks writes each decision under the step it holds from, in so many lines.
// Where they crowd, the latest keep their words.
func markLines(t *draw.Theme, marks []session.Mark, v window, lines int) []string {
	width := v.cols + draw.ChartMargin
	cells := make([][]string, lines)
	free := make([]int, lines) // cells from here on are taken
	for i := range cells {
		cells[i], free[i] = make([]string, width), width
	}
	for i := len(marks) - 1; i >= 0; i-- {
		c := v.column(marks[i].Step)
		if c < 0 || c >= v.cols {
			continue
		}
		at := c + draw.ChartMargin
		mark(marks[i].Text, at, i == len(marks)-1, cells, free)
	}
	out := make([]string, lines)
	for i, row := range cells {
		var line strings.Builder
		for x := 0; x < width; {
			if row[x] == "" {
				line.WriteByte(' ')
				x++
				continue
			}
			line.WriteString(t.Decision.Render(row[x]))
			x += draw.Width(row[x])
		}
		out[i] = line.String()
	}
	return out
}

// mark puts one decision into the first line with room for its words, to the
// right of its place or, for the latest, to the left at the edge; else only the sign.
func mark(text string, at int, latest bool, cells [][]string, free []int) {
	right, left := "▲ "+text, text+" ▲"
	for i := range cells {
		edge := latest && at+draw.Width(right) > len(cells[i])
		from := at + 1 - draw.Width(left)
		switch {
		case at+draw.Width(right) < free[i]:
			cells[i][at], free[i] = right, at
			return
		case edge && at < free[i] && from >= 0:
			cells[i][from], free[i] = left, from-1
			return
		}
	}
	if at < free[0] {
		cells[0][at], free[0] = "▲", at
	}
}
