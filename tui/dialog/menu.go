package dialog

import (
	"strings"

	"descent/session/journal"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Menu is a list of actions.
type Menu struct {
	t     *draw.Theme
	title string
	about string // its page, that of the operations if ""
	items []menuItem
	choices
}

type menuItem struct {
	label, help string
	intent      tea.Msg
}

func (m *Menu) Key(msg tea.KeyMsg) (tea.Msg, bool) {
	switch msg.String() {
	case "enter":
		if i, ok := m.chosen(); ok {
			return m.items[i].intent, true
		}
	case "esc":
		return nil, true
	default:
		m.key(msg)
	}
	return nil, false
}

func (m *Menu) add(label, help string, asked tea.Msg) {
	m.items = append(m.items, menuItem{label, help, asked})
	m.names = append(m.names, label+" "+help)
}

// Click starts the item in a line.
func (m *Menu) Click(_, y int) (tea.Msg, bool) {
	if !m.clicked(y) {
		return nil, false
	}
	return m.Key(tea.KeyMsg{Type: tea.KeyEnter})
}

func (m *Menu) View(w, h int) string {
	inner, wide := min(w-6, 96), 8
	for _, it := range m.items {
		wide = min(max(wide, draw.Width(it.label)+2), 24, inner/2)
	}
	var lines []string
	first, last := 0, 0 // lines of the selected item
	m.lines = append(m.lines[:0], -1)
	for _, i := range m.matching() {
		it := m.items[i]
		mark, style := " ", m.t.Text
		if i == m.at {
			mark, style, first = "▸", m.t.Selected, len(lines)
		}
		for k, text := range strings.Split(draw.Wrap(it.help, inner-wide-2), "\n") {
			label := mark + draw.FitLine(it.label, wide)
			if k > 0 {
				label = strings.Repeat(" ", wide+1)
			}
			m.lines = append(m.lines, i)
			lines = append(lines, style.Render(label)+m.t.Muted.Render(strings.TrimSpace(text)))
		}
		if i == m.at {
			last = len(lines)
		}
	}
	if room := max(h-4, 1); len(lines) > room {
		top := min(max(last-room, 0), first)
		lines = lines[top : top+room]
		m.lines = append(m.lines[:1], m.lines[1+top:1+top+room]...)
	}
	m.page = max(len(m.items)/2, 1)
	foot := m.t.Keys("↑↓ choose   enter does it   ? explain   esc close")
	if status := m.status(); status != "" {
		foot = status + "   " + foot
	}
	lines = append(lines, m.t.Muted.Render(" "+foot))
	return m.t.Box(m.title, nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// Subject is the knob that the highlighted item is about, with the menu behind it.
func (m *Menu) Subject() intent.Subject {
	switch i := m.items[m.at].intent.(type) {
	case intent.SaveAs:
		return intent.Subject{Pages: []string{"metric val_loss"}}
	case intent.Act:
		switch i.Act.Name {
		case journal.Merge:
			return intent.Subject{Pages: []string{"dialog " + actPage, "knob finetune.lora_rank"}}
		case journal.Teach:
			return intent.Subject{Pages: []string{"dialog " + actPage, "knob distill.alpha"}}
		}
	}
	if m.about != "" {
		return intent.Subject{Pages: []string{m.about}}
	}
	return intent.Subject{Pages: []string{"dialog " + actPage}}
}

// NewChoice offers what an intent asks to choose from.
func NewChoice(t *draw.Theme, of intent.Choose) *Menu {
	m := &Menu{t: t, title: of.Title, about: of.About}
	for _, c := range of.Items {
		m.add(c.Label, c.Help, c.Intent)
	}
	return m
}
