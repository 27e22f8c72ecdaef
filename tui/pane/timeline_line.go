package pane

import (
	"strings"

	"descent/session/live"
	"descent/tui/draw"
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
	tail = " " + tail + " "
	for _, b := range all {
		if b.ID != f.Branch {
			continue
		}
		head := l.t.Muted.Render(" " + draw.Crop(b.Label, nameWidth-2, "…") + " ")
		if room := w - draw.Width(head) - draw.Width(tail); room >= 8 {
			return head + l.track(f, b, max(b.Head, 1), room) + l.t.Text.Render(tail)
		}
	}
	return draw.FitLine(l.t.Text.Render(tail), w)
}
