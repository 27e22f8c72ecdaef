package data

import (
	"fmt"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
)

// summary describes the data in text.
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
