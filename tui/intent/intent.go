// Package intent defines what a pane or a dialog may see and request: frames of the
// session go down, intents come up, and the root carries them out.
package intent

import (
	"descent/core/recipe"
	"descent/session"
	"descent/session/journal"
	"descent/session/live"

	tea "github.com/charmbracelet/bubbletea"
)

// Training, and going to other steps.
type (
	// Play starts or pauses training.
	Play struct{ On bool }
	// Step pauses, and trains one step.
	Step struct{}
	// Pace sets how long a run takes.
	Pace struct{ Pace live.Pace }
	// Undo undoes the last decision and the training since.
	Undo struct{}
	// Redo redoes what was undone last.
	Redo struct{}
	// Reset restarts at step 0 with the current knobs.
	Reset struct{}
	// Move goes forward by Steps on the branch, or back if negative.
	Move struct{ Steps int }
	// SeekDecision goes to the next decision, or with −1 to the previous one.
	SeekDecision struct{ By int }
	// Go goes to a step of a branch, or to its end if that comes first.
	Go struct {
		Branch journal.BranchID
		Step   int
	}
	// AskStep asks for a step to go to.
	AskStep struct{}
	// Cancel cancels a jump to another step.
	Cancel struct{}
	// Recover takes the remedy of the diagnosis; after divergence it returns to the
	// last good step, then sets a stable learning rate.
	Recover struct{}
)

// Branches and races.
type (
	// Fork starts a branch.
	Fork struct{}
	// Name names a branch; without a label it asks for one.
	Name struct {
		Branch journal.BranchID
		Label  string
	}
	// Delete deletes a branch; Undo restores it.
	Delete struct{ Branch journal.BranchID }
	// Compare shows the curves of other branches, or only of the current one:
	// those of Branches or, if there are none, of all.
	Compare struct {
		On       bool
		Branches []journal.BranchID
	}
	// RaceMenu opens the menu of races, ends the race, or shows the result of one that
	// has ended, unless a fresh one is asked for.
	RaceMenu struct{ Fresh bool }
	// Repeat runs the race that has ended once more, with the next seed.
	Repeat struct{}
	// CancelRepeat ends that.
	CancelRepeat struct{}
	// Take goes on from the end of a racer, and dismisses the race.
	Take struct{ Branch journal.BranchID }
	// Race trains a branch for each of several racers.
	Race struct{ Racers []session.Racer }
	// DismissRace forgets the race that has ended.
	DismissRace struct{}
)

// Knobs. A path is that of a knob in the panel of the frame.
type (
	// Turn changes a knob by stops on its own scale.
	Turn struct {
		Path  string
		Stops int
	}
	// Scale multiplies a number; see Scaled.
	Scale struct {
		Path   string
		Factor float64
	}
	// Toggle switches between 0 and the last nonzero value, On if there was none.
	Toggle struct {
		Path string
		On   float64
	}
	// Set sets a knob to a value in text form.
	Set struct{ Path, Text string }
	// SetTogether makes several changes as one decision, and may resume training.
	SetTogether struct {
		Changes []recipe.Change
		Play    bool
	}
	// Pick opens the picker of a knob.
	Pick struct{ Path string }
	// Type asks for a value of a knob; the field starts with Text, which the first
	// letter typed replaces.
	Type struct{ Path, Text string }
	// LookAhead previews the curves for several values of the selected knob.
	LookAhead struct{}
	// Find opens the learning-rate range test.
	Find struct{}
)

// The network, its weights and files.
type (
	// ActMenu opens the menu of operations on the weights or the teacher.
	ActMenu struct{}
	// Act performs one of these.
	Act struct{ Act journal.Act }
	// AskRewind asks for the step whose weights to restore.
	AskRewind struct{}
	// AskBudget asks for a budget in bytes.
	AskBudget struct{}
	// FitTo searches for a compression within a budget, of the file or of the
	// weights alone.
	FitTo struct {
		Bytes int
		File  bool
	}
	// Compact saves the network without its pruned units; without a path it asks
	// for one.
	Compact struct{ Path string }
	// Save saves the model as one file, for a path that ends in .safetensors, else the
	// recipe as a preset and the weights beside it; of the step Best or, if that is 0,
	// as they are now. Without a path it asks for both.
	Save struct {
		Path string
		Best int
	}
	// SaveAs asks for the path of what Save is to save.
	SaveAs struct{ Best int }
)

// The screen.
type (
	// Focus focuses the next pane, or with −1 the previous one.
	Focus struct{ By int }
	// Open opens a preset by its name or path, or a session by that of its log, in
	// place of the current one, which is kept.
	Open struct{ Name string }
	// Gallery shows the gallery of presets.
	Gallery struct{}
	// Columns shows the table of columns of the data.
	Columns struct{}
	// NextTry passes on to the next step of the tour, or to the next preset.
	NextTry struct{}
	// View shows the view of that title.
	View struct{ Title string }
	// Zoom enlarges the focused pane to full screen, or restores it.
	Zoom struct{}
	// Bring makes a pane visible. Then, if not nil, is called with whether the pane
	// was visible before, and the intent it returns is carried out.
	Bring struct {
		Pane Pane
		Then func(shown bool) tea.Msg
	}
	// Perform carries out an action, whichever pane has the focus: a pane whose
	// action it is comes to the front.
	Perform struct {
		Pane   Pane // nil for a global action
		Action Action
	}
	// Choose opens a list of things to choose from.
	Choose struct {
		Title string
		About string // the page that explains it
		Items []Choice
	}
	// Choice is one of them, with what choosing it asks for.
	Choice struct {
		Label, Help string
		Intent      tea.Msg
	}
	// Palette opens the list of everything that can be done.
	Palette struct{}
	// Present turns the presentation mode on or off.
	Present struct{}
	// ExportMenu asks what to export.
	ExportMenu struct{}
	// Export writes one of these in a format to a file or, without a path, to the
	// clipboard.
	Export struct{ What, Format, Path string }
	// ExportTo writes the session or its network in a format of other programs.
	ExportTo struct{ Format, Path string }
	// CurveStyle draws single curves in dots of braille or as lines; it is remembered.
	CurveStyle struct{ Fine bool }
	// NextTheme changes to the next theme.
	NextTheme struct{}
	// Measure repeats measurements.
	Measure struct{ Probes []live.Probe }
	// Explain opens the page of what is selected.
	Explain struct{}
	// Read opens the page of a subject.
	Read struct{ Subject Subject }
	// Help opens the list of all keys.
	Help struct{}
	// Quit quits.
	Quit struct{}
)

// What can be exported.
const (
	WholeScreen = "screen"
	OnePane     = "pane"
	AllCurves   = "curves"
)
