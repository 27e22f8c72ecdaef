// Package compression is the pane of pruning and quantization, one file per view.
package compression

import (
	"descent/core/probe"
	"descent/session/bench"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Pane shows the cost of pruning and quantization: quality at every size that was
// tried, sensitivity of each layer, integer inference.
type Pane struct {
	sheet
	view int
}

// New makes the pane with its first view.
func New(t *draw.Theme) *Pane { return &Pane{sheet: sheet{t: t}} }

// Indices of the views.
const (
	sizesView = iota
	layersView
	integerView
)

// views lists the views.
var views = []struct {
	name string
	draw func(c *sheet, f *live.Frame, w, h int) []string
}{
	sizesView:   {"sizes tried", (*sheet).sizes},
	layersView:  {"sensitivity", (*sheet).layers},
	integerView: {"int8 inference", (*sheet).integers},
}

func (c *Pane) Title() string { return "Compression" }

func (c *Pane) Note(*live.Frame) string { return views[c.view].name }

// Shown is false for a surface, which has no weights to compress.
func (c *Pane) Shown(f *live.Frame) bool { return f.Recipe.Surface.Name == "" }

func weightless(f *live.Frame) string {
	if f.Recipe.Surface.Name != "" {
		return "a surface has no weights to compress"
	}
	return ""
}

func (c *Pane) Actions() []intent.Action {
	return []intent.Action{
		{Name: "compression.fit", Keys: []string{"B"}, Label: "fit to", Help: "fit to a size: try settings that fit on copies, and choose one", Anywhere: true, Off: weightless, Do: intent.Always(intent.AskBudget{})},
		{Name: "compression.view", Keys: []string{"C"}, Label: "view", Help: "bring the compression pane to the front, then show its next view", Anywhere: true, Off: weightless, Do: func(*live.Frame) tea.Msg {
			return intent.Bring{Pane: c, Then: func(shown bool) tea.Msg {
				if shown {
					c.view = (c.view + 1) % len(views)
				}
				return nil
			}}
		}},
		{
			Name: "compression.judge", Keys: []string{"L"}, Label: "loss/accuracy", Now: c.other, Help: "compression pane: judge by loss or by accuracy", Anywhere: true,
			Off: func(f *live.Frame) string {
				if why := weightless(f); why != "" {
					return why
				}
				if f.Data != nil && !f.Data.ByClass && !f.Data.Binary {
					return "a regression has no accuracy"
				}
				return ""
			},
			Do: func(*live.Frame) tea.Msg {
				c.right = !c.right
				return intent.Bring{Pane: c}
			},
		},
		{
			Name: "compression.measure", Keys: []string{"M"}, Label: "measure", Help: "repeat the measurement of the compression pane", Anywhere: true,
			Off: func(f *live.Frame) string {
				switch {
				case weightless(f) != "":
					return weightless(f)
				case c.view == layersView && f.Findings[c.sensitivity()].Partial:
					return "the measurement is running"
				}
				return ""
			},
			// The old sensitivities are shown until there are new ones; other
			// results are cleared immediately.
			Do: func(f *live.Frame) tea.Msg {
				return intent.Bring{Pane: c, Then: func(bool) tea.Msg {
					if c.view == layersView {
						c.asked++
						return nil
					}
					return intent.Measure{Probes: c.Probes(f, 0, 0)}
				}}
			},
		},
	}
}

// other is what the compression is not judged by now.
func (c *Pane) other(*live.Frame) string {
	if c.right {
		return "by loss"
	}
	return "by accuracy"
}

// Probes returns those of the view. The last sensitivities are kept until there are
// new ones.
func (c *Pane) Probes(f *live.Frame, _, _ int) []live.Probe {
	switch {
	case f.Data == nil:
		return nil
	case c.view == sizesView:
		return []live.Probe{probe.CompressionLoss{}}
	case c.view == integerView:
		return []live.Probe{bench.IntegerSpeed{}}
	}
	out := []live.Probe{c.sensitivity()}
	if found, ok := f.Findings[c.sensitivity()]; c.asked > 0 && (!ok || found.Partial) {
		out = append(out, probe.Sensitivity{Asked: c.asked - 1})
	}
	return out
}

func (c *Pane) View(f *live.Frame, w, h int, _ bool) string {
	if w < 8 || h < 3 {
		return draw.Fit("", w, h)
	}
	return draw.FitLines(views[c.view].draw(&c.sheet, f, w, h), w, h)
}
