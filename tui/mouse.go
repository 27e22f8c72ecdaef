package tui

import (
	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/stage"

	tea "github.com/charmbracelet/bubbletea"
)

// body is where the panes stand: below head lines, in w×h cells.
type body struct{ head, w, h int }

// pointed answers a click or a turn of the wheel: a click on a tab shows its view,
// one on a pane focuses it, and the pane handles clicks and the wheel. hit is false
// beside them.
func pointed(s *stage.Stage, f *live.Frame, msg tea.MouseMsg, b body) (asked tea.Msg, hit bool) {
	by := 0
	switch msg.Button {
	case tea.MouseButtonWheelUp:
		by = -1
	case tea.MouseButtonWheelDown:
		by = 1
	case tea.MouseButtonLeft:
	default:
		return nil, false
	}
	if msg.Action != tea.MouseActionPress {
		return nil, false
	}
	if b.head == 2 && msg.Y == 1 && by == 0 {
		return s.TabAt(msg.X, b.w), true
	}
	for _, p := range s.Places(f, b.w, b.h) {
		x, y := msg.X-p.X, msg.Y-b.head-p.Y
		if x < 0 || y < 0 || x >= p.W || y >= p.H {
			continue
		}
		if by == 0 {
			s.Focus(s.Pane(p))
		}
		pane, ok := s.Pane(p).(intent.Pointer)
		if !ok || p.Strip || x == 0 || y == 0 || x == p.W-1 || y == p.H-1 {
			return nil, true
		}
		return pane.Point(f, x-1, y-1, p.W-2, p.H-2, by), true
	}
	return nil, false
}
