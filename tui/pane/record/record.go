// Package record is the pane of the log: what was decided, found and said, in words.
package record

import (
	"fmt"
	"math"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/textfield"

	tea "github.com/charmbracelet/bubbletea"
)

// Pane lists decisions, moves between branches, what was found on the way, and the
// messages of the screen, the latest last.
type Pane struct {
	t        *draw.Theme
	messages []message
	filter   string
	typing   bool // keys go to the filter
	at       int  // the selected row
	pinned   bool // the user selected it; otherwise it is the last
	page     int  // rows of a page, as last shown
	kept     cache
}

// cache keeps the rows while nothing changes.
type cache struct {
	events, messages, branches int
	filter                     string
	struck                     int
	rows                       []line
}

// New makes the pane.
func New(t *draw.Theme) *Pane { return &Pane{t: t} }

// Title is that of the pane.
func (p *Pane) Title() string { return "Log" }

// Note gives the number of decisions, or the filter.
func (p *Pane) Note(f *live.Frame) string {
	if p.filter != "" && !p.typing {
		return "filter: " + p.filter
	}
	n := 0
	for _, e := range f.Events {
		n = max(n, e.Number)
	}
	if n == 0 {
		return ""
	}
	if n == 1 {
		return "1 decision"
	}
	return draw.Thousands(n) + " decisions"
}

// Shown is always true.
func (p *Pane) Shown(*live.Frame) bool { return true }

// Hear keeps a message of the screen.
func (p *Pane) Hear(f *live.Frame, words string, failed bool) {
	p.messages = append(p.messages, message{after: len(f.Events), step: f.Step, branch: f.Branch, words: words, failed: failed})
	p.messages = p.messages[max(0, len(p.messages)-mostMessages):]
}

// rows returns what is listed.
func (p *Pane) rows(f *live.Frame) []line {
	struck := 0
	for _, e := range f.Events {
		if e.Undone {
			struck++
		}
	}
	now := cache{events: len(f.Events), messages: len(p.messages), branches: len(f.Branches), filter: p.filter, struck: struck}
	k := p.kept
	if k.rows == nil || k.events != now.events || k.messages != now.messages || k.branches != now.branches || k.filter != now.filter || k.struck != now.struck || len(p.messages) == mostMessages {
		now.rows = lines(f, p.messages, p.filter)
		p.kept = now
	}
	return p.kept.rows
}

// selected returns the index of the selected row, −1 of an empty list.
func (p *Pane) selected(rows []line) int {
	if !p.pinned {
		return len(rows) - 1
	}
	return min(p.at, len(rows)-1)
}

func (p *Pane) move(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		rows := p.rows(f)
		p.at = min(max(p.selected(rows)+by, 0), max(len(rows)-1, 0))
		p.pinned = p.at < len(rows)-1
		return nil
	}
}

func (p *Pane) Actions() []intent.Action {
	return []intent.Action{
		{Name: "log.up", Keys: []string{"up"}, Pair: "↑↓", Label: "choose", Help: "the row above", Do: p.move(-1)},
		{Name: "log.down", Keys: []string{"down"}, Help: "the row below", Do: p.move(1)},
		{Name: "log.pageup", Keys: []string{"pgup"}, Help: "a page up", Do: func(f *live.Frame) tea.Msg { return p.move(-max(p.page, 1))(f) }},
		{Name: "log.pagedown", Keys: []string{"pgdown"}, Help: "a page down", Do: func(f *live.Frame) tea.Msg { return p.move(max(p.page, 1))(f) }},
		{Name: "log.first", Keys: []string{"home"}, Help: "the first row", Do: p.move(math.MinInt / 2)},
		{Name: "log.last", Keys: []string{"end"}, Help: "the last row; from there the list follows what happens", Do: p.move(math.MaxInt / 2)},
		{Name: "log.go", Keys: []string{"enter"}, Label: "go there", Help: "go to the step of the chosen row, on its branch", Do: p.goThere},
		{Name: "log.filter", Keys: []string{"/"}, Label: "filter", Help: "filter the rows: by words, a step, a branch; esc shows all", Do: func(*live.Frame) tea.Msg {
			p.typing = true
			return nil
		}},
	}
}

// goThere goes to the step of the selected row.
func (p *Pane) goThere(f *live.Frame) tea.Msg {
	rows := p.rows(f)
	i := p.selected(rows)
	if i < 0 || !rows[i].stepOf {
		return nil
	}
	return intent.Go{Branch: rows[i].branch, Step: rows[i].step}
}

