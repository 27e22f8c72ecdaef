package tui

import (
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
)

// footer renders the last line: the keys that are available now.
func footer(t *draw.Theme, f *live.Frame, global []intent.Action, pane intent.Pane, w int) string {
	var out strings.Builder
	last := t.Focus.Render("?") + " " + t.Muted.Render("help") + " "
	left := w - 1 - draw.Width(last)
	out.WriteByte(' ')
	add := func(a intent.Action) {
		if taker, ok := pane.(intent.Taker); ok {
			if own, ok := taker.Take(f, a.Keys[0]); ok {
				a = own
			}
		}
		if a.Label == "" || a.Label == "help" || a.Why(f) != "" {
			return
		}
		hint, word := t.Keys(a.Hint()), a.Word(f)
		width := draw.Width(hint) + 1 + draw.Width(word) + 3
		if left -= width; left >= 0 {
			out.WriteString(t.Focus.Render(hint) + " " + t.Muted.Render(word) + "   ")
		}
	}
	for _, a := range global[:9] {
		add(a)
	}
	for _, a := range pane.Actions() {
		add(a)
	}
	for _, a := range global[9:] {
		add(a)
	}
	return draw.Between(strings.TrimRight(out.String(), " "), last, w)
}
