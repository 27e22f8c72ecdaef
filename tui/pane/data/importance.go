package data

import (
	"fmt"

	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

func importanceProbe(*sheet, *live.Frame, int, int) live.Probe {
	return probe.Importance{Repeats: 5}
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
