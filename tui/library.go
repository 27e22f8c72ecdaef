package tui

import (
	"context"
	"fmt"
	"sync/atomic"

	"descent/core"
	"descent/core/recipe"
	"descent/presets"
	"descent/presets/draft"
	"descent/presets/tour"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/gallery"
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
	// Draft reads the data of a recipe as a table of columns; Write writes the recipe of
	// one to a new file, and returns its path.
	Draft func(ctx context.Context, r recipe.Recipe) (*draft.Draft, error)
	Write func(d *draft.Draft) (path string, err error)
	// Complete lists the paths of files and folders that begin as typed.
	Complete func(typed string) []string
	// Stored lists the sessions, the latest first, and the preset files that are at
	// hand.
	Stored func() (sessions []journal.Stored, files []string)
	// Data finds the data of presets, for pictures.
	Data core.Files
}

// Opened is a session that was opened, and what there is to say about it; or a file of
// data, which is looked at first.
type Opened struct {
	Runner *live.Runner
	Draft  *draft.Draft
	Notes  []string
}

// pendingOpen is something that is being opened.
type pendingOpen struct {
	cancel context.CancelFunc
	told   atomic.Pointer[string]
	done   chan struct{} // closed when Open has returned
	opened Opened
	err    error
}

type (
	openedMsg struct{ o *pendingOpen }
	tellMsg   struct{ o *pendingOpen }
	storedMsg struct {
		sessions []journal.Stored
		files    []string
	}
	previewMsg struct {
		name    string
		preview gallery.Preview
	}
)

type (
	// openMsg asks for a preset or a session in place of the current one.
	openMsg struct {
		name  string
		trial *intent.OpenTrial // instead; nil for a name
		data  *recipe.Recipe    // instead, whose data are asked for as a table of columns
		draft *draft.Draft      // instead, which is trained
	}
	// galleryMsg asks for the gallery.
	galleryMsg struct{}
)

// elsewhere is what asks for the gallery, or for the table of columns.
func elsewhere(asked tea.Msg, f *live.Frame) tea.Msg {
	if _, columns := asked.(intent.Columns); columns {
		return openMsg{data: &f.Recipe}
	}
	return galleryMsg{}
}

// begin is what opens what was asked for, and what it is called; nil where the library
// cannot.
func (o openMsg) begin(l Library) (name string, begin func(ctx context.Context, tell func(string)) (Opened, error)) {
	train := func(r recipe.Recipe, steps int) func(context.Context, func(string)) (Opened, error) {
		if l.Begin == nil {
			return nil
		}
		return func(ctx context.Context, tell func(string)) (Opened, error) { return l.Begin(ctx, r, steps, tell) }
	}
	switch {
	case o.trial != nil:
		return fmt.Sprintf("trial %d", o.trial.Trial), train(o.trial.Recipe, o.trial.Steps)
	case o.draft != nil:
		return o.draft.Recipe.Name, train(o.draft.Recipe, 0)
	case o.data != nil && l.Draft != nil:
		return "the table of columns", func(ctx context.Context, _ func(string)) (Opened, error) {
			d, err := l.Draft(ctx, *o.data)
			return Opened{Draft: d}, err
		}
	case o.data == nil && l.Open != nil:
		return o.name, func(ctx context.Context, tell func(string)) (Opened, error) { return l.Open(ctx, o.name, tell) }
	}
	return "", nil
}

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
