package pane

import (
	"fmt"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// Line renders the current branch as a single line: its decisions, the position and
// the end of the branch, and the number of other branches. In a race it ranks the
// racers.
func (l *Timeline) Line(f *live.Frame, w int) string {
	if f.Racing && f.Race != nil {
		return l.ranking(f, w)
	}
	all := visible(f)
	tail := draw.Thousands(f.Step)
	if n := len(all) - 1; n > 0 {
		tail += "  +" + draw.Thousands(n) + " branches"
		if n == 1 {
			tail = strings.TrimSuffix(tail, "es")
		}
	}
	span := 1
	if d, ok := intent.FindKnob(f, "train.steps"); ok {
		span = max(draw.Round(d.Value.Num()), span)
	}
	hint := ""
	if len(all) == 1 && w >= 70 {
		hint = "b branches here "
	}
	tail = " " + tail + "  "
	for _, b := range all {
		if b.ID != f.Branch {
			continue
		}
		span = max(span, b.Head)
		head := l.t.Muted.Render(" " + draw.Crop(b.Label, nameWidth-2, "…") + " ")
		if room := w - draw.Width(head) - draw.Width(tail) - draw.Width(hint); room >= 8 {
			return head + l.track(f, b, 0, span, room) + l.t.Text.Render(tail) + l.t.Muted.Render(hint)
		}
	}
	return draw.FitLine(l.t.Text.Render(tail), w)
}

// ranking renders the racers, best first, as many as fit.
func (l *Timeline) ranking(f *live.Frame, w int) string {
	rows := f.Standings().Rows
	line := " "
	for i, r := range rows {
		style, sign := l.t.Branch(r.Hue), l.t.Trace(r.Hue).Sign
		if r.Branch == f.Branch {
			style, sign = l.t.Train, l.t.TrainLine.Sign
		}
		value := draw.Significant(r.Loss)
		if r.Diverged > 0 {
			value = "diverged"
		}
		text := l.t.Muted.Render(fmt.Sprintf("%d ", r.Place)) + style.Render(string(sign)+" "+draw.Crop(r.Label, 14, "…")) + l.t.Text.Render(" "+value) + "  "
		rest := ""
		if left := len(rows) - i - 1; left > 0 {
			rest = fmt.Sprintf("+%d", left)
		}
		if draw.Width(line)+draw.Width(text)+len(rest) > w && i > 0 {
			return draw.FitLine(line+l.t.Muted.Render(fmt.Sprintf("+%d", len(rows)-i)), w)
		}
		line += text
	}
	return draw.FitLine(line, w)
}
