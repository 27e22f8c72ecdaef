// Package dialog holds the boxes that take all keys until they are closed: choices,
// fields to type into, the help, the learning-rate range test, the search for what
// fits into a budget, and the look-ahead.
package dialog

import (
	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
)

// Dialog is a box over the screen that takes all keys until it is closed.
type Dialog interface {
	// Key handles one key; it may return an intent, and tells whether the
	// dialog is done.
	Key(tea.KeyMsg) (intent tea.Msg, done bool)
	// View draws the box for a screen of w×h cells.
	View(w, h int) string
}

// Watcher is a dialog that shows what probes find.
type Watcher interface {
	Probes() []live.Probe
}
