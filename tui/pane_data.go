package tui

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/data"
	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// examples is the pane of the data: what the network makes of them, in several
// views.
type examples struct {
	sheet
	view int // of those that suit the data
}

// sheet is what all views draw on.
type sheet struct {
	t       *draw.Theme
	page    int // of the images, or of the rows of a batch
	explain bool
}

func newData(t *draw.Theme) *examples { return &examples{sheet: sheet{t: t}} }

// view is one way to look at the data.
type view struct {
	name  string
	probe func(e *sheet, f *live.Frame, w, h int) live.Probe // nil: it needs none
	draw  func(e *sheet, f *live.Frame, found any, w, h int) []string
}

const imagesView = "images, worst first"

// views are those that suit the data, the most telling first.
func (e *examples) views(d *data.Set) []view {
	var out []view
	add := func(suits bool, v view) {
		if suits {
			out = append(out, v)
		}
	}
	image, _, _ := picture(d)
	tabular := !image && len(d.Columns) <= 256
	add(d.ByClass && image, view{imagesView, (*sheet).imagesProbe, (*sheet).images})
	add(!d.ByClass, view{"predicted and true", residualsProbe, (*sheet).fit})
	add(tabular && len(d.Columns) > 1, view{"importance", importanceProbe, (*sheet).importance})
	add(d.ByClass, view{"confusion", confusionProbe, (*sheet).confusion})
	add(d.ByClass, view{"calibration", calibrationProbe, (*sheet).calibration})
	add(d.ByClass, view{taughtView, taughtProbe, (*sheet).taught})
	add(!d.ByClass, view{"residuals", residualsProbe, (*sheet).residuals})
	return append(out, view{"summary", nil, (*sheet).summary}, view{batchView, batchProbe, (*sheet).batch})
}

func (e *examples) current(d *data.Set) view {
	views := e.views(d)
	return views[e.view%len(views)]
}

func (e *examples) Title() string { return "Data" }

func (e *examples) Note(f *live.Frame) string {
	if f.Data == nil {
		return ""
	}
	return e.current(f.Data).name
}

func (e *examples) Shown(f *live.Frame) bool { return f.Data != nil }

func (e *examples) Actions() []intent.Action {
	images := func(f *live.Frame) string {
		image, _, _ := picture(f.Data)
		switch {
		case f.Data == nil || !image || !f.Data.ByClass:
			return "there are no images to look at here"
		case e.current(f.Data).name != imagesView:
			return "the images are another view of the data; v turns to it"
		}
		return ""
	}
	pages := func(f *live.Frame) string {
		if f.Data != nil && (e.current(f.Data).name == batchView || e.current(f.Data).name == taughtView) {
			return ""
		}
		if why := images(f); why != "" {
			return "there are no further ones in this view"
		}
		return ""
	}
	turn := func(by int) func(*live.Frame) tea.Msg {
		return func(*live.Frame) tea.Msg {
			e.page = max(0, e.page+by)
			return nil
		}
	}
	return []intent.Action{
		{
			Keys: []string{"v"}, Label: "view", Help: "bring the data to the front, then their next view", Anywhere: true,
			Off: func(f *live.Frame) string {
				if f.Data == nil {
					return "a surface has no data"
				}
				return ""
			},
			Do: func(*live.Frame) tea.Msg {
				return intent.Bring{Pane: e, Then: func(shown bool) tea.Msg {
					if shown {
						e.view++
					}
					return nil
				}}
			},
		},
		{
			Keys: []string{"e"}, Label: "explain", Help: "images: colour what the answer depends on", Anywhere: true, Off: images,
			Do: func(*live.Frame) tea.Msg {
				return intent.Bring{Pane: e, Then: func(shown bool) tea.Msg {
					e.explain = !shown || !e.explain
					return nil
				}}
			},
		},
		{Keys: []string{"down", "j", "pgdown"}, Pair: "↑↓", Label: "more", Help: "images, a batch, a row: the next ones", Off: pages, Do: turn(1)},
		{Keys: []string{"up", "k", "pgup"}, Help: "images, a batch, a row: those before", Off: pages, Do: turn(-1)},
	}
}

