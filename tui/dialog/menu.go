package dialog

import (
	"strings"

	"descent/tui/draw"

	tea "github.com/charmbracelet/bubbletea"
)

// Menu is a list of things to do.
type Menu struct {
	t     *draw.Theme
	title string
	items []menuItem
	at    int
}

type menuItem struct {
	label, help string
	intent      tea.Msg
}

func (m *Menu) Key(msg tea.KeyMsg) (tea.Msg, bool) {
	switch msg.String() {
	case "up", "k":
		m.at = max(m.at-1, 0)
	case "down", "j", "tab", "R", "A":
		m.at = (m.at + 1) % len(m.items)
	case "enter":
		return m.items[m.at].intent, true
	case "esc", "q":
		return nil, true
	}
	return nil, false
}

func (m *Menu) View(w, h int) string {
	inner, wide := min(w-6, 96), 8
	for _, it := range m.items {
		wide = min(max(wide, draw.Width(it.label)+2), 24, inner/2)
	}
	var lines []string
	first, last := 0, 0 // lines of the chosen item
	for i, it := range m.items {
		mark, style := " ", m.t.Text
		if i == m.at {
			mark, style, first = "▸", m.t.Selected, len(lines)
		}
		for k, text := range strings.Split(draw.Wrap(it.help, inner-wide-2), "\n") {
			label := mark + draw.FitLine(it.label, wide)
			if k > 0 {
				label = strings.Repeat(" ", wide+1)
			}
			lines = append(lines, style.Render(label)+m.t.Muted.Render(strings.TrimSpace(text)))
		}
		if i == m.at {
			last = len(lines)
		}
	}
	if room := max(h-4, 1); len(lines) > room {
		top := min(max(last-room, 0), first)
		lines = lines[top : top+room]
	}
	lines = append(lines, m.t.Muted.Render(" ↑↓ choose   enter begins   esc leaves"))
	return m.t.Box(m.title, nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}