// Take takes the keys of the filter while one is typed, and esc while there is one.
func (p *Pane) Take(_ *live.Frame, key string) (a intent.Action, ok bool) {
	does := func(do func()) (intent.Action, bool) {
		return intent.Action{Keys: []string{key}, Do: func(*live.Frame) tea.Msg {
			do()
			p.pinned = false
			return nil
		}}, true
	}
	switch {
	case key == "esc" && (p.typing || p.filter != ""):
		return does(func() { p.filter, p.typing = "", false })
	case !p.typing:
		return a, false
	}
	next, done, ok := textfield.Typed(p.filter, key, 60)
	if !ok {
		return a, false
	}
	return does(func() { p.filter, p.typing = next, !done })
}

// Point chooses the row that is clicked; the wheel moves the choice.
func (p *Pane) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	if e.Gesture == intent.Wheel {
		return p.move(e.Wheel)(f)
	}
	rows := p.rows(f)
	if i := p.top(rows, e.H-1) + e.Y - 1; e.Gesture == intent.Press && e.Y >= 1 && i < len(rows) {
		p.at, p.pinned = i, i < len(rows)-1
	}
	return nil
}

// top is the first row in view.
func (p *Pane) top(rows []line, h int) int {
	return min(max(p.selected(rows)-h+1+min(2, h/4), 0), max(len(rows)-h, 0))
}

// The widths of the columns.
const (
	numberWide = 5
	stepWide   = 11
	branchWide = 15
	whoWide    = 8
)

// View renders the list.
func (p *Pane) View(f *live.Frame, w, h int, focused bool) string {
	rows := p.rows(f)
	first := p.t.Muted.Render(draw.FitLine(p.columns(w, "", "#", "step", "branch", "who", "what"), w))
	if p.typing {
		first = p.t.Selected.Render(draw.FitLine(" /"+p.filter+"▏", max(w-22, 1))) + p.t.Muted.Render("enter keeps, esc all")
	}
	out := []string{first}
	if len(rows) == 0 {
		text := "nothing has happened yet: decisions (o, - +, p …), divergences and messages are listed here"
		if p.filter != "" {
			text = "no row has “" + p.filter + "”"
		}
		text = "  " + strings.ReplaceAll(draw.Wrap(strings.TrimSpace(text), max(w-4, 1)), "\n", "\n  ")
		return draw.Fit(strings.Join(append(out, p.t.Muted.Lines(text)...), "\n"), w, h)
	}
	room := max(h-1, 1)
	p.page = room
	top := p.top(rows, room)
	for i := top; i < min(top+room, len(rows)); i++ {
		out = append(out, p.row(f, rows[i], w, focused && i == p.selected(rows)))
	}
	return draw.Fit(strings.Join(out, "\n"), w, h)
}

// columns lays out a row; on narrow screens only the step and the words.
func (p *Pane) columns(w int, sign, number, step, branch, who, words string) string {
	out := draw.FitLine(sign, 2)
	if w >= 60 {
		out += draw.Between("", number, numberWide)
	}
	out += draw.Between("", step, stepWide) + "  "
	if w >= 50 {
		out += draw.FitLine(draw.Crop(branch, branchWide-1, "…"), branchWide)
	}
	if w >= 90 {
		out += draw.FitLine(draw.Crop(who, whoWide-1, "…"), whoWide)
	}
	return out + words
}

// row renders a row of the list.
func (p *Pane) row(f *live.Frame, l line, w int, selected bool) string {
	number, step, branch := "", "", ""
	if l.number > 0 {
		number = fmt.Sprint(l.number)
	}
	if l.stepOf {
		step, branch = draw.Thousands(l.step), label(f, l.branch)
	}
	words := l.words
	if l.undone {
		words += "  (undone)"
	}
	style := p.t.Text
	switch {
	case selected:
		style = p.t.Selected
	case l.failed:
		style = p.t.Bad
	case l.undone, l.sign == moved, l.sign == said:
		style = p.t.Muted
	case l.sign == decided:
		style = p.t.Decision
	}
	sign := " " + string(l.sign)
	if selected {
		sign = "▸" + string(l.sign)
	}
	return style.Render(draw.FitLine(p.columns(w, sign, number, step, branch, l.who, draw.Line(words)), w))
}
