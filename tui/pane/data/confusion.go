package data

import (
	"fmt"
	"strings"

	"descent/core/metric"
	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

func confusionProbe(*sheet, *live.Frame, int, int) live.Probe { return probe.Confusion{} }

// confusion renders the confusion matrix.
func (e *sheet) confusion(f *live.Frame, found any, w, h int) (out []string) {
	m, _ := found.(probe.ConfusionMatrix)
	if m.Rows == 0 {
		return nil
	}
	classes, names := len(m.Counts), f.Data.Classes()
	if len(names) != classes {
		return nil
	}
	widest := 1
	for _, line := range m.Counts {
		for _, n := range line {
			widest = max(widest, len(fmt.Sprint(n)))
		}
	}
	cell := widest + 1
	name := 1
	for _, c := range names {
		name = max(name, draw.Width(c))
	}
	name = min(name, max(w-classes*cell-1, 2))
	share, axes := draw.Percent(float64(m.Right)/float64(m.Rows)), "true ↓ predicted →"
	count := fmt.Sprintf("%d of %d right, %s", m.Right, m.Rows, share)
	line := draw.FirstFitting(w, count+" · "+axes, share+" right · "+axes, axes)
	result := strings.TrimSuffix(line, axes)
	scores, beside := byClass(m, false), true
	if name+classes*cell+draw.Width(scores[0]) > w {
		brief := byClass(m, true)
		if beside = name+classes*cell+draw.Width(brief[0]) <= w; beside {
			scores = brief
		}
	}
	out = []string{e.t.Text.Render(result) + e.t.Muted.Render(axes)}
	var head strings.Builder
	for _, c := range names {
		head.WriteString(draw.Between("", " "+draw.Cut(c, cell-1), cell))
	}
	title := e.t.Muted.Render(strings.Repeat(" ", name) + head.String())
	if beside {
		title += e.t.Muted.Render(scores[0])
	}
	out = append(out, title)
	for truth, line := range m.Counts {
		var text strings.Builder
		text.WriteString(e.t.Text.Render(draw.FitLine(names[truth], name)))
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
		if beside {
			text.WriteString(e.t.Text.Render(scores[1+truth]))
		}
		out = append(out, text.String())
	}
	if narrow := min(name, 12); !beside && len(out)+1+len(scores) <= h && narrow+draw.Width(scores[0]) <= w {
		out = append(out, "")
		for i, line := range scores {
			if label := strings.Repeat(" ", narrow); i == 0 {
				out = append(out, e.t.Muted.Render(label+line))
			} else {
				out = append(out, e.t.Text.Render(draw.FitLine(names[i-1], narrow)+line))
			}
		}
	}
	return out
}

// byClass is a table of precision, recall and F1 of each class, and of how many rows
// have it, below their titles; where it is to be brief without the latter.
func byClass(m probe.ConfusionMatrix, brief bool) []string {
	c := metric.NewConfusion(len(m.Counts))
	for truth, line := range m.Counts {
		for guess, n := range line {
			if n > 0 {
				c.Add(truth, guess, float64(n))
			}
		}
	}
	row := func(cells ...string) string {
		widths := []int{11, 8, 7, 8}
		if brief {
			widths = []int{6, 6, 6}
		}
		text := ""
		for i, width := range widths {
			text += draw.Between("", cells[i], width)
		}
		return text
	}
	out := []string{row("precision", "recall", "F1", "rows")}
	if brief {
		out[0] = row("prec", "rec", "F1")
	}
	for _, of := range c.Classes() {
		cells := []string{"–", "–", "–", "0"}
		if of.Seen {
			cells = []string{fmt.Sprintf("%.3f", of.Precision), fmt.Sprintf("%.3f", of.Recall), fmt.Sprintf("%.3f", of.F1), draw.Thousands(draw.Round(of.Support))}
		}
		out = append(out, row(cells...))
	}
	return out
}
