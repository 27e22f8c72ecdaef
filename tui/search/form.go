package search

import (
	"strings"

	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/textfield"

	tea "github.com/charmbracelet/bubbletea"
)

// Form asks for a few values. One with a single value takes it as it is typed.
type Form struct {
	t       *draw.Theme
	title   string
	help    string
	entries []*entry
	done    func() (tea.Msg, error) // what the values ask for
	page    string                  // that explains it
	at      int
	edit    *textfield.Field // in which the highlighted value is edited; nil for none
	note    string
}

// form makes a form, and begins to edit the only value that is typed.
func form(t *draw.Theme, title, help, page string, done func() (tea.Msg, error), entries ...*entry) *Form {
	f := &Form{t: t, title: title, help: help, page: page, done: done, entries: entries}
	if len(entries) == 1 && entries[0].options == nil {
		f.edit = textfield.New("", entries[0].text)
	}
	return f
}

// Key handles one key.
func (f *Form) Key(k tea.KeyMsg) (tea.Msg, bool) {
	f.note = ""
	e := f.entries[f.at]
	if f.edit != nil {
		switch k.String() {
		case "esc":
			if f.edit = nil; len(f.entries) == 1 {
				return nil, true
			}
		case "enter", "up", "down", "tab", "shift+tab":
			if err := e.set(f.edit.Text()); err != nil {
				f.note = err.Error()
				return nil, false
			}
			if f.edit = nil; k.String() != "enter" {
				return f.Key(k)
			}
			if len(f.entries) == 1 {
				return f.finish()
			}
		default:
			f.edit.Key(k)
		}
		return nil, false
	}
	switch key := k.String(); key {
	case "esc", "q":
		return nil, true
	case "enter":
		return f.finish()
	case "up", "k", "shift+tab":
		f.at = draw.Modulo(f.at-1, len(f.entries))
	case "down", "j", "tab":
		f.at = draw.Modulo(f.at+1, len(f.entries))
	case "right", "l", "+", " ":
		e.turned(1)
	case "left", "h", "-":
		e.turned(-1)
	case "e", "=":
		f.edit = textfield.New("", e.text)
	default:
		if k.Type == tea.KeyRunes && !k.Alt && e.options == nil { // what is typed replaces it
			f.edit = textfield.New("", "")
			f.edit.Key(k)
		}
	}
	return nil, false
}

// finish returns what the values ask for.
func (f *Form) finish() (tea.Msg, bool) {
	asked, err := f.done()
	if err != nil {
		f.note = err.Error()
		if len(f.entries) == 1 && f.entries[0].options == nil {
			f.edit = textfield.New("", f.entries[0].text)
		}
		return nil, false
	}
	return asked, true
}

// View renders the box.
func (f *Form) View(w, h int) string {
	inner := min(w-4, 88)
	wide := 8
	for _, e := range f.entries {
		wide = min(max(wide, draw.Width(e.name)), inner/3)
	}
	var list []string
	for i, e := range f.entries {
		mark, style := " ", f.t.Text
		if i == f.at {
			mark, style = "▸", f.t.Selected
		}
		head := style.Render(mark + draw.FitLine(e.name, wide) + "  ")
		room := max(inner-wide-4, 1)
		if i == f.at && f.edit != nil {
			list = append(list, head+edited(f.edit, room))
			continue
		}
		value := e.text
		if i == f.at && (e.options != nil || e.turn != nil) {
			value = "‹ " + value + " ›"
		}
		text := f.t.Decision.Render(draw.Crop(value, room, "…"))
		if e.help != nil {
			text += f.t.Muted.Render(draw.Crop("   "+e.help(e.text), max(room-draw.Width(value), 0), "…"))
		}
		list = append(list, head+text)
	}
	var foot []string
	style, text := f.t.Muted, f.help
	if f.note != "" {
		style, text = f.t.Bad, f.note
	}
	for line := range strings.SplitSeq(draw.Wrap(draw.Line(text), inner-2), "\n") {
		foot = append(foot, " "+style.Render(line))
	}
	keys := "enter confirm   ↑↓ choose   ←→ change   e edit   esc close"
	switch {
	case f.edit != nil && len(f.entries) == 1:
		keys = "enter confirm   esc close"
	case f.edit != nil:
		keys = "enter take   ↑↓ take and go on   esc leave it"
	case len(f.entries) == 1:
		keys = "enter confirm   ←→ change   esc close"
	}
	foot = append(foot, " "+f.t.Muted.Render(draw.Crop(f.t.Keys(keys), inner-2, "…")))
	room := max(h-len(foot)-4, 1)
	top := 0
	if len(list) > room {
		top = min(max(f.at-room/2, 0), len(list)-room)
		list = list[top : top+room]
	}
	more := strings.TrimSpace(draw.Beyond(top, len(f.entries)-top-len(list)))
	lines := append(append(append([]string{""}, list...), ""), foot...)
	return f.t.Box(f.title, nil, more, strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// Subject is the page of what is asked for.
func (f *Form) Subject() intent.Subject {
	pages := []string{"dialog " + PageName}
	if f.page != "" {
		pages = append(pages, f.page)
	}
	return intent.Subject{Pages: pages}
}
