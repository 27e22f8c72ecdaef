package data

import (
	"fmt"
	"slices"

	"descent/core/probe"
	"descent/session/live"
	"descent/tui/draw"
)

func calibrationProbe(*sheet, *live.Frame, int, int) live.Probe {
	return probe.Calibration{Bins: 10}
}

// calibration renders the reliability diagram: confidence and accuracy of each bin.
func (e *sheet) calibration(_ *live.Frame, found any, w, _ int) []string {
	r, _ := found.(probe.Reliability)
	out := []string{
		e.t.Text.Render("ECE "+draw.Percent(r.Error)) + e.t.Muted.Render(" · █ accuracy ┃ confidence"),
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
