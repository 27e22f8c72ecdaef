package dialog

import (
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Help lists all keys with their actions, below the description of the preset.
type Help struct {
	t       *draw.Theme
	entries []entry
	lines   int // as they were last wrapped
	top     int
	room    int
}

// entry is a paragraph of the help; wrapped text is indented.
type entry struct {
	key   string // "" for a heading or the story
	text  string
	style draw.Style
}

// NewHelp reads the tables of actions, so that help and keys cannot differ.
func NewHelp(t *draw.Theme, f *live.Frame, global []intent.Action, panes []intent.Pane) *Help {
	h := &Help{t: t}
	h.entries = append(h.entries, entry{text: f.Recipe.Title, style: t.Title})
	if story := strings.Join(strings.Fields(f.Recipe.Story()), " "); story != f.Recipe.Title {
		h.entries = append(h.entries, entry{text: story, style: t.Muted})
	}
	section := func(title string, actions []intent.Action) {
		if len(actions) == 0 {
			return
		}
		h.entries = append(h.entries, entry{}, entry{text: title, style: t.Title})
		for _, a := range actions {
			text := a.Help
			style := t.Text
			if why := a.Why(f); why != "" {
				text, style = text+" ("+why+")", t.Muted
			}
			h.entries = append(h.entries, entry{a.Key(), text, style})
		}
	}
	section("Anywhere", global)
	for _, p := range panes {
		section(p.Title(), p.Actions())
	}
	return h
}

func (h *Help) Key(k tea.KeyMsg) (tea.Msg, bool) {
	switch k.String() {
	case "up":
		h.top--
	case "down":
		h.top++
	case "pgup":
		h.top -= h.room
	case "pgdown", " ":
		h.top += h.room
	case "?":
		return intent.Explain{}, true
	default:
		return nil, true
	}
	h.top = min(max(h.top, 0), max(h.lines-h.room, 0))
	return nil, false
}

// wrapped are its lines in w cells.
func (h *Help) wrapped(w int) []string {
	const keys = 10
	var out []string
	for _, e := range h.entries {
		room := w - 2
		if e.key != "" {
			room -= keys
		}
		for i, text := range strings.Split(draw.Wrap(e.text, room), "\n") {
			line := " "
			switch {
			case e.key != "" && i == 0:
				line += h.t.Focus.Render(draw.FitLine(h.t.Keys(e.key), keys))
			case e.key != "":
				line += strings.Repeat(" ", keys)
			}
			out = append(out, line+e.style.Render(text))
		}
	}
	return out
}

func (h *Help) View(w, height int) string {
	inner := min(w-4, 96)
	lines := h.wrapped(inner)
	h.lines = len(lines)
	h.room = max(min(len(lines), height-5), 1)
	h.top = min(h.top, max(len(lines)-h.room, 0))
	lines = append(lines[h.top:h.top+h.room:h.top+h.room], h.t.Muted.Render(h.t.Keys(" ↑↓ more   ? explains   any other key closes")))
	return h.t.Box("Keys", nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}
