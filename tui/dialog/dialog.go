// Package dialog holds the modal dialogs: pickers, text fields, the help, the
// learning-rate range test, the search for a compression within a budget, and the
// look-ahead.
package dialog

import (
	"descent/session/live"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Dialog is a box over the screen that takes all keys until it is closed.
type Dialog interface {
	// Key handles one key; it may return an intent, and reports whether the dialog
	// is done.
	Key(tea.KeyMsg) (intent tea.Msg, done bool)
	// View renders the box for a screen of w×h cells.
	View(w, h int) string
}

// Watcher is a dialog that shows findings of probes.
type Watcher interface {
	Probes() []live.Probe
}

// Explained is a dialog in which `?` explains what is highlighted.
type Explained interface {
	Subject() intent.Subject
}
