// Package gallery is the screen of the presets: by subject, each with what there is to
// see, a picture and its length, and the sessions to go on with.
package gallery

import (
	"fmt"
	"slices"
	"strings"

	"descent/presets/tour"
	"descent/session/journal"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/textfield"

	tea "github.com/charmbracelet/bubbletea"
)

// Gallery lists what can be opened.
type Gallery struct {
	t      *draw.Theme
	rows   []row
	at     int // the selected row, among those that match
	typing bool
	filter string
	notice string
	busy   string // what is being opened; "" for nothing
	seen   map[string]Preview

	path     *prompt // in which a path is typed; nil while it is not
	complete func(typed string) []string
}

// mostSessions is the number of sessions that are listed.
const mostSessions = 5

// New lists the built-in presets by subject with their titles.
func New(t *draw.Theme, title func(preset string) string) *Gallery {
	g := &Gallery{t: t, at: 1, seen: map[string]Preview{}}
	head := func(name string) { g.rows = append(g.rows, row{subject: true, name: name}) }
	for _, s := range tour.Subjects() {
		head(s.Name)
		for _, name := range s.Presets {
			g.rows = append(g.rows, row{name: name, open: name, title: title(name)})
		}
	}
	return g
}

// Completes says how a path that is typed is completed.
func (g *Gallery) Completes(complete func(typed string) []string) *Gallery {
	g.complete = complete
	return g
}

// Add lists the sessions, the latest first, before the presets, and preset files after
// them, in place of those that were added before. What is selected stays so; where
// nothing was chosen yet, the first session is.
func (g *Gallery) Add(sessions []journal.Stored, files []string) {
	before, chosen := g.selected()
	chosen = chosen && (g.at != 1 || g.filter != "")
	g.rows = slices.DeleteFunc(g.rows, func(r row) bool { return r.added })
	var first []row
	if len(sessions) > 0 {
		first = append(first, row{subject: true, name: "go on where you were", added: true})
	}
	for i := range sessions[:min(len(sessions), mostSessions)] {
		s := &sessions[i]
		first = append(first, row{name: s.Preset, open: s.Path, title: about(s), session: s, added: true})
	}
	g.rows = append(first, g.rows...)
	for _, f := range files {
		g.rows = append(g.rows, row{name: f, open: f, title: titleOf(f), added: true})
	}
	at := -1
	if chosen {
		at = slices.IndexFunc(g.shown(), func(r row) bool { return !r.subject && r.open == before.open })
	}
	if g.settle(); at > 0 {
		g.at = at
	}
}

// Notice sets the line above the footer: an error, or what is being done.
func (g *Gallery) Notice(text string) { g.notice, g.busy = text, "" }

// Opening says what is being opened.
func (g *Gallery) Opening(text string) { g.busy, g.notice = text, "" }

// shown returns the rows that match the filter, with the heads of their subjects.
func (g *Gallery) shown() []row {
	if g.filter == "" {
		return g.rows
	}
	var out []row
	head := -1
	for i, r := range g.rows {
		switch {
		case r.subject:
			head = i
		case strings.Contains(strings.ToLower(r.name+" "+r.title+" "+g.rows[head].name), strings.ToLower(g.filter)):
			if head >= 0 && !slices.ContainsFunc(out, func(o row) bool { return o.subject && o.name == g.rows[head].name }) {
				out = append(out, g.rows[head])
			}
			out = append(out, r)
		}
	}
	return out
}

// selected returns the selected row; ok is false if none matches the filter.
func (g *Gallery) selected() (r row, ok bool) {
	rows := g.shown()
	if g.at < 0 || g.at >= len(rows) || rows[g.at].subject {
		return row{}, false
	}
	return rows[g.at], true
}

// Selected returns the name of the selected preset or the path of the session or
// file, "" for none.
func (g *Gallery) Selected() string {
	r, _ := g.selected()
	return r.open
}

// move selects the row by places further, past the heads.
func (g *Gallery) move(by int) {
	rows := g.shown()
	step := 1
	if by < 0 {
		step = -1
	}
	at := g.at
	for range max(by, -by) {
		next := at + step
		for next >= 0 && next < len(rows) && rows[next].subject {
			next += step
		}
		if next < 0 || next >= len(rows) {
			break
		}
		at = next
	}
	g.at = at
}

