package tui

import (
	"descent/core/recipe"
	"descent/session"
	"descent/session/live"

	"github.com/charmbracelet/bubbletea"
)

// Action is one thing a key does: the table of actions is the dispatch, the
// footer and the help alike.
type Action struct {
	Keys  []string                 // as Bubble Tea names them; the first is shown
	Show  string                   // the key as shown, if not Keys[0]
	Pair  string                   // for the footer: the key with that of its counterpart, which keeps out of it
	Label string                   // a word for the footer; "" keeps it out
	Now   func(*live.Frame) string // the word where it changes; nil: Label
	Help  string                   // a sentence for the help
	// Off says why it cannot work now, "" if it can. nil: it always can.
	Off func(*live.Frame) string
	// Do returns what should happen: an intent for the root, or nil.
	Do func(*live.Frame) tea.Msg
	// Anywhere lets a pane's key work while another pane has the focus.
	Anywhere bool
}

// key is the action's own key as the help shows it.
func (a Action) key() string {
	if a.Show != "" {
		return a.Show
	}
	if sign := signs[a.Keys[0]]; sign != "" {
		return sign
	}
	return a.Keys[0]
}

// word is the footer's word as things stand.
func (a Action) word(f *live.Frame) string {
	if a.Now != nil {
		return a.Now(f)
	}
	return a.Label
}

// hint is the key as the footer shows it.
func (a Action) hint() string {
	if a.Pair != "" {
		return a.Pair
	}
	return a.key()
}

// signs stand for keys whose names are longer.
var signs = map[string]string{" ": "space", "up": "↑", "down": "↓", "left": "←", "right": "→"}

func (a Action) takes(key string) bool {
	for _, k := range a.Keys {
		if k == key {
			return true
		}
	}
	return false
}

// Pane is one part of the screen. It sees the session only as frames, and asks
// for things by the intents its actions return.
type Pane interface {
	Title() string
	Note(f *live.Frame) string // on the right of the upper edge
	Actions() []Action
	// Shown tells whether there is anything to show for what is trained.
	Shown(f *live.Frame) bool
	// View is exactly h lines of w cells, drawn from f and the pane's own state alone.
	View(f *live.Frame, w, h int, focused bool) string
}

// watcher is a pane that draws what probes found.
type watcher interface {
	// Probes are those it wants for a view of w×h cells.
	Probes(f *live.Frame, w, h int) []live.Probe
}

// pointed is a pane that does something where the mouse clicks (wheel is 0) or
// its wheel turns (−1 up, 1 down).
type pointed interface {
	Point(f *live.Frame, x, y, w, h, wheel int) tea.Msg
}

// The intents: what a pane or a dialog may ask of the root.
type (
	playIntent  struct{ on bool }
	stepIntent  struct{}
	speedIntent struct{ perSecond int }
	undoIntent  struct{}
	resetIntent struct{}
	quitIntent  struct{}
	helpIntent  struct{}
	zoomIntent  struct{}
	focusIntent struct{ by int }
	redoIntent  struct{}
	moveIntent  struct{ steps int } // in time, on the branch
	leapIntent  struct{ by int }    // to the next decision, or the one before
	goIntent    struct {            // to a step of a branch
		branch session.BranchID
		step   int
	}
	askStepIntent struct{} // open a field to type a step
	forkIntent    struct{}
	nameIntent    struct { // a branch; "" opens a field
		branch session.BranchID
		label  string
	}
	deleteIntent   struct{ branch session.BranchID }
	compareIntent  struct{ on bool }
	cancelIntent   struct{}
	recoverIntent  struct{} // after a blow-up: to the last good step, then the lower rate
	findIntent     struct{} // open the rate finder
	aheadIntent    struct{} // look ahead with the selected knob
	raceMenuIntent struct{} // choose what to race, or end the race
	raceIntent     struct { // values of a knob against each other
		path   string
		values []string
	}
	actMenuIntent   struct{} // choose what to do to the weights or the teacher
	actIntent       struct{ act session.Act }
	compactIntent   struct{ path string } // "" opens a field to type the name
	askRewindIntent struct{}              // open a field for the step of the weights
	fitIntent       struct{}              // open a field to type a budget of bytes
	fitToIntent     struct {
		bytes int
		file  bool // the file counts, not the weights alone
	}
	takeIntent struct { // several decisions as one, and play again
		changes []recipe.Change
		play    bool
	}
	showIntent    struct{ pane int } // bring a pane to the screen
	viewIntent    struct{ pane int } // the same, or if it is there turn its views
	explainIntent struct{}           // the same of the data, with what answers depend on, or if it is there without
	measureIntent struct{}           // the same of the compression, measured again

	turnIntent struct { // by stops on the knob's own scale
		path  string
		stops int
	}
	scaleIntent struct { // by a factor
		path   string
		factor float64
	}
	toggleIntent struct { // between 0 and the last other value
		path string
		on   float64
	}
	setIntent struct {
		path string
		text string // as typed
	}
	pickIntent struct{ path string }       // open a picker
	typeIntent struct{ path, text string } // open a field to type a value
	saveIntent struct{ path string }       // "" opens a field to type the name
)
