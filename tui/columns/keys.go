package columns

import (
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Key handles a key; it may return Train, Write, intent.Quit or intent.Cancel.
func (v *View) Key(k tea.KeyMsg) tea.Msg {
	v.notice = ""
	name := k.String()
	if v.busy != "" {
		if name == "esc" {
			return intent.Cancel{}
		}
		return nil
	}
	if v.guide && name != "q" {
		v.guide = false
		return nil
	}
	switch name {
	case "up", "shift+tab":
		v.move(-1)
	case "down", "tab":
		v.move(1)
	case "pgup":
		v.move(-10)
	case "pgdown":
		v.move(10)
	case "home":
		v.at = 0
	case "end":
		v.at = len(v.d.Columns) - 1
	case "enter", " ":
		return Train{v.d}
	case "w":
		return Write{v.d}
	case "q":
		return intent.Quit{}
	case "esc":
		return intent.Cancel{}
	case "?":
		v.guide = true
	case "u":
		v.undo()
	default:
		v.change(name)
	}
	return nil
}

// Point handles a click or the wheel on a screen of w×h cells: a click selects.
func (v *View) Point(x, y, wheel, w, h int) tea.Msg {
	if wheel != 0 {
		v.move(wheel)
		return nil
	}
	s := v.shape(w, h)
	if i := s.top(v.at, len(v.d.Columns)) + y - headLines; x < s.list && y >= headLines && y < headLines+s.rows && i < len(v.d.Columns) {
		v.at = i
	}
	return nil
}
