package palette

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Palette is the dialog: a line to type into, and the entries that match, the best
// first.
type Palette struct {
	t       *draw.Theme
	now     func() *live.Frame
	entries []Entry
	called  []called // the entries, once something is typed
	recent  *Recent

	text    string
	found   []Entry
	at, top int // the highlighted entry, and the first one shown
	rows    int // as last drawn
	refused bool
}

// Recent are the entries that were used, the latest first. The zero value is empty.
type Recent struct{ ids []string }

// mostRecent is how many are remembered.
const mostRecent = 12

func (r *Recent) use(id string) {
	r.ids = append([]string{id}, slices.DeleteFunc(r.ids, func(o string) bool { return o == id })...)
	r.ids = r.ids[:min(len(r.ids), mostRecent)]
}

// New lists the sources; now returns the frame on the screen. What is chosen is added
// to recent.
func New(t *draw.Theme, s Sources, now func() *live.Frame, recent *Recent) *Palette {
	p := &Palette{t: t, now: now, entries: s.Entries(), recent: recent}
	p.find()
	return p
}

// find looks for the text.
func (p *Palette) find() {
	p.found, p.at, p.top = Assignments(p.now(), p.text), 0, 0
	if p.called == nil && p.text != "" {
		p.called = calls(p.entries)
	}
	for _, i := range rank(p.entries, p.called, p.text, p.recent.ids) {
		p.found = append(p.found, p.entries[i])
	}
}

// Key types, moves, and chooses.
func (p *Palette) Key(k tea.KeyMsg) (tea.Msg, bool) {
	p.refused = false
	switch k.String() {
	case "esc", "ctrl+p":
		return nil, true
	case "enter":
		return p.choose()
	case "up", "shift+tab":
		p.move(-1)
	case "down", "tab":
		p.move(1)
	case "pgup":
		p.move(-max(p.rows-1, 1))
	case "pgdown":
		p.move(max(p.rows-1, 1))
	case "home":
		p.move(-len(p.found))
	case "end":
		p.move(len(p.found))
	case "backspace":
		if r := []rune(p.text); len(r) > 0 {
			p.set(string(r[:len(r)-1]))
		}
	case "ctrl+u":
		p.set("")
	case "ctrl+w":
		p.set(p.text[:strings.LastIndex(strings.TrimRight(p.text, " "), " ")+1])
	default:
		p.types(k)
	}
	return nil, false
}

// textLimit is the longest text, in letters.
const textLimit = 60

func (p *Palette) types(k tea.KeyMsg) {
	if k.Alt || k.Type != tea.KeyRunes && k.Type != tea.KeySpace {
		return
	}
	text := []rune(p.text)
	for _, r := range k.Runes {
		if unicode.IsSpace(r) {
			r = ' '
		}
		if len(text) < textLimit && !draw.Unprintable(r) && (r != ' ' || len(text) > 0) {
			text = append(text, r)
		}
	}
	p.set(string(text))
}

func (p *Palette) set(text string) {
	if text != p.text {
		p.text = text
		p.find()
	}
}

func (p *Palette) move(by int) { p.at = min(max(p.at+by, 0), max(len(p.found)-1, 0)) }

// choose does what is highlighted, or says why it cannot be done.
func (p *Palette) choose() (tea.Msg, bool) {
	if len(p.found) == 0 {
		return nil, false
	}
	e := p.found[p.at]
	if p.refused = e.Off != ""; p.refused {
		return nil, false
	}
	if e.Kind != Knob || !strings.Contains(e.Name, "=") {
		p.recent.use(e.ID())
	}
	return e.Do, true
}

// firstRow is the line of the box in which the entries begin.
const firstRow = 3

// Click chooses the entry of a line of the box.
func (p *Palette) Click(_, y int) (tea.Msg, bool) {
	i := p.top + y - firstRow
	if y < firstRow || y >= firstRow+p.rows || i >= len(p.found) {
		return nil, false
	}
	p.at = i
	return p.choose()
}

