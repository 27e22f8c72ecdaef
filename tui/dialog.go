package tui

import (
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	"github.com/charmbracelet/bubbletea"
)

// dialog is a box over the screen that takes all keys until it is closed.
type dialog interface {
	// key handles one key; it may return an intent, and tells whether the
	// dialog is done.
	key(tea.KeyMsg) (intent tea.Msg, done bool)
	// view draws the box for a screen of w×h cells.
	view(w, h int) string
}

// picker chooses among the options of a knob.
type picker struct {
	t    *draw.Theme
	dial live.Dial
	keys []string // the key that opened it moves on
	at   int
	note string // why the last choice was refused
}

// newPicker starts on the choice before the present one, so that two can be
// compared by going to and fro, or on its neighbour.
func newPicker(t *draw.Theme, d live.Dial, before, opener string) *picker {
	p := &picker{t: t, dial: d, keys: []string{"down", "j", "tab", opener}}
	for i, o := range d.Knob.Options {
		if o.Name == d.Value.Word() {
			p.at = i
		}
	}
	for i, o := range d.Knob.Options {
		if o.Name == before && d.Refused[before] == "" {
			p.at = i
			return p
		}
	}
	p.move(-1)
	return p
}

func (p *picker) move(by int) {
	n := len(p.dial.Knob.Options)
	for range n {
		p.at = ((p.at+by)%n + n) % n
		o := p.dial.Knob.Options[p.at].Name
		if p.dial.Refused[o] == "" && o != p.dial.Value.Word() { // what stands already is no choice
			return
		}
	}
}

func (p *picker) key(k tea.KeyMsg) (tea.Msg, bool) {
	p.note = ""
	switch s := k.String(); s {
	case "esc", "q":
		return nil, true
	case "enter", " ", "right":
		o := p.dial.Knob.Options[p.at].Name
		if why := p.dial.Refused[o]; why != "" {
			p.note = why
			return nil, false
		}
		return intent.Set{Path: p.dial.Knob.Path, Text: o}, true
	case "up", "k", "shift+tab":
		p.move(-1)
	default:
		for _, down := range p.keys {
			if s == down {
				p.move(1)
				break
			}
		}
	}
	return nil, false
}

func (p *picker) view(w, h int) string {
	inner := min(w-4, 76)
	room := max(inner-20, 0)
	var lines []string
	whole := "" // what is said of the chosen one, if its row is too short for it
	for i, o := range p.dial.Knob.Options {
		mark, style := "  ", p.t.Text
		help := o.Help
		if why := p.dial.Refused[o.Name]; why != "" {
			style, help = p.t.Muted, why
		}
		if i == p.at {
			mark, style = "▸ ", p.t.Selected
			if draw.Width(help) > room {
				whole = help
			}
		}
		if o.Name == p.dial.Value.Word() {
			help = "(now) " + help
		}
		lines = append(lines, " "+style.Render(mark+draw.FitLine(o.Name, 15))+p.t.Muted.Render(draw.FitLine(help, room)))
	}
	rows := max(h-6, 1)
	top := min(max(p.at-rows/2, 0), max(len(lines)-rows, 0))
	lines = lines[top:min(top+rows, len(lines))]
	foot := "↑↓ choose   enter take   esc leave"
	if p.note != "" {
		foot = p.note
	}
	lines = append(lines, " "+p.t.Text.Render(whole), p.t.Muted.Render(" "+foot))
	return p.t.Box(p.dial.Knob.Path, nil, p.dial.Knob.Help, strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// prompt is a field to type into. A text that stands in it already is replaced
// by what is typed first, and kept by the keys that edit.
type prompt struct {
	t       *draw.Theme
	title   string
	help    string
	field   field
	fresh   bool // nothing is typed yet
	problem string
	check   func(text string) error
	intent  func(text string) tea.Msg
}

func newPrompt(t *draw.Theme, title, help, text string, check func(string) error, then func(string) tea.Msg) *prompt {
	return &prompt{t: t, title: title, help: help, field: newField(text), fresh: true, check: check, intent: then}
}

func (p *prompt) key(k tea.KeyMsg) (tea.Msg, bool) {
	p.problem = ""
	switch k.String() {
	case "esc":
		return nil, true
	case "enter":
		if err := p.check(p.field.text()); err != nil {
			p.problem = err.Error()
			return nil, false
		}
		return p.intent(p.field.text()), true
	}
	if p.fresh && (k.Type == tea.KeyRunes || k.Type == tea.KeySpace) {
		p.field.set("")
	}
	p.fresh = false
	p.field.key(k)
	return nil, false
}

func (p *prompt) view(w, _ int) string {
	inner := min(w-4, 76)
	p.field.columns(inner - 6)
	if p.field.wear(p.t.Text); p.fresh {
		p.field.wear(p.t.Muted)
	}
	foot := p.t.Muted
	text := p.help + "   enter takes it   esc leaves"
	if err := p.check(p.field.text()); p.problem != "" {
		foot, text = p.t.Bad, p.problem
	} else if err != nil {
		text = err.Error() + "   esc leaves"
	}
	lines := []string{"", p.field.view(), ""}
	for l := range strings.SplitSeq(draw.Wrap(text, inner-2), "\n") {
		lines = append(lines, " "+foot.Render(l))
	}
	return p.t.Box(p.title, nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// help lists every key with what it does, below the story of what is trained.
type help struct {
	t       *draw.Theme
	entries []entry
	lines   int // as they were last wrapped
	top     int
	room    int
}

// entry is a paragraph of the help; text goes on under itself.
type entry struct {
	key   string // "" for a heading or the story
	text  string
	style draw.Style
}

// newHelp reads the tables of actions, so that help and keys cannot differ.
func newHelp(t *draw.Theme, f *live.Frame, global []intent.Action, panes []intent.Pane) *help {
	h := &help{t: t}
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

func (h *help) key(k tea.KeyMsg) (tea.Msg, bool) {
	switch k.String() {
	case "up", "k":
		h.top--
	case "down", "j":
		h.top++
	case "pgup":
		h.top -= h.room
	case "pgdown", " ":
		h.top += h.room
	default:
		return nil, true
	}
	h.top = min(max(h.top, 0), max(h.lines-h.room, 0))
	return nil, false
}

// wrapped are its lines in w cells.
func (h *help) wrapped(w int) []string {
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
				line += h.t.Focus.Render(draw.FitLine(e.key, keys))
			case e.key != "":
				line += strings.Repeat(" ", keys)
			}
			out = append(out, line+e.style.Render(text))
		}
	}
	return out
}

func (h *help) view(w, height int) string {
	inner := min(w-4, 96)
	lines := h.wrapped(inner)
	h.lines = len(lines)
	h.room = max(min(len(lines), height-5), 1)
	h.top = min(h.top, max(len(lines)-h.room, 0))
	lines = append(lines[h.top:h.top+h.room:h.top+h.room], h.t.Muted.Render(" ↑↓ more   any other key closes"))
	return h.t.Box("Keys", nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}