// Probes is that of the view.
func (e *examples) Probes(f *live.Frame, w, h int) []live.Probe {
	if f.Data == nil || w < 8 || h < 3 {
		return nil
	}
	if v := e.current(f.Data); v.probe != nil {
		return []live.Probe{v.probe(&e.sheet, f, w, h)}
	}
	return nil
}

func (e *examples) View(f *live.Frame, w, h int, _ bool) string {
	if f.Data == nil || w < 8 || h < 3 {
		return draw.Fit("", w, h)
	}
	v := e.current(f.Data)
	var found live.Finding
	if v.probe != nil {
		var ok bool
		if found, ok = f.Findings[v.probe(&e.sheet, f, w, h)]; !ok {
			return draw.Fit("\n"+e.t.Muted.Render("  measuring"), w, h)
		}
		if found.Err != nil {
			return draw.FitLines(e.t.Bad.Lines(draw.Wrap("✗ "+found.Err.Error(), w)), w, h)
		}
	}
	return draw.Fit(strings.Join(v.draw(&e.sheet, f, found.Value, w, h), "\n"), w, h)
}

func importanceProbe(*sheet, *live.Frame, int, int) live.Probe {
	return probe.Importance{Repeats: 5}
}
func confusionProbe(*sheet, *live.Frame, int, int) live.Probe { return probe.Confusion{} }
func residualsProbe(*sheet, *live.Frame, int, int) live.Probe { return probe.Residuals{} }
func calibrationProbe(*sheet, *live.Frame, int, int) live.Probe {
	return probe.Calibration{Bins: 10}
}

// judgedBy says which rows a view is about.
func judgedBy(d *data.Set) string {
	if d.Val.Rows() > 0 {
		return "validation"
	}
	return "training"
}

// importance draws a bar for each column: by how much the loss rises without it.
func (e *sheet) importance(f *live.Frame, found any, w, h int) []string {
	columns, _ := found.([]probe.ColumnImportance)
	top := 0.0
	name := 4
	for _, c := range columns {
		top = max(top, c.Rise)
		name = max(name, draw.Width(c.Name))
	}
	name = min(name, w/3)
	out := []string{e.t.Muted.Render("the loss rises, a column shuffled, by")}
	bar := max(w-name-2-9, 0)
	for i, c := range columns {
		if i == h-2 && len(columns) > h-1 {
			out = append(out, e.t.Muted.Render(fmt.Sprintf("and %d more", len(columns)-i)))
			break
		}
		length := 0.0
		if top > 0 {
			length = max(c.Rise, 0) / top
		}
		out = append(out, e.t.Text.Render(draw.FitLine(c.Name, name))+" "+
			e.t.Train.Render(draw.FitLine(draw.Bar(length, bar), bar))+e.t.Text.Render(draw.Between("", draw.Significant(c.Rise), 9)))
	}
	return out
}

// confusion draws the table of truths and guesses.
func (e *sheet) confusion(f *live.Frame, found any, w, h int) []string {
	m, _ := found.(probe.ConfusionMatrix)
	if m.Rows == 0 {
		return nil
	}
	classes := len(m.Counts)
	widest := 1
	for _, line := range m.Counts {
		for _, n := range line {
			widest = max(widest, len(fmt.Sprint(n)))
		}
	}
	cell := widest + 1
	name := 1
	for _, c := range f.Data.Targets {
		name = max(name, draw.Width(c))
	}
	name = min(name, max(w-classes*cell-1, 2))
	share, axes := draw.Percent(float64(m.Right)/float64(m.Rows)), "row true, column said"
	count := fmt.Sprintf("%d of %d right, %s", m.Right, m.Rows, share)
	line := draw.FirstFitting(w, count+" · "+axes, share+" right · "+axes, axes)
	result := strings.TrimSuffix(line, axes)
	out := []string{e.t.Text.Render(result) + e.t.Muted.Render(axes)}
	var head strings.Builder
	for _, c := range f.Data.Targets {
		head.WriteString(draw.Between("", " "+draw.Crop(c, cell-1, ""), cell))
	}
	out = append(out, e.t.Muted.Render(strings.Repeat(" ", name)+head.String()))
	for truth, line := range m.Counts {
		var text strings.Builder
		text.WriteString(e.t.Text.Render(draw.FitLine(f.Data.Targets[truth], name)))
		for guess, n := range line {
			style, word := e.t.Bad, fmt.Sprint(n)
			switch {
			case guess == truth:
				style = e.t.Good
			case n == 0:
				style, word = e.t.Muted, "·"
			}
			text.WriteString(style.Render(draw.Between("", word, cell)))
		}
		out = append(out, text.String())
	}
	return out
}

