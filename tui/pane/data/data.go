// Package data is the pane of the data and of the predictions on it, one file per
// view.
package data

import (
	"strings"

	"descent/core/data"
	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Pane shows the data and the predictions of the network, in several views.
type Pane struct {
	sheet
	view int // among those that apply to the data
}

// New makes the pane with the first view that applies to the data.
func New(t *draw.Theme) *Pane { return &Pane{sheet: sheet{t: t}} }

// view is one way to look at the data.
type view struct {
	name  string
	probe func(e *sheet, f *live.Frame, w, h int) live.Probe // nil: it needs none
	draw  func(e *sheet, f *live.Frame, found any, w, h int) []string
	pages bool // has further pages
}

const (
	imagesView     = "images, worst first"
	importanceView = "importance"
)

// early explains why a view is empty before training, "" if it is not.
func (v view) early(f *live.Frame) string {
	learnt := f.Step > 0 || f.Recipe.Pretrain.Preset != "" || f.Recipe.Model.Weights != ""
	if v.name == importanceView && !learnt {
		return "The network is not trained yet: permutation importance tells which inputs a trained network uses. space trains."
	}
	return ""
}

// views returns those that apply to the data, the most informative first.
func (e *Pane) views(d *data.Set) []view {
	var out []view
	add := func(suits bool, v view) {
		if suits {
			out = append(out, v)
		}
	}
	image, _, _ := picture(d)
	number, sorted := !d.ByClass && !d.YesNo(), d.ByClass || d.YesNo()
	tabular := !image && len(d.Columns) <= 256
	add(d.ByClass && image, view{imagesView, (*sheet).imagesProbe, (*sheet).images, true})
	add(number, view{"predicted and true", residualsProbe, (*sheet).fit, false})
	add(tabular && len(d.Columns) > 1, view{importanceView, importanceProbe, (*sheet).found, true})
	add(sorted, view{"confusion", confusionProbe, (*sheet).confusion, false})
	add(sorted, view{"calibration", calibrationProbe, (*sheet).calibration, false})
	add(d.ByClass, view{teacherView, teacherProbe, (*sheet).teacher, true})
	add(number, view{"residuals", residualsProbe, (*sheet).residuals, false})
	return append(out, view{"summary", nil, (*sheet).summary, false}, view{batchView, batchProbe, (*sheet).batch, true})
}

func (e *Pane) current(d *data.Set) view {
	views := e.views(d)
	return views[e.view%len(views)]
}

func (e *Pane) Title() string { return "Data" }

func (e *Pane) Note(f *live.Frame) string {
	if f.Data == nil {
		return ""
	}
	return e.current(f.Data).name
}

func (e *Pane) Shown(f *live.Frame) bool { return f.Data != nil }

func (e *Pane) Actions() []intent.Action {
	images := func(f *live.Frame) string {
		image, _, _ := picture(f.Data)
		switch {
		case f.Data == nil || !image || !f.Data.ByClass:
			return "there are no images here"
		case e.current(f.Data).name != imagesView:
			return "images are another view of the data; v switches to it"
		}
		return ""
	}
	pages := func(f *live.Frame) string {
		if f.Data == nil || !e.current(f.Data).pages {
			return "this view has no further pages"
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
			Name: "data.view", Keys: []string{"v"}, Label: "view", Help: "bring the data pane to the front, then show its next view", Anywhere: true,
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
			Name: "data.explain", Keys: []string{"e"}, Label: "explain", Now: e.explains, Help: "images: colour by saliency (gradient of the output with respect to the input)", Anywhere: true, Off: images,
			Do: func(*live.Frame) tea.Msg {
				return intent.Bring{Pane: e, Then: func(shown bool) tea.Msg {
					e.explain = !shown || !e.explain
					return nil
				}}
			},
		},
		{Name: "data.next-page", Keys: []string{"down", "pgdown"}, Pair: "↑↓", Label: "more", Help: "next page of images, rows of a batch or a table", Off: pages, Do: turn(1)},
		{Name: "data.previous-page", Keys: []string{"up", "pgup"}, Help: "previous page of images, rows of a batch or a table", Off: pages, Do: turn(-1)},
	}
}

// Point turns the pages with the wheel.
func (e *Pane) Point(f *live.Frame, p intent.Pointing) tea.Msg {
	if p.Gesture == intent.Wheel && f.Data != nil && e.current(f.Data).pages {
		e.page = max(0, e.page+p.Wheel)
	}
	return nil
}

// explains is the word for the key that colours images.
func (e *Pane) explains(*live.Frame) string {
	if e.explain {
		return "plain"
	}
	return "explain"
}

// Probes returns that of the view.
func (e *Pane) Probes(f *live.Frame, w, h int) []live.Probe {
	if f.Data == nil || w < 8 || h < 3 {
		return nil
	}
	if v := e.current(f.Data); v.probe != nil && v.early(f) == "" {
		return []live.Probe{v.probe(&e.sheet, f, w, h)}
	}
	return nil
}

func (e *Pane) View(f *live.Frame, w, h int, _ bool) string {
	if f.Data == nil || w < 8 || h < 3 {
		return draw.Fit("", w, h)
	}
	v := e.current(f.Data)
	if why := v.early(f); why != "" {
		return draw.FitLines(append([]string{""}, e.t.Muted.Lines(draw.Wrap(why, w))...), w, h)
	}
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

func residualsProbe(*sheet, *live.Frame, int, int) live.Probe { return probe.Residuals{} }
