package intent

import (
	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
)

// Pane is one part of the screen. It sees the session only as frames, and acts only
// through the intents that its actions return.
type Pane interface {
	Title() string
	Note(f *live.Frame) string // on the right of the upper edge
	Actions() []Action
	Guide() Guide // the content of its page, beside its keys
	// Shown reports whether the pane has anything to show for the frame.
	Shown(f *live.Frame) bool
	// View renders exactly h lines of w cells, from f and the pane's own state
	// alone.
	View(f *live.Frame, w, h int, focused bool) string
}

// Watcher is a pane that shows findings of probes.
type Watcher interface {
	// Probes returns those needed for a view of w×h cells.
	Probes(f *live.Frame, w, h int) []live.Probe
}

// Chooser is the pane in which a knob is selected.
type Chooser interface {
	Chosen(f *live.Frame) live.KnobState
}

// Sized is a pane with a preferred height.
type Sized interface {
	Rows(f *live.Frame) int
}

// Rated is a pane that marks what the preset reaches by itself.
type Rated interface {
	// SetPar tells the lowest validation loss of the preset's own run, and the loss
	// function in which it is measured.
	SetPar(loss float64, function string)
}

// Liner is a pane that can be drawn as a single line where there is no room for more.
type Liner interface {
	// Line renders a line of w cells.
	Line(f *live.Frame, w int) string
}

// Pointer is a pane that handles the mouse.
type Pointer interface {
	Point(f *live.Frame, e Pointing) tea.Msg
}

// Gesture is what the mouse does.
type Gesture int

// The gestures of the left button and the wheel.
const (
	Press Gesture = iota
	Drag          // the pointer moves while the button is down
	Release
	Wheel
)

// Pointing is an event of the mouse in a pane. Drag and Release go to the pane in
// which the button was pressed; their cell may lie outside it.
type Pointing struct {
	Gesture Gesture
	X, Y    int // cell inside the border, from 0
	W, H    int // cells inside the border
	Wheel   int // −1 up, 1 down; 0 for other gestures
}

// Taker is a pane that in some of its places takes a key before anybody else.
type Taker interface {
	Take(f *live.Frame, key string) (a Action, ok bool)
}

// Hearer is a pane that keeps what the screen says above its last line.
type Hearer interface {
	Hear(f *live.Frame, words string, failed bool)
}