// calibration sets for each bin what the network said beside how often it was right.
func (e *sheet) calibration(_ *live.Frame, found any, w, _ int) []string {
	r, _ := found.(probe.Reliability)
	out := []string{
		e.t.Text.Render("off by "+draw.Percent(r.Error)) + e.t.Muted.Render(" · █ right ┃ said"),
	}
	bar := w - 17
	if bar < 8 {
		return out
	}
	for i, b := range slices.Backward(r.Bins) {
		line := e.t.Muted.Render(draw.Between(fmt.Sprintf("%3d–%d %%", i*100/len(r.Bins), (i+1)*100/len(r.Bins)), draw.Thousands(b.Rows)+" ", 16))
		if b.Rows > 0 {
			cells := []rune(draw.FitLine(draw.Bar(b.Right, bar), bar))
			cells[draw.Cell(b.Said, bar)] = '┃'
			line += e.t.Val.Render(string(cells))
		}
		out = append(out, line)
	}
	return out
}

// loadedNote is the first thing to say of the data, and where the others stand.
func loadedNote(f *live.Frame) string {
	if f.Data == nil || len(f.Data.Notes) == 0 || f.Recipe.Data.File == "" { // of a built-in set it is the preset that speaks
		return ""
	}
	if more := len(f.Data.Notes) - 1; more > 0 {
		return fmt.Sprintf("note (and %d more in the summary of the data, v): %s", more, f.Data.Notes[0])
	}
	return "note: " + f.Data.Notes[0]
}

// summary says in words what the data are.
func (e *sheet) summary(f *live.Frame, _ any, w, h int) []string {
	d := f.Data
	name := f.Recipe.Data.Set
	if name == "" {
		name = f.Recipe.Data.File
	}
	out := e.t.Text.Lines(draw.Wrap(e.t.Title.Render(name)+": "+d.Summary, w))
	for _, note := range d.Notes {
		out = append(out, e.t.Text.Lines(draw.Wrap("note: "+note, w))...)
	}
	out = append(out, e.t.Muted.Render(fmt.Sprintf("%s rows to train on, %s to validate", draw.Thousands(d.Train.Rows()), draw.Thousands(d.Val.Rows()))))
	if !d.ByClass {
		return append(out, e.t.Muted.Render("to predict: "+strings.Join(d.Targets, ", ")))
	}
	counts := make([]int, len(d.Targets))
	top, width := 1, 4
	for _, c := range d.Train.Classes {
		counts[c]++
	}
	for i, n := range counts {
		top, width = max(top, n), max(width, draw.Width(d.Targets[i]))
	}
	width = min(width, w/3)
	out = append(out, e.t.Muted.Render("classes, training rows:"))
	bar := max(w-width-8, 1)
	for i, n := range counts {
		out = append(out, e.t.Text.Render(draw.FitLine(d.Targets[i], width))+" "+
			e.t.Train.Render(draw.FitLine(draw.Bar(float64(n)/float64(top), bar), bar))+e.t.Text.Render(draw.Between("", draw.Thousands(n), 7)))
	}
	return out
}
