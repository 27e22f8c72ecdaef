package card

import (
	"descent/session/live"
	"descent/tui/draw"

	tea "github.com/charmbracelet/bubbletea"
)

// Ending is the card of the end of a run, while it stands on the screen.
type Ending struct {
	open bool
	seen int // how often a run had come to its end
}

// Begin ignores the ends that are over in the first frame.
func (e *Ending) Begin(f *live.Frame) { e.seen = f.Reached }

// Follow opens the card where a run has come to its end, and closes it where training
// or the user goes elsewhere.
func (e *Ending) Follow(was, now *live.Frame) {
	switch {
	case now.Reached > e.seen:
		e.open, e.seen = !now.Playing, now.Reached
	case now.Playing, now.Step != was.Step, now.Branch != was.Branch:
		e.open = false
	}
}

// Take closes the card; ok is false unless it takes the key.
func (e *Ending) Take(t *draw.Theme, f *live.Frame, key string) (asked []tea.Msg, ok bool) {
	if !e.open {
		return nil, false
	}
	e.open = false
	return New(t, f).Key(key)
}

// Lay puts the card on a screen of w×h cells, above its last lines.
func (e *Ending) Lay(t *draw.Theme, f *live.Frame, screen string, w, h, last int) string {
	if !e.open {
		return screen
	}
	return draw.Lay(screen, New(t, f).View(w, h), w, h, last)
}
