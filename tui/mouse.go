package tui

import (
	"descent/session/live"
	"descent/tui/intent"
	"descent/tui/stage"

	tea "github.com/charmbracelet/bubbletea"
)

// body is where the panes stand: below head lines, in w×h cells.
type body struct{ head, w, h int }

// hand remembers where the button was pressed: what follows goes to the same pane.
type hand struct{ holds intent.Pane }

// pointed answers an event of the mouse: a click on a tab shows its view, one on a
// pane focuses it, and the pane handles clicks, drags and the wheel. hit is false
// beside them.
func (d *hand) pointed(s *stage.Stage, f *live.Frame, msg tea.MouseMsg, b body) (asked tea.Msg, hit bool) {
	e, ok := gesture(msg)
	if !ok {
		return nil, false
	}
	if b.head == 2 && msg.Y == 1 && e.Gesture == intent.Press {
		return s.TabAt(msg.X, b.w), true
	}
	if e.Gesture == intent.Press {
		d.holds = nil
	}
	for _, p := range s.Places(f, b.w, b.h) {
		x, y := msg.X-p.X, msg.Y-b.head-p.Y
		e.X, e.Y, e.W, e.H = x-1, y-1, p.W-2, p.H-2
		pane, points := s.Pane(p).(intent.Pointer)
		if e.Gesture == intent.Drag || e.Gesture == intent.Release {
			if d.holds == nil || s.Pane(p) != d.holds {
				continue
			}
			if e.Gesture == intent.Release {
				d.holds = nil
			}
			return pane.Point(f, e), false
		}
		if x < 0 || y < 0 || x >= p.W || y >= p.H {
			continue
		}
		if e.Gesture == intent.Press {
			s.Focus(s.Pane(p))
		}
		if !points || p.Strip || x == 0 || y == 0 || x == p.W-1 || y == p.H-1 {
			return nil, true
		}
		if e.Gesture == intent.Press {
			d.holds = s.Pane(p)
		}
		return pane.Point(f, e), true
	}
	if e.Gesture == intent.Release {
		d.holds = nil
	}
	return nil, false
}

// gesture reads an event of the mouse; ok is false for other buttons, and for motion
// without one. Terminals that do not name the released button mean the left one.
func gesture(msg tea.MouseMsg) (e intent.Pointing, ok bool) {
	switch msg.Button {
	case tea.MouseButtonWheelUp:
		e = intent.Pointing{Gesture: intent.Wheel, Wheel: -1}
	case tea.MouseButtonWheelDown:
		e = intent.Pointing{Gesture: intent.Wheel, Wheel: 1}
	case tea.MouseButtonLeft, tea.MouseButtonNone:
		e.Gesture = map[tea.MouseAction]intent.Gesture{tea.MouseActionPress: intent.Press, tea.MouseActionMotion: intent.Drag, tea.MouseActionRelease: intent.Release}[msg.Action]
		return e, msg.Button == tea.MouseButtonLeft || e.Gesture == intent.Release
	default:
		return e, false
	}
	return e, msg.Action == tea.MouseActionPress
}

// each handles letters that arrive in one message one by one, unless they were pasted.
func each(msg tea.KeyMsg, key func(tea.KeyMsg) tea.Cmd) tea.Cmd {
	if msg.Type != tea.KeyRunes || len(msg.Runes) <= 1 || msg.Paste {
		return key(msg)
	}
	cmds := make([]tea.Cmd, len(msg.Runes))
	for i, r := range msg.Runes {
		cmds[i] = key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}, Alt: msg.Alt})
	}
	return tea.Batch(cmds...)
}
