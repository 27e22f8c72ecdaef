package tui

import (
	"slices"
	"sync"

	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/explain"
	"descent/tui/intent"
	"descent/tui/palette"

	tea "github.com/charmbracelet/bubbletea"
)

// reference is every page, read once.
var reference = sync.OnceValues(func() (explain.Book, error) { return explain.New(Manual()...) })

// readReference reads it before anybody has to wait for it.
func readReference() tea.Msg {
	_, _ = reference()
	return nil
}

// subject is what is selected in a pane, whose own page is behind it.
func subject(p intent.Pane, f *live.Frame) intent.Subject {
	var s intent.Subject
	if e, ok := p.(intent.Explainer); ok {
		s = e.Subject(f)
	}
	s.Pages = slices.Concat([]string{"pane " + p.Title()}, s.Pages)
	return s
}

// standing tells where a knob of the panel stands, "" of one that it does not have.
func standing(now func() *live.Frame) func(path string) string {
	return func(path string) string {
		d, ok := intent.FindKnob(now(), path)
		if !ok {
			return ""
		}
		return d.Knob.Format(d.Value)
	}
}

// boxes are the dialogs that are open.
type boxes struct {
	dialog  dialog.Dialog // the one that takes the keys; nil for none
	covered dialog.Dialog // over which the reference or the help lies; nil for none
	recent  palette.Recent
}

// findAnything opens the palette.
func (b *boxes) findAnything(t *draw.Theme, now func() *live.Frame, global []intent.Action, panes []intent.Pane) error {
	book, err := reference()
	if err == nil {
		b.dialog = palette.New(t, palette.Sources{Frame: now(), Global: global, Panes: panes, Book: book}, now, &b.recent)
	}
	return err
}

// cover lays a dialog over the one that is open, which comes back when it is done.
func (b *boxes) cover(d dialog.Dialog) { b.covered, b.dialog = b.dialog, d }

// uncover leaves the dialog for the one that it lies over, if there is any.
func (b *boxes) uncover() { b.dialog, b.covered = b.covered, nil }

// highlighting is what takes the keys, an open dialog or else the look-ahead, if
// something is highlighted in it; else nil.
func (b *boxes) highlighting(ahead *dialog.Ahead) dialog.Explained {
	if d, ok := b.dialog.(dialog.Explained); ok {
		return d
	}
	if b.dialog == nil && ahead != nil {
		return ahead
	}
	return nil
}

// wanted are the probes of the dialogs.
func (b *boxes) wanted() (out []live.Probe) {
	for _, open := range []dialog.Dialog{b.covered, b.dialog} {
		if d, ok := open.(dialog.Watcher); ok {
			out = append(out, d.Probes()...)
		}
	}
	return out
}

// ahead makes the look-ahead for a knob at a step, or says why there is none.
func ahead(d live.KnobState, step int) (a *dialog.Ahead, why string) {
	if d.Inert != "" {
		return nil, d.Inert
	}
	if a = dialog.NewAhead(d, step); len(a.Values) < 2 {
		return nil, "there is nothing to compare for " + d.Knob.Path
	}
	return a, ""
}
