package pane

import (
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// Line renders the current branch as a single line: its decisions, the position and
// the end of the branch, and the number of other branches.
func (l *Timeline) Line(f *live.Frame, w int) string {
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
			return head + l.track(f, b, span, room) + l.t.Text.Render(tail) + l.t.Muted.Render(hint)
		}
	}
	return draw.FitLine(l.t.Text.Render(tail), w)
}
