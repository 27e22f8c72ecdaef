package loss

import (
	"descent/session/live"
	"descent/tui/draw/ruler"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Actions returns those of the pane, most of which work anywhere.
func (l *Pane) Actions() []intent.Action {
	quietly := func(do func(f *live.Frame)) func(*live.Frame) tea.Msg {
		return func(f *live.Frame) tea.Msg {
			do(f)
			return nil
		}
	}
	return []intent.Action{
		{
			Name: "loss.scale", Keys: []string{"y"}, Label: "log/linear/symlog", Anywhere: true,
			Now:  func(f *live.Frame) string { return ruler.Kinds[l.scale.of(f).Next()] },
			Help: "vertical axis: logarithmic, linear, or logarithmic on both sides of 0",
			Do:   quietly(func(f *live.Frame) { l.scale.next(f) }),
		},
		{
			Name: "loss.smooth", Keys: []string{"m"}, Label: "smooth", Anywhere: true,
			Help: "change the smoothing of the training curve",
			Do:   quietly(func(*live.Frame) { l.smooth = (l.smooth + 1) % len(smoothings) }),
		},
		{
			Name: "loss.over", Keys: []string{"t"}, Label: "over", Anywhere: true,
			Help: "horizontal axis: steps, gradient evaluations, or training time",
			Do:   quietly(func(*live.Frame) { l.across = (l.across + 1) % len(acrosses) }),
		},
		{
			Name: "loss.zoom", Keys: []string{"x"}, Label: "zoom in time", Anywhere: true,
			Help: "zoom in time: the whole run, its last half, its last tenth, or the last steps one by one",
			Do:   quietly(func(*live.Frame) { l.recent = (l.recent + 1) % len(windows) }),
		},
		{
			Name: "loss.style", Keys: []string{"D"}, Label: "line/dots", Anywhere: true,
			Now: func(f *live.Frame) string {
				if l.fine(f) {
					return "lines"
				}
				return "dots"
			},
			Help: "draw curves as lines, or in finer dots of braille, 2×4 a cell",
			Do: quietly(func(f *live.Frame) {
				if len(f.Others) > 0 {
					l.plain = !l.plain
				} else {
					l.t.Fine = !l.t.Fine
				}
			}),
		},
		{
			Name: "loss.spikes", Keys: []string{"H"}, Label: "height", Anywhere: true,
			Now: func(*live.Frame) string {
				if l.whole {
					return "cut spikes"
				}
				return "whole height"
			},
			Help: "vertical range: what is usual, with spikes cut and marked, or all of it",
			Do:   quietly(func(*live.Frame) { l.whole = !l.whole }),
		},
	}
}
