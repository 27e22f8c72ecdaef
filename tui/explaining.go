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
	"descent/tui/search"

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

// scene is what a dialog is opened on.
type scene struct {
	t      *draw.Theme
	now    func() *live.Frame
	global []intent.Action
	panes  []intent.Pane // that with the focus first, and again in its place
	ahead  *dialog.Ahead // nil if none is open
}

// show opens the dialog of an intent, if it has one. pauses tells that it measures
// while training pauses.
func (b *boxes) show(asked tea.Msg, s scene) (pauses bool, err error) {
	switch i := asked.(type) {
	case intent.Palette:
		var book explain.Book
		if book, err = reference(); err == nil {
			b.dialog = palette.New(s.t, palette.Sources{
				Frame: s.now(), Global: s.global, Panes: s.panes, Book: book, Open: func(preset string) tea.Msg { return intent.Open{Name: preset} },
			}, s.now, &b.recent)
		}
	case intent.Explain:
		about := subject(s.panes[0], s.now())
		if open := b.highlighting(s.ahead); open != nil {
			about = open.Subject()
		}
		return false, b.read(about, s)
	case intent.Read:
		return false, b.read(i.Subject, s)
	case intent.Help:
		b.cover(dialog.NewHelp(s.t, s.now(), s.global, s.panes))
	case intent.FitTo:
		b.dialog, pauses = dialog.NewFitter(s.t, s.now, i), true
	case intent.Find:
		b.dialog, pauses = dialog.NewFinder(s.t, s.now), true
	default:
		if d := dialog.For(s.t, s.now(), asked); d != nil {
			b.dialog = d
			break
		}
		var d search.Dialog
		if d, err = search.For(s.t, s.now, asked); d != nil {
			b.dialog = d
		}
	}
	return pauses, err
}

// read opens the page of a subject.
func (b *boxes) read(about intent.Subject, s scene) error {
	book, err := reference()
	if err == nil {
		b.cover(dialog.NewExplain(s.t, book, standing(s.now), about))
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
