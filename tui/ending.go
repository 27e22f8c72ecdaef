package tui

import (
	"descent/session/live"
	"descent/tui/card"
	"descent/tui/draw"

	tea "github.com/charmbracelet/bubbletea"
)

// ending is the card of the end of a run, while it stands on the screen.
type ending struct {
	open bool
	seen int // how often a run had come to its end
}

// follow opens the card where a run has come to its end, and closes it where training
// or the user goes elsewhere.
func (e *ending) follow(was, now *live.Frame) {
	switch {
	case now.Reached > e.seen:
		e.open, e.seen = !now.Playing, now.Reached
	case now.Playing, now.Step != was.Step, now.Branch != was.Branch:
		e.open = false
	}
}

// take closes the card; ok is false unless it takes the key.
func (e *ending) take(t *draw.Theme, f *live.Frame, key string) (asked []tea.Msg, ok bool) {
	if !e.open {
		return nil, false
	}
	e.open = false
	return card.New(t, f).Key(key)
}

// lay puts the card on a screen of w×h cells, above its last lines.
func (e *ending) lay(t *draw.Theme, f *live.Frame, screen string, w, h, last int) string {
	if !e.open {
		return screen
	}
	return draw.Lay(screen, card.New(t, f).View(w, h), w, h, last)
}
