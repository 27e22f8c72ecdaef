package tui

import (
	"context"

	"descent/core"
	"descent/core/recipe"
	"descent/presets"
	"descent/presets/tour"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Library is what the gallery offers.
type Library struct {
	// Open opens a preset, by its name or path, or the session of a log. It may take
	// long: ctx cancels it, and tell is called with what it does.
	Open func(ctx context.Context, name string, tell func(text string)) (Opened, error)
	// Begin begins a session with a recipe, and trains it for so many steps; ctx and tell
	// are as in Open.
	Begin func(ctx context.Context, r recipe.Recipe, steps int, tell func(text string)) (Opened, error)
	// Stored lists the sessions, the latest first, and the preset files that are at
	// hand.
	Stored func() (sessions []journal.Stored, files []string)
	// Data finds the data of presets, for pictures.
	Data core.Files
}

// Opened is a session that was opened, and what there is to say about it.
type Opened struct {
	Runner *live.Runner
	Notes  []string
}

type (
	// openMsg asks for a preset or a session in place of the current one.
	openMsg struct {
		name  string
		trial *intent.OpenTrial // instead; nil for a name
	}
	// galleryMsg asks for the gallery.
	galleryMsg struct{}
)

// doneMsg reports that the runner has served a request.
type doneMsg struct {
	err  error
	said string // on success
}

// wait reports when a request has been served.
func wait(p live.Pending, said string) tea.Cmd {
	return func() tea.Msg { return doneMsg{p.Wait(), said} }
}

// par returns what the built-in preset of a recipe reaches by itself, and the loss
// function in which that is measured.
func par(r recipe.Recipe) (loss float64, function string, ok bool) {
	if loss, ok = tour.Par(r.Name); !ok || presets.Title(r.Name) != r.Title {
		return 0, "", false
	}
	own, err := presets.Load(r.Name)
	if err != nil {
		return 0, "", false
	}
	set, err := own.Settings.Find("loss.name")
	return loss, set.Value.Word(), err == nil
}