// settle selects the first match.
func (g *Gallery) settle() {
	g.at = 0
	if rows := g.shown(); len(rows) > 1 {
		g.at = 1
	}
}

// Key handles a key; it may return intent.Open, intent.Quit or intent.Cancel.
func (g *Gallery) Key(k tea.KeyMsg) tea.Msg {
	g.notice = ""
	name := k.String()
	if g.path != nil && g.busy == "" {
		open, done, said := g.path.key(k)
		if g.notice = said; done {
			g.path = nil
		}
		if open != "" {
			return intent.Open{Name: open}
		}
		return nil
	}
	switch name {
	case "up", "shift+tab":
		g.move(-1)
	case "down", "tab":
		g.move(1)
	case "pgup":
		g.move(-10)
	case "pgdown":
		g.move(10)
	case "home":
		g.at = 1
	case "end":
		g.move(len(g.rows))
	case "enter":
		if r, ok := g.selected(); ok && g.busy == "" {
			return intent.Open{Name: r.open}
		}
	case "esc":
		if g.busy != "" || !g.typing && g.filter == "" {
			return intent.Cancel{}
		}
		g.typing, g.filter = false, ""
		g.settle()
	default:
		return g.letter(k, name)
	}
	return nil
}

// letter handles keys that write.
func (g *Gallery) letter(k tea.KeyMsg, name string) tea.Msg {
	switch {
	case g.typing && name == "backspace":
		if r := []rune(g.filter); len(r) > 0 {
			g.filter = string(r[:len(r)-1])
		}
		g.settle()
	case g.typing && (k.Type == tea.KeyRunes || k.Type == tea.KeySpace) && len([]rune(g.filter)) < 40:
		g.filter += draw.Line(string(k.Runes))
		g.settle()
	case name == "/":
		g.typing = true
	case name == "o" && g.busy == "":
		g.path = &prompt{textfield.New("", ""), g.complete}
	case name == "q" && g.busy == "":
		return intent.Quit{}
	}
	return nil
}

// Point handles a click or the wheel on a screen of w×h cells: a click selects, one on
// what is selected opens it.
func (g *Gallery) Point(x, y, wheel, w, h int) tea.Msg {
	if wheel != 0 {
		g.move(wheel)
		return nil
	}
	list, top := g.widths(w), g.scroll(h-4)
	rows := g.shown()
	if i := top + y - 2; x < list && y >= 2 && y < h-2 && i < len(rows) && !rows[i].subject {
		if i == g.at && g.busy == "" {
			return intent.Open{Name: rows[i].open}
		}
		g.at = i
	}
	return nil
}

// widths returns the width of the list.
func (g *Gallery) widths(w int) int {
	if w < 70 {
		return w
	}
	return min(max(w/2, 40), 80)
}

// scroll returns the first row in a list of room lines.
func (g *Gallery) scroll(room int) int {
	rows := len(g.shown())
	return min(max(g.at-room/2, 0), max(rows-room, 0))
}

// View renders the screen.
func (g *Gallery) View(w, h int) string {
	if w < 20 || h < 6 {
		return g.t.Release(draw.Fit("needs 20×6 cells", w, h))
	}
	list := g.widths(w)
	body := h - 3
	box := g.t.Box("Gallery", nil, g.note(), strings.Join(g.lines(list-2, body-2), "\n"), list, body, true)
	if list < w {
		box = draw.Beside(box, g.detail(w-list, body))
	}
	head := draw.Between(" "+g.t.Title.Render("descent")+g.t.Muted.Render("  live training of small neural networks"), "", w)
	foot := draw.FitLine(" "+g.keys(), w)
	return g.t.Release(draw.Fit(strings.Join([]string{head, box, g.message(w), foot}, "\n"), w, h))
}

func (g *Gallery) note() string {
	if g.typing || g.filter != "" {
		return "/" + g.filter
	}
	return ""
}

