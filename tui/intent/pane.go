package intent

import (
	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
)

// Pane is one part of the screen. It sees the session only as frames, and asks
// for things by the intents its actions return.
type Pane interface {
	Title() string
	Note(f *live.Frame) string // on the right of the upper edge
	Actions() []Action
	Guide() Guide // what its page says beside its keys
	// Shown tells whether there is anything to show for what is trained.
	Shown(f *live.Frame) bool
	// View is exactly h lines of w cells, drawn from f and the pane's own state alone.
	View(f *live.Frame, w, h int, focused bool) string
}

// Watcher is a pane that draws what probes found.
type Watcher interface {
	// Probes are those it wants for a view of w×h cells.
	Probes(f *live.Frame, w, h int) []live.Probe
}

// Chooser is the pane in which a knob is selected.
type Chooser interface {
	Chosen(f *live.Frame) live.KnobState
}

// Sized is a pane that wants no more lines than it has to say.
type Sized interface {
	Rows(f *live.Frame) int
}

// Pointer is a pane that does something where the mouse clicks (wheel is 0) or
// its wheel turns (−1 up, 1 down).
type Pointer interface {
	Point(f *live.Frame, x, y, w, h, wheel int) tea.Msg
}

// Taker is a pane that in some of its places takes a key before anybody else.
type Taker interface {
	Take(f *live.Frame, key string) (a Action, ok bool)
}
