// Package dialog holds the modal dialogs: pickers, text fields, the help, the
// learning-rate range test, the search for a compression within a budget, and the
// look-ahead.
package dialog

import (
	"descent/session/live"
	"descent/tui/draw"
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

// Low is a dialog that stands at the lower left, so that the curves it tells of stay in
// view.
type Low interface {
	Low()
}

// Clicked is a dialog with lines that a click chooses.
type Clicked interface {
	// Click answers a click on a cell of the box, its border included, as Key does.
	Click(x, y int) (intent tea.Msg, done bool)
}

// Waiter is a dialog that may be done without a key, once what it measures is there.
type Waiter interface {
	// Due returns its intent then, nil before.
	Due() tea.Msg
}

// Explained is a dialog in which `?` explains what is highlighted.
type Explained interface {
	Subject() intent.Subject
}

// bettered reports whether the present weights, measured while training rests, are at
// least as good as the best step that was evaluated.
func bettered(f *live.Frame) bool {
	return !f.Playing && f.Best.Validated && f.Eval.HasVal && f.Eval.Step == f.Step && f.Eval.ValLoss <= f.Best.Value
}

// For returns the dialog that an intent asks for, nil if it asks for none or cannot
// have one now.
func For(t *draw.Theme, f *live.Frame, asked tea.Msg) Dialog {
	switch i := asked.(type) {
	case intent.AskStep:
		return StepPrompt(t, f)
	case intent.Name:
		return NamePrompt(t, f, i.Branch)
	case intent.Choose:
		return NewChoice(t, i)
	case intent.ActMenu:
		return ActMenu(t, f)
	case intent.Compact:
		return CompactPrompt(t, f)
	case intent.AskRewind:
		return RewindPrompt(t, f)
	case intent.Save:
		if b := f.Best; b.Known() && b.Step != f.Step && !f.Racing && !bettered(f) {
			return SaveMenu(t, f)
		}
		return SavePrompt(t, f, 0)
	case intent.SaveAs:
		return SavePrompt(t, f, i.Best)
	case intent.AskBudget:
		return BudgetPrompt(t, f)
	case intent.Pick:
		if d, ok := intent.FindKnob(f, i.Path); ok {
			return NewPicker(t, d)
		}
	case intent.Type:
		if d, ok := intent.FindKnob(f, i.Path); ok {
			return ValuePrompt(t, d, i.Text)
		}
	}
	return nil
}
