package dialog

import (
	"slices"
	"strings"

	"descent/tui/draw"
	"descent/tui/explain"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Explain shows pages of the reference, with links between them.
type Explain struct {
	t     *draw.Theme
	book  explain.Book
	value func(path string) string // the value of a knob, "" if it is not in the panel

	way    []visit // the last is the current one
	search *search // while a page is searched for

	// As the page was last laid out.
	laid  string // its name
	width int
	lines []explain.Line
	links []link
	room  int
}

// visit is a page in the history.
type visit struct {
	page explain.Page
	top  int // the first line shown
	at   int // the link chosen, −1 for none
}

// link is a reference on a page to another.
type link struct {
	line, span int
	to         explain.Page
}

// NewExplain opens the last existing page of a subject; the others are in the
// history.
func NewExplain(t *draw.Theme, book explain.Book, value func(path string) string, s intent.Subject) *Explain {
	e := &Explain{t: t, book: book, value: value}
	from := explain.Page{}
	for _, name := range s.Pages {
		if p, ok := book.Follow(from, name); ok {
			e.show(p)
			from = p
		}
	}
	if len(e.way) == 0 {
		e.search = newSearch()
		return e
	}
	for i, l := range e.links {
		if e.lines[l.line][l.span].Text == s.At {
			e.here().at = i
			break
		}
	}
	return e
}

func (e *Explain) here() *visit { return &e.way[len(e.way)-1] }

// Page returns the current page.
func (e *Explain) Page() explain.Page { return e.here().page }

// show opens a page.
func (e *Explain) show(p explain.Page) {
	e.way = append(e.way, visit{page: p, at: -1})
	e.lay(max(e.width, 40))
	if len(e.links) > 0 {
		e.here().at = 0
	}
}

// lay computes the layout of the page for a width in cells. The title is on the
// border.
func (e *Explain) lay(width int) {
	p := e.Page()
	if e.laid == p.Ref() && e.width == width {
		return
	}
	e.laid, e.width, e.lines, e.links = p.Ref(), width, p.Lines(width)[2:], nil
	for i, l := range e.lines {
		for j, s := range l {
			if to, ok := e.book.Follow(p, s.To); ok && s.To != "" {
				e.links = append(e.links, link{i, j, to})
			}
		}
	}
}

// Key scrolls, follows, goes back, searches; `?` goes on to the keys.
func (e *Explain) Key(k tea.KeyMsg) (tea.Msg, bool) {
	if e.search != nil {
		return nil, e.searching(k)
	}
	v := e.here()
	switch k.String() {
	case "esc", "q":
		return nil, true
	case "?":
		return intent.Help{}, true
	case "/":
		e.search = newSearch()
	case "up":
		e.scroll(v.top - 1)
	case "down":
		e.scroll(v.top + 1)
	case "pgup":
		e.scroll(v.top - max(e.room-1, 1))
	case "pgdown", " ":
		e.scroll(v.top + max(e.room-1, 1))
	case "home":
		e.scroll(0)
	case "end":
		e.scroll(len(e.lines))
	case "tab", "right":
		e.choose(v.at + 1)
	case "shift+tab", "left":
		e.choose(v.at - 1)
	case "enter":
		if v.at >= 0 {
			e.show(e.links[v.at].to)
		}
	case "backspace":
		if len(e.way) > 1 {
			e.way = e.way[:len(e.way)-1]
			e.lay(e.width)
		}
	}
	return nil, false
}

// scroll shows the lines from one on, and keeps the chosen link among them if
// there is any.
func (e *Explain) scroll(top int) {
	v := e.here()
	v.top = min(max(top, 0), max(len(e.lines)-e.room, 0))
	seen := func(l link) bool { return l.line >= v.top && l.line < v.top+e.room }
	if v.at >= 0 && seen(e.links[v.at]) {
		return
	}
	down := v.at >= 0 && e.links[v.at].line < v.top
	switch first := slices.IndexFunc(e.links, seen); {
	case first < 0:
	case down || v.at < 0:
		v.at = first
	default: // the last of them
		for v.at = first; v.at+1 < len(e.links) && seen(e.links[v.at+1]); v.at++ {
		}
	}
}

// choose chooses a link, and scrolls to it.
func (e *Explain) choose(i int) {
	if len(e.links) == 0 {
		return
	}
	v := e.here()
	v.at = draw.Modulo(i, len(e.links))
	if line := e.links[v.at].line; line < v.top || line >= v.top+e.room {
		v.top = min(max(line-e.room/2, 0), max(len(e.lines)-e.room, 0))
	}
}

// searching passes a key to the search, and reports whether the dialog is done.
func (e *Explain) searching(k tea.KeyMsg) bool {
	found, done := e.search.key(k, e.book)
	if !done {
		return false
	}
	e.search = nil
	if found != nil {
		e.show(*found)
	}
	return len(e.way) == 0 // nothing to come back to
}

// Click follows the link in a cell, or opens the page in a line of the search.
func (e *Explain) Click(x, y int) (tea.Msg, bool) {
	if e.search != nil {
		if found := e.search.clicked(y); found != nil {
			e.search = nil
			e.show(*found)
		}
		return nil, false
	}
	i := e.here().top + y - 2 // below the border and a blank line
	for at, l := range e.links {
		if l.line != i || y < 2 || y >= 2+e.room {
			continue
		}
		from := 2
		for _, s := range e.lines[i][:l.span] {
			from += draw.Width(s.Text)
		}
		if x >= from-1 && x < from+draw.Width(e.lines[i][l.span].Text) {
			e.here().at = at
			e.show(l.to)
			break
		}
	}
	return nil, false
}

// View draws the page, or the search.
func (e *Explain) View(w, h int) string {
	inner := max(min(w-4, 96), 1)
	if e.search != nil {
		return e.search.view(e.t, inner, h)
	}
	e.lay(max(inner-2, 1))
	e.room = max(min(len(e.lines), h-6), 1)
	v := e.here()
	v.top = min(v.top, max(len(e.lines)-e.room, 0))
	out := []string{""}
	for i := v.top; i < min(v.top+e.room, len(e.lines)); i++ {
		out = append(out, " "+e.line(i))
	}
	more := draw.Beyond(v.top, len(e.lines)-v.top-e.room)
	if more != "" {
		more = e.t.Text.Render("╌╌" + more)
	}
	out = append(out, more+e.t.Muted.Render(strings.Repeat("╌", max(inner-draw.Width(more), 0))), " "+e.t.Muted.Render(e.foot(inner-2)))
	note := ""
	if v.page.Kind == explain.Knob {
		if note = e.value(v.page.Name); note != "" {
			note = "now " + note
		}
	}
	return e.t.Box(v.page.Title(), nil, note, strings.Join(out, "\n"), inner+2, len(out)+2, true)
}

// line renders one line of the page, with its links highlighted and a sign before
// the selected one.
func (e *Explain) line(i int) string {
	var out strings.Builder
	leads := func(span int) int {
		return slices.IndexFunc(e.links, func(l link) bool { return l.line == i && l.span == span })
	}
	chosen := func(span int) bool { at := leads(span); return at >= 0 && at == e.here().at }
	for j, s := range e.lines[i] {
		text, style := s.Text, e.style(s.Role)
		switch {
		case chosen(j):
			style = e.t.Selected
		case leads(j) >= 0:
			style = e.t.Focus
		}
		if chosen(j + 1) {
			out.WriteString(style.Render(strings.TrimSuffix(text, " ")) + e.t.Selected.Render("▸"))
			continue
		}
		out.WriteString(style.Render(text))
	}
	return out.String()
}

func (e *Explain) style(r explain.Role) draw.Style {
	switch r {
	case explain.Title, explain.Formula:
		return e.t.Title
	case explain.Label:
		return e.t.Muted
	}
	return e.t.Text
}

// foot names the keys that do something now, in w cells.
func (e *Explain) foot(w int) string {
	v := e.here()
	parts := func(scroll, choose, enter, back string) string {
		var out []string
		if len(e.lines) > e.room {
			out = append(out, scroll)
		}
		if len(e.links) > 1 {
			out = append(out, choose)
		}
		if v.at >= 0 {
			out = append(out, enter)
		}
		if len(e.way) > 1 {
			out = append(out, back)
		}
		return strings.Join(append(out, "/ search", "? keys", "esc closes"), "   ")
	}
	to, from := "", ""
	if v.at >= 0 {
		to = " " + e.links[v.at].to.Name
	}
	if len(e.way) > 1 {
		from = " " + e.way[len(e.way)-2].page.Name
	}
	short := parts(e.t.Keys("↑↓"), "tab", "enter", "backspace")
	return draw.FirstFitting(
		w, parts(e.t.Keys("↑↓ scroll"), "tab chooses", "enter"+to, "backspace"+from), parts(e.t.Keys("↑↓ scroll"), "tab", "enter"+to, "backspace"),
		short, strings.ReplaceAll(strings.TrimSuffix(short, " closes"), "   ", " "), "? keys   esc closes",
	)
}
