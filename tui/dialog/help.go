package dialog

import (
	"slices"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Help lists all keys with their actions, in sections by what one does, below the
// description of the preset. Typed text filters it; enter does what is selected.
type Help struct {
	t       *draw.Theme
	entries []entry
	choices
	top     int
	refused bool // the last choice was
}

// entry is a paragraph of the help: a text, the heading of a section or a key; wrapped
// text is indented.
type entry struct {
	key   string // "" for a heading or the story
	text  string
	style draw.Style
	do    *intent.Perform
	off   string
	name  int // place in the names to choose from; of a heading that of the next one
}

// NewHelp reads the tables of actions, so that help and keys cannot differ. The first
// of the panes is the one with the focus.
func NewHelp(t *draw.Theme, f *live.Frame, global []intent.Action, panes []intent.Pane) *Help {
	h := &Help{t: t}
	h.entries = append(h.entries, entry{text: f.Recipe.Title, style: t.Title})
	if story := strings.Join(strings.Fields(f.Recipe.Story()), " "); story != f.Recipe.Title {
		h.entries = append(h.entries, entry{text: story, style: t.Muted})
	}
	section := func(title string, pane intent.Pane, actions []intent.Action) {
		if len(actions) == 0 {
			return
		}
		h.entries = append(h.entries, entry{name: len(h.names)}, entry{text: title, style: t.Title, name: len(h.names)})
		for _, a := range actions {
			e := entry{key: a.Key(), text: a.Help, style: t.Text, do: &intent.Perform{Pane: pane, Action: a}, off: a.Why(f), name: len(h.names)}
			if e.off != "" {
				e.text, e.style = e.text+" ("+e.off+")", t.Muted
			}
			h.entries = append(h.entries, e)
			h.names = append(h.names, strings.ToLower(strings.Join([]string{e.key, a.Help, a.Label, a.Name, title}, " ")))
		}
	}
	if len(panes) > 0 {
		section("This pane: "+panes[0].Title(), panes[0], panes[0].Actions())
	}
	for _, s := range intent.Sections {
		section(string(s), nil, slices.DeleteFunc(slices.Clone(global), func(a intent.Action) bool { return a.Section != s }))
	}
	for i, p := range panes {
		if !slices.Contains(panes[:i], p) {
			section("Pane "+p.Title(), p, p.Actions())
		}
	}
	return h
}

// Key filters, moves, does; `?` goes on to the pages.
func (h *Help) Key(k tea.KeyMsg) (tea.Msg, bool) {
	h.refused = false
	switch k.String() {
	case "esc":
		return nil, true
	case "?":
		return intent.Explain{}, true
	case "enter":
		return h.choose()
	default:
		h.key(k)
	}
	return nil, false
}

// choose does what is selected.
func (h *Help) choose() (tea.Msg, bool) {
	i, ok := h.chosen()
	if !ok {
		return nil, false
	}
	for _, e := range h.entries {
		if e.key != "" && e.name == i {
			if h.refused = e.off != ""; h.refused {
				return nil, false
			}
			return *e.do, true
		}
	}
	return nil, false
}

// Click does the action in a line.
func (h *Help) Click(_, y int) (tea.Msg, bool) {
	if !h.clicked(y) {
		return nil, false
	}
	return h.choose()
}

// wrapped are its lines in w cells, the place that each has among the names, or −1,
// and the lines of the selected action.
func (h *Help) wrapped(w int) (out []string, places []int, first, last int) {
	const keys = 10
	shown := h.matching()
	selected, found := h.chosen()
	kept := func(e entry) bool {
		if e.key != "" {
			return slices.Contains(shown, e.name)
		}
		return h.typed == ""
	}
	heading := func(i int) bool { // of a section in which something is left
		for _, e := range h.entries[i+1:] {
			if e.key == "" {
				return false
			}
			if kept(e) {
				return true
			}
		}
		return false
	}
	for i, e := range h.entries {
		if !kept(e) && (e.key != "" || !heading(i)) {
			continue
		}
		room, at := w-2, e.key != "" && found && e.name == selected
		if e.key != "" {
			room -= keys
		}
		style, key := e.style, h.t.Focus
		if at {
			first = len(out)
			if style, key = h.t.Selected, h.t.Selected; h.refused {
				style = h.t.Title
			}
		}
		for k, text := range strings.Split(draw.Wrap(e.text, room), "\n") {
			line, place := " ", -1
			switch {
			case at && k == 0:
				line = h.t.Selected.Render("▸") + key.Render(draw.FitLine(h.t.Keys(e.key), keys))
			case e.key != "" && k == 0:
				line += key.Render(draw.FitLine(h.t.Keys(e.key), keys))
			case e.key != "":
				line += strings.Repeat(" ", keys)
			}
			if e.key != "" {
				place = e.name
			}
			out, places = append(out, line+style.Render(text)), append(places, place)
		}
		if at {
			last = len(out)
		}
	}
	return out, places, first, last
}

// View renders the box.
func (h *Help) View(w, height int) string {
	inner := min(w-4, 96)
	lines, places, first, last := h.wrapped(inner)
	all := h.typed == ""
	room := max(min(len(lines), height-5), 1)
	if !all {
		room = max(height-5, 1) // the box keeps its size
	}
	h.page = max(room/2, 1)
	if first < h.top || all && h.at == 0 { // the story is above the first
		h.top = first
		if h.at == 0 && all {
			h.top = 0
		}
	}
	if last > h.top+room {
		h.top = last - room
	}
	h.top = min(h.top, max(len(lines)-room, 0))
	more := strings.TrimSpace(draw.Beyond(h.top, len(lines)-h.top-room))
	lines, places = lines[h.top:], places[h.top:]
	n := min(room, len(lines))
	lines, h.lines = append(make([]string, 0, room+1), lines[:n]...), append(append(h.lines[:0], -1), places[:n]...)
	for len(lines) < room {
		lines = append(lines, "")
	}
	foot := draw.FirstFitting(inner-1, h.t.Keys("type to filter   ↑↓ choose   enter does it   ? explains   esc closes"), "type to filter   enter   ? explains   esc closes", "type   enter   ? explains   esc closes")
	if status := h.status(); status != "" {
		foot = draw.FirstFitting(inner-1, status+h.t.Keys("   ↑↓ choose   enter does it   esc closes"), status)
	}
	lines = append(lines, h.t.Muted.Render(" "+foot))
	return h.t.Box("Keys", nil, more, strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}
