package dialog

import (
	"slices"
	"strings"

	"descent/tui/draw"
	"descent/tui/explain"
	"descent/tui/textfield"

	tea "github.com/charmbracelet/bubbletea"
)

// search is a field to type into, and the pages that have what was typed.
type search struct {
	field *textfield.Field
	found []explain.Page
	at    int
	top   int // as last drawn: the first page in view, and how many
	rows  int
}

// clicked returns the page in a line of the box, nil if none stands there.
func (s *search) clicked(y int) *explain.Page {
	const first = 4 // the border, two blank lines, the field
	if i := s.top + y - first; y >= first && y < first+s.rows && i < len(s.found) {
		return &s.found[i]
	}
	return nil
}

func newSearch() *search { return &search{field: textfield.New(prompt, "")} }

// key edits and chooses. done tells that the search is over, with a page or without.
func (s *search) key(k tea.KeyMsg, book explain.Book) (page *explain.Page, done bool) {
	switch k.String() {
	case "esc":
		return nil, true
	case "enter":
		if len(s.found) == 0 {
			return nil, false
		}
		return &s.found[s.at], true
	case "up", "shift+tab":
		s.at = max(s.at-1, 0)
		return nil, false
	case "down", "tab":
		s.at = max(min(s.at+1, len(s.found)-1), 0)
		return nil, false
	}
	before := s.field.Text()
	if s.field.Key(k); s.field.Text() != before {
		s.found, s.at = matches(book, s.field.Text()), 0
	}
	return nil, false
}

// matches are the pages of that name, those whose name holds the text, and those
// whose own text holds the words.
func matches(book explain.Book, text string) []explain.Page {
	out := slices.Clone(book.Named(text))
	for _, p := range book.Search(text) {
		if !slices.ContainsFunc(out, func(q explain.Page) bool { return q.Ref() == p.Ref() }) {
			out = append(out, p)
		}
	}
	other := func(p explain.Page) int {
		if strings.Contains(strings.ToLower(p.Name), strings.ToLower(strings.TrimSpace(text))) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b explain.Page) int { return other(a) - other(b) })
	return out
}

// searchRows is how many pages are in view at the most.
const searchRows = 16

func (s *search) view(t *draw.Theme, inner, h int) string {
	rows := max(min(h-8, searchRows), 1) // the box keeps its size
	top := min(max(s.at-rows/2, 0), max(len(s.found)-rows, 0))
	s.top, s.rows = top, rows
	out := []string{"", s.field.View(inner - 6), ""}
	name := min(26, max(inner/3, 1))
	for i := range rows {
		switch i += top; {
		case i < len(s.found):
			mark, style := " ", t.Text
			if i == s.at {
				mark, style = "▸", t.Selected
			}
			p := s.found[i]
			kind := string(p.Kind)
			if p.Of != "" {
				kind = p.Of
			}
			out = append(out, style.Render(mark+draw.FitLine(p.Name, name)+" ")+t.Muted.Render(draw.FitLine(kind, min(20, name))+" "+p.Summary))
		case i == 0 && strings.TrimSpace(s.field.Text()) == "":
			out = append(out, " "+t.Muted.Render("a name, or words: adam, beta1, gradient accumulation"))
		case i == 0:
			out = append(out, " "+t.Muted.Render("no page has these words"))
		default:
			out = append(out, "")
		}
	}
	out = append(out, "", " "+t.Muted.Render(draw.FirstFitting(inner-2, t.Keys("↑↓ choose   enter opens the page   esc goes back"), "↑↓ enter   esc goes back")))
	more := strings.TrimSpace(draw.Beyond(top, len(s.found)-top-min(rows, len(s.found)-top)))
	return t.Box("Search", nil, more, strings.Join(out, "\n"), inner+2, len(out)+2, true)
}
