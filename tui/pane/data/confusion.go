package data

import (
	"fmt"
	"strings"

	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

func confusionProbe(*sheet, *live.Frame, int, int) live.Probe { return probe.Confusion{} }

// confusion renders the confusion matrix.
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
	share, axes := draw.Percent(float64(m.Right)/float64(m.Rows)), "true ↓ predicted →"
	count := fmt.Sprintf("%d of %d right, %s", m.Right, m.Rows, share)
	line := draw.FirstFitting(w, count+" · "+axes, share+" right · "+axes, axes)
	result := strings.TrimSuffix(line, axes)
	out := []string{e.t.Text.Render(result) + e.t.Muted.Render(axes)}
	var head strings.Builder
	for _, c := range f.Data.Targets {
		head.WriteString(draw.Between("", " "+draw.Cut(c, cell-1), cell))
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