func (g *Gallery) keys() string {
	var out strings.Builder
	for _, k := range [][2]string{{"enter", "open"}, {"↑↓", "choose"}, {"/", "filter"}, {"o", "your own file"}, {"q", "quit"}} {
		out.WriteString(g.t.Focus.Render(g.t.Keys(k[0])) + " " + g.t.Muted.Render(k[1]) + "   ")
	}
	return out.String()
}

// message is the line above the footer.
func (g *Gallery) message(w int) string {
	switch {
	case g.busy != "":
		return draw.FitLine(" "+g.t.Text.Render(g.busy)+g.t.Muted.Render("   esc cancels"), w)
	case g.path != nil:
		help := "  a table, a preset or a log; tab completes"
		if g.notice != "" {
			help = "  " + draw.Line(g.notice)
		}
		return draw.FitLine(" "+g.t.Text.Render("file: ")+g.path.field.View(max(w-60, 12))+g.t.Muted.Render(help), w)
	case g.notice != "":
		return draw.FitLine(" "+g.t.Bad.Render("✗ "+draw.Line(g.notice)), w)
	case g.typing:
		return draw.FitLine(" "+g.t.Focus.Render("/"+g.filter)+g.t.Muted.Render("  type to filter, esc shows all"), w)
	}
	return draw.FitLine(g.t.Muted.Render(" choose something to train; every setting can be changed while it runs"), w)
}

// lines renders the list in w×h cells.
func (g *Gallery) lines(w, h int) []string {
	rows := g.shown()
	if len(rows) == 0 {
		return []string{"", g.t.Muted.Render(draw.FitLine("  nothing matches; esc shows all", w))}
	}
	top := g.scroll(h)
	var out []string
	for i := top; i < min(top+h, len(rows)); i++ {
		r := rows[i]
		switch {
		case r.subject:
			out = append(out, g.t.Title.Render(draw.FitLine(" "+r.name, w)))
		case i == g.at:
			out = append(out, g.t.Selected.Render(draw.FitLine(" ▸ "+g.entry(r, w-3), w)))
		default:
			out = append(out, g.t.Text.Render("   "+draw.FitLine(r.name, nameWidth))+g.t.Muted.Render(draw.FitLine(" "+titled(r.title, w-4-nameWidth), w-3-nameWidth)))
		}
	}
	if top > 0 && g.at != top {
		out[0] = g.t.Muted.Render(draw.FitLine(fmt.Sprintf("   ↑ %d more", top+1), w))
	}
	if last := len(out) - 1; top+last+1 < len(rows) && top+last != g.at {
		out[last] = g.t.Muted.Render(draw.FitLine(fmt.Sprintf("   ↓ %d more", len(rows)-top-last), w))
	}
	return out
}

// nameWidth is the column of the titles.
const nameWidth = 16

func (g *Gallery) entry(r row, w int) string {
	return draw.FitLine(draw.FitLine(r.name, nameWidth)+" "+titled(r.title, w-1-nameWidth), w)
}

// titled is a title in w cells: where it has no room, without the subject before the
// colon or, if that fits no better, the subject alone.
func titled(title string, w int) string {
	if subject, rest, ok := strings.Cut(title, ": "); ok {
		return draw.FirstFitting(w, title, rest, subject, rest)
	}
	return title
}

// Wants returns the name of the preset whose preview is missing, "" if none is.
func (g *Gallery) Wants() string {
	r, ok := g.selected()
	if _, seen := g.seen[r.open]; !ok || seen || r.session != nil {
		return ""
	}
	return r.open
}

// Show adds a preview.
func (g *Gallery) Show(name string, p Preview) { g.seen[name] = p }

// detail renders what is selected, in a box of w×h cells.
func (g *Gallery) detail(w, h int) string {
	r, ok := g.selected()
	if !ok {
		return g.t.Box("", nil, "", "", w, h, false)
	}
	var lines []string
	if r.session != nil {
		lines = sessionLines(g.t, r.session, w-4)
	} else if p, ok := g.seen[r.open]; ok {
		lines = presetLines(g.t, r.open, p, w-4, h-2)
	} else {
		lines = []string{"", g.t.Muted.Render("reading")}
	}
	for i, l := range lines {
		lines[i] = " " + l
	}
	return g.t.Box(r.name, nil, "", draw.FitLines(lines, w-2, h-2), w, h, false)
}
