package tui

import (
	"strings"

	"descent/session/live"
	"descent/tui/dialog"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/stage"

	tea "github.com/charmbracelet/bubbletea"
)

// body is where the panes stand: below head lines, in w×h cells of a screen of bottom
// lines.
type body struct{ head, w, h, bottom int }

// hand remembers where the button was pressed: what follows goes to the same pane.
type hand struct {
	holds intent.Pane
	foot  footing // as last drawn
}

// drags reports whether an event goes on with what a pane was pressed for.
func (d *hand) drags(msg tea.MouseMsg) bool {
	return d.holds != nil && msg.Action != tea.MouseActionPress
}

// pointed answers an event of the mouse: a click on a tab shows its view, one on the
// footer does what its key does, one on a pane focuses it, and the pane handles
// clicks, drags and the wheel. hit is false beside them.
func (d *hand) pointed(s *stage.Stage, f *live.Frame, msg tea.MouseMsg, b body) (asked tea.Msg, hit bool) {
	e, ok := gesture(msg)
	if !ok {
		return nil, false
	}
	switch e.Gesture {
	case intent.Drag, intent.Release:
		return d.held(s, f, e, msg, b), false
	case intent.Press:
		d.holds = nil
		switch {
		case b.head == 2 && msg.Y == 1:
			return s.TabAt(msg.X, b.w), true
		case msg.Y == b.bottom-1:
			return d.foot.click(msg.X), true
		}
	}
	for _, p := range s.Places(f, b.w, b.h) {
		x, y := msg.X-p.X, msg.Y-b.head-p.Y
		if x < 0 || y < 0 || x >= p.W || y >= p.H {
			continue
		}
		pane := s.Pane(p)
		if e.Gesture == intent.Press {
			s.Focus(pane)
		}
		points, ok := pane.(intent.Pointer)
		if !ok || p.Strip || x == 0 || y == 0 || x == p.W-1 || y == p.H-1 {
			return nil, true
		}
		if e.Gesture == intent.Press {
			d.holds = pane
		}
		return points.Point(f, within(e, msg, p, b)), true
	}
	return nil, false
}

// held passes a drag, or the release that ends it, to the pane that has been pressed.
func (d *hand) held(s *stage.Stage, f *live.Frame, e intent.Pointing, msg tea.MouseMsg, b body) tea.Msg {
	pane, ok := d.holds.(intent.Pointer)
	if e.Gesture == intent.Release {
		defer func() { d.holds = nil }()
	}
	for _, p := range s.Places(f, b.w, b.h) {
		if ok && s.Pane(p) == d.holds {
			return pane.Point(f, within(e, msg, p, b))
		}
	}
	return nil
}

// within adds the cell in a pane.
func within(e intent.Pointing, msg tea.MouseMsg, p stage.Place, b body) intent.Pointing {
	e.X, e.Y, e.W, e.H = msg.X-p.X-1, msg.Y-b.head-p.Y-1, p.W-2, p.H-2
	return e
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
		switch msg.Action {
		case tea.MouseActionMotion:
			e.Gesture = intent.Drag
		case tea.MouseActionRelease:
			e.Gesture = intent.Release
		default:
			e.Gesture = intent.Press
		}
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

// belowLow is the number of lines below a dialog at the lower left: the footer.
const belowLow = 1

// over answers an event of the mouse while a dialog is open, on a screen of w×h
// cells: the wheel moves, a click on a line chooses it, one beside the box closes it.
func over(open dialog.Dialog, msg tea.MouseMsg, w, h int) (asked tea.Msg, done bool) {
	e, ok := gesture(msg)
	switch {
	case !ok:
		return nil, false
	case e.Gesture == intent.Wheel && e.Wheel < 0:
		return open.Key(tea.KeyMsg{Type: tea.KeyUp})
	case e.Gesture == intent.Wheel:
		return open.Key(tea.KeyMsg{Type: tea.KeyDown})
	case e.Gesture != intent.Press:
		return nil, false
	}
	block := open.View(w, h)
	x, y := draw.Centre(block, w, h)
	if _, low := open.(dialog.Low); low {
		x, y = draw.Corner(block, w, h, belowLow)
	}
	x, y = msg.X-x, msg.Y-y
	first, _, _ := strings.Cut(block, "\n")
	if x < 0 || y < 0 || x >= draw.Width(first) || y > strings.Count(block, "\n") {
		return open.Key(tea.KeyMsg{Type: tea.KeyEsc})
	}
	if c, ok := open.(dialog.Clicked); ok {
		return c.Click(x, y)
	}
	return nil, false
}
