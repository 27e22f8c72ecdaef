package tui

import (
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// mouse finds the pane under the pointer: a click focuses it, and the pane handles
// clicks and the wheel.
func (m *root) mouse(msg tea.MouseMsg) tea.Cmd {
	wheel := msg.Button == tea.MouseButtonWheelUp || msg.Button == tea.MouseButtonWheelDown
	if m.dialog != nil || m.tooSmall() || msg.Action != tea.MouseActionPress || !wheel && msg.Button != tea.MouseButtonLeft {
		return nil
	}
	if m.head() == 2 && msg.Y == 1 && !wheel {
		return m.intend(m.TabAt(msg.X, m.w))
	}
	for _, p := range m.Places(m.frame, m.w, m.bodyHeight()) {
		x, y := msg.X-p.X, msg.Y-m.head()-p.Y
		if x < 0 || y < 0 || x >= p.W || y >= p.H {
			continue
		}
		m.notice = notice{}
		if !wheel {
			m.Focus(m.Pane(p))
		}
		pane, ok := m.Pane(p).(intent.Pointer)
		if !ok || p.Strip || x == 0 || y == 0 || x == p.W-1 || y == p.H-1 {
			return nil
		}
		by := 0
		switch msg.Button {
		case tea.MouseButtonWheelUp:
			by = -1
		case tea.MouseButtonWheelDown:
			by = 1
		}
		return m.intend(pane.Point(m.frame, x-1, y-1, p.W-2, p.H-2, by))
	}
	return nil
}
