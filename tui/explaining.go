package tui

import (
	"slices"
	"sync"

	"descent/tui/dialog"
	"descent/tui/explain"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// reference is every page, read once.
var reference = sync.OnceValues(func() (explain.Book, error) { return explain.New(Manual()...) })

// readReference reads it before anybody has to wait for it.
func readReference() tea.Msg {
	_, _ = reference()
	return nil
}

// subject is what is selected: in the dialog, in what is looked ahead at, or in the
// pane with the focus, whose own page is behind it.
func (m *root) subject() intent.Subject {
	if d, ok := m.dialog.(dialog.Explained); ok {
		return d.Subject()
	}
	if m.ahead != nil {
		return m.ahead.Subject()
	}
	pane := m.panes[m.focus]
	s := intent.Subject{}
	if p, ok := pane.(intent.Explainer); ok {
		s = p.Subject(m.frame)
	}
	s.Pages = slices.Concat([]string{"pane " + pane.Title()}, s.Pages)
	return s
}

// explains tells whether what takes the keys has something highlighted to explain.
func (m *root) explains() bool {
	_, ok := m.dialog.(dialog.Explained)
	return ok || m.dialog == nil && m.ahead != nil
}

// explain opens the pages of a subject over what is open.
func (m *root) explain(s intent.Subject) {
	book, err := reference()
	if err != nil {
		m.notice = notice{err.Error(), failure}
		return
	}
	m.cover(dialog.NewExplain(m.t, book, m.standing, s))
}

// standing is a knob's value as the panel has it, "" if it has none of that path.
func (m *root) standing(path string) string {
	d, ok := intent.Dial(m.frame, path)
	if !ok {
		return ""
	}
	return d.Knob.Format(d.Value)
}

// cover lays a dialog over the one that is open, which comes back when it is done.
func (m *root) cover(d dialog.Dialog) { m.covered, m.dialog = m.dialog, d }

// uncover leaves the dialog for the one that it lies over, if there is any.
func (m *root) uncover() { m.dialog, m.covered = m.covered, nil }