// Subject is what the highlighted entry is about.
func (p *Palette) Subject() intent.Subject {
	if len(p.found) == 0 {
		return intent.Subject{Pages: []string{"dialog " + PageName}}
	}
	return p.found[p.at].About
}

// The size of the box: its widest, and the most rows.
const (
	widest   = 100
	mostRows = 18
)

// View renders the box.
func (p *Palette) View(w, h int) string {
	inner := max(min(w-4, widest), 1)
	p.rows = max(min(h-9, mostRows), 1) // the box keeps its size
	p.top = min(max(p.top, p.at-p.rows+1), p.at)
	lines := []string{" " + p.t.Focus.Render("› ") + p.prompt(inner-4), ""}
	for i := p.top; i < p.top+p.rows; i++ {
		switch {
		case i < len(p.found):
			lines = append(lines, p.row(p.found[i], i == p.at, inner))
		case i == 0:
			lines = append(lines, " "+p.t.Muted.Render(draw.FitLine("nothing is called so; backspace", inner-1)))
		default:
			lines = append(lines, "")
		}
	}
	help := make([]string, 2)
	if len(p.found) > 0 {
		copy(help, p.help(p.found[p.at], inner-2))
	}
	lines = append(lines, p.t.Muted.Render(strings.Repeat("╌", inner)))
	lines = append(lines, help...)
	lines = append(lines, " "+p.t.Muted.Render(draw.FirstFitting(inner-2, p.t.Keys("enter does it   ↑↓ choose   ? explain   lr=1e-3 sets a knob   esc close"), p.t.Keys("enter   ↑↓   ? explain   lr=1e-3 sets   esc"), "enter   ? explain   esc")))
	return p.t.Box("Anything", nil, fmt.Sprintf("%d of %d", len(p.found), len(p.entries)), strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// prompt is the line that is typed into.
func (p *Palette) prompt(w int) string {
	if p.text == "" {
		return p.t.Muted.Render(draw.FitLine("▏"+draw.FirstFitting(w-2, "an action, a knob, a branch, a page; lr 1e-3", "an action, a knob, a page"), w))
	}
	text := []rune(p.text)
	for len(text) > 0 && draw.Width(string(text))+1 > w {
		text = text[1:]
	}
	return p.t.Title.Render(string(text)) + p.t.Focus.Render("▏")
}

// row renders an entry: its kind, what it is, and on the right its key or its value.
func (p *Palette) row(e Entry, selected bool, w int) string {
	mark, style, quiet := "  ", p.t.Text, p.t.Muted
	switch {
	case selected:
		mark, style = "▸ ", p.t.Selected
	case e.Off != "":
		style = p.t.Muted
	}
	kind := ""
	if w >= 56 {
		kind = draw.FitLine(string(e.Kind), 8)
	}
	key := quiet
	if e.Kind == Action && e.Off == "" {
		key = p.t.Focus
	}
	note := draw.Crop(p.t.Keys(e.Note), max(w/3, 6), "…")
	room := max(w-2-draw.Width(kind)-draw.Width(note)-3, 1)
	return style.Render(mark) + quiet.Render(kind) + style.Render(draw.FitLine(e.Title, room)) + "  " + key.Render(note) + " "
}

// help says what the highlighted entry is, or why it cannot be done.
func (p *Palette) help(e Entry, w int) []string {
	text, style := e.Help, p.t.Muted
	if draw.Width(e.Title)+draw.Width(e.Note)+14 > w {
		text = e.Title + " (" + text + ")"
	}
	if e.Off != "" {
		text = "not now: " + e.Off + "\n" + text
		if p.refused {
			style = p.t.Title
		}
	}
	lines := strings.Split(draw.Wrap(draw.Text(text), max(w, 1)), "\n")
	if len(lines) > 2 {
		lines = append(lines[:1], strings.Join(lines[1:], " "))
	}
	for i, line := range lines {
		lines[i] = " " + style.Render(draw.FitLine(line, w))
	}
	return lines
}
