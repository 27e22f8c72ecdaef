// Package intent is what a pane or a dialog may see, and what it may ask for: the
// frame of the session comes down, intents go up, and the root carries them out.
package intent

import (
	"descent/core/recipe"
	"descent/session/journal"
	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
)

// Training, and going through time.
type (
	// Play trains, or pauses.
	Play struct{ On bool }
	// Step pauses, and trains one step.
	Step struct{}
	// Speed limits training to so many steps per second; 0 is no limit.
	Speed struct{ PerSecond int }
	// Undo goes back to before the last decision.
	Undo struct{}
	// Redo takes the last undo back.
	Redo struct{}
	// Reset begins again at step 0, the knobs as they stand.
	Reset struct{}
	// Move goes so many steps forth, or with a negative number back, on the branch.
	Move struct{ Steps int }
	// Leap goes to the next decision, or with −1 to the one before.
	Leap struct{ By int }
	// Go goes to a step of a branch, or to its end if that comes first.
	Go struct {
		Branch journal.BranchID
		Step   int
	}
	// AskStep opens a field to type a step to go to.
	AskStep struct{}
	// Cancel breaks off going through time.
	Cancel struct{}
	// Recover goes to the last good step after a blow-up, then sets the rate that
	// lasts from there.
	Recover struct{}
)

// Branches and races.
type (
	// Fork begins a branch.
	Fork struct{}
	// Name names a branch; without a label it opens a field to type one.
	Name struct {
		Branch journal.BranchID
		Label  string
	}
	// Delete deletes a branch, until an undo.
	Delete struct{ Branch journal.BranchID }
	// Compare shows the curves of all branches, or of the present one alone.
	Compare struct{ On bool }
	// RaceMenu opens the choice of what to race, or ends the race.
	RaceMenu struct{}
	// Race trains a branch for each of several values of a knob.
	Race struct {
		Path   string
		Values []string
	}
)

// Knobs. A path is that of a knob in the panel of the frame.
type (
	// Turn turns a knob by stops on its own scale.
	Turn struct {
		Path  string
		Stops int
	}
	// Scale multiplies a number; see Scaled.
	Scale struct {
		Path   string
		Factor float64
	}
	// Toggle goes between 0 and the last other value, On if there was none.
	Toggle struct {
		Path string
		On   float64
	}
	// Set sets a knob to a text as the user types it.
	Set struct{ Path, Text string }
	// SetTogether makes several changes as one decision, and perhaps trains on.
	SetTogether struct {
		Changes []recipe.Change
		Play    bool
	}
	// Pick opens the choices of a knob.
	Pick struct{ Path string }
	// Type opens a field with a text in it, or without one the key that opened it.
	Type struct{ Path, Text string }
	// LookAhead shows the curves that values of the chosen knob would give.
	LookAhead struct{}
	// Find opens the learning-rate range test.
	Find struct{}
)

// The network, its weights and files.
type (
	// ActMenu opens the choice of what can be done to the weights or the teacher.
	ActMenu struct{}
	// Act does it.
	Act struct{ Act journal.Act }
	// AskRewind opens a field for the step whose weights are to come back.
	AskRewind struct{}
	// AskBudget opens a field for a budget of bytes.
	AskBudget struct{}
	// FitTo searches for what fits into a budget, of the file or of the weights alone.
	FitTo struct {
		Bytes int
		File  bool
	}
	// Compact saves the network cut to what is left of it; without a path it opens a
	// field to type one.
	Compact struct{ Path string }
	// Save saves the recipe as a preset and the weights beside it; without a path it
	// opens a field to type one.
	Save struct{ Path string }
)

// The screen.
type (
	// Focus gives the focus to the next pane, or with −1 to the one before.
	Focus struct{ By int }
	// Zoom gives the pane with the focus the whole screen, or takes it back.
	Zoom struct{}
	// Bring brings a pane to the screen. Then, if it is not nil, is told whether the
	// pane was there before, and what it returns is carried out too.
	Bring struct {
		Pane Pane
		Then func(shown bool) tea.Msg
	}
	// Measure has probes measured anew.
	Measure struct{ Probes []live.Probe }
	// Explain opens the page of what is selected.
	Explain struct{}
	// Help opens the list of all keys.
	Help struct{}
	// Quit leaves.
	Quit struct{}
)
