package tune

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/search"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/intent"
	"descent/tui/textfield"

	tea "github.com/charmbracelet/bubbletea"
)

// Trials is the table of the trials of a search.
type Trials struct {
	*desk
	typing bool // keys go to the filter
	page   int  // trials of a page, as last shown
	shown  []column
}

func (p *Trials) Title() string { return "Trials" }

// Note says how far the search is, or what is listed of it.
func (p *Trials) Note(f *live.Frame) string {
	g := p.digest(f)
	if g == nil {
		return ""
	}
	var listed []string
	if p.only > 0 {
		listed = append(listed, keeps[p.only].name)
	}
	if p.filter.text != "" && !p.typing {
		listed = append(listed, "filter: "+p.filter.text)
	}
	if len(listed) > 0 {
		return fmt.Sprintf("%s · %s of %s", strings.Join(listed, " · "), draw.Thousands(len(p.rows(g))), draw.Thousands(len(g.Trials)))
	}
	switch {
	case g.Over:
		return "over · " + counted(len(g.Trials), "trial")
	case f.Tuning.Paused || g.Plan.Paused:
		return "paused, N goes on · " + counted(len(g.Trials), "trial")
	case g.Ending:
		return "fresh seeds · " + counted(len(g.Trials), "trial")
	case g.Plan.Trials > 0:
		return draw.Thousands(len(g.Trials)) + " of " + counted(g.Plan.Trials, "trial")
	}
	return counted(len(g.Trials), "trial")
}

// Shown is always true.
func (p *Trials) Shown(*live.Frame) bool { return true }

// with acts on the chosen trial.
func (p *Trials) with(do func(f *live.Frame, t *study.Trial) tea.Msg) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		if t := p.now(f); t != nil {
			return do(f, t)
		}
		return nil
	}
}

// need explains why something cannot be done with the chosen trial: there is none, or
// as no says.
func (p *desk) need(no func(t *study.Trial) string) func(*live.Frame) string {
	return func(f *live.Frame) string {
		if why := idle(f); why != "" {
			return why
		}
		t := p.now(f)
		if t == nil {
			return "there is no trial yet"
		}
		if no == nil {
			return ""
		}
		return no(t)
	}
}

func (p *Trials) Actions() []intent.Action {
	some := p.need(nil)
	return []intent.Action{
		{Name: "trials.up", Keys: []string{"up"}, Pair: "↑↓", Label: "choose", Help: "the trial above", Off: some, Do: p.move(-1)},
		{Name: "trials.down", Keys: []string{"down"}, Help: "the trial below", Off: some, Do: p.move(1)},
		{Name: "trials.adopt", Keys: []string{"enter"}, Label: "adopt", Now: p.enters, Help: "the chosen trial becomes a branch, weights and all; start a search", Off: p.adoptable, Do: func(f *live.Frame) tea.Msg {
			if idle(f) != "" {
				return intent.StartSearch{}
			}
			return intent.AdoptTrial{Trial: p.now(f).Number}
		}},
		{Name: "trials.edit", Keys: []string{"E"}, Label: "clone and edit", Help: "clone the chosen trial with other settings, which are tried next", Off: p.need(func(*study.Trial) string { return p.over() }), Do: p.with(func(_ *live.Frame, t *study.Trial) tea.Msg {
			return intent.EditTrial{Trial: t.Number}
		})},
		{Name: "trials.stop", Keys: []string{"d"}, Label: "stop", Help: "stop the chosen trial; what it has learnt stays", Off: p.need(func(t *study.Trial) string {
			if t.State != search.Running || t.Stopped {
				return fmt.Sprintf("trial %d does not run any more", t.Number)
			}
			return ""
		}), Do: p.with(func(_ *live.Frame, t *study.Trial) tea.Msg {
			n := t.Number
			return intent.Decide{Decision: study.Decision{Words: fmt.Sprintf("stop trial %d", n), Stop: &n}}
		})},
		{Name: "trials.pin", Keys: []string{"V"}, Label: "pin", Now: p.pins, Help: "keep the chosen trial at the top, and its log in the folder; or no longer", Off: some, Do: p.with(p.pin)},
		{Name: "trials.filter", Keys: []string{"/"}, Label: "filter", Help: "filter by words and comparisons: adam lr<1e-2; esc lists all", Off: some, Do: func(*live.Frame) tea.Msg {
			p.typing = true
			return nil
		}},
		{Name: "trials.only", Keys: []string{"%"}, Label: "state", Help: "list only trials of a state, of the Pareto front, or those pinned", Off: some, Do: func(*live.Frame) tea.Msg {
			p.only = (p.only + 1) % len(keeps)
			return nil
		}},
		{Name: "trials.sort", Keys: []string{"right"}, Pair: "←→", Label: "sort", Help: "sort by the next column", Off: some, Do: p.sortBy(1)},
		{Name: "trials.sort-back", Keys: []string{"left"}, Help: "sort by the previous column", Off: some, Do: p.sortBy(-1)},
		{Name: "trials.reverse", Keys: []string{"^"}, Label: "reverse", Help: "reverse the order", Off: some, Do: func(*live.Frame) tea.Msg {
			p.down = !p.down
			return nil
		}},
		{Name: "trials.pageup", Keys: []string{"pgup"}, Help: "a page up", Off: some, Do: func(f *live.Frame) tea.Msg { return p.move(-max(p.page, 1))(f) }},
		{Name: "trials.pagedown", Keys: []string{"pgdown"}, Help: "a page down", Off: some, Do: func(f *live.Frame) tea.Msg { return p.move(max(p.page, 1))(f) }},
		{Name: "trials.first", Keys: []string{"home"}, Help: "the first trial", Off: some, Do: p.move(math.MinInt / 2)},
		{Name: "trials.last", Keys: []string{"end"}, Help: "the last trial", Off: some, Do: p.move(math.MaxInt / 2)},
		{Name: "trials.best", Keys: []string{"backspace"}, Help: "choose the best trial again, and follow it", Off: some, Do: func(*live.Frame) tea.Msg {
			p.chosen = false
			return nil
		}},
	}
}

// enters is the word for enter.
func (p *Trials) enters(f *live.Frame) string {
	if idle(f) != "" {
		return "start a search"
	}
	return "adopt"
}

func (p *desk) adoptable(f *live.Frame) string {
	if idle(f) != "" {
		return ""
	}
	return p.need(func(t *study.Trial) string {
		if t.State == search.Running && t.Step == 0 && len(t.Reports) == 0 {
			return fmt.Sprintf("trial %d has trained nothing yet", t.Number)
		}
		return ""
	})(f)
}

// over explains why nothing more is tried, "" during a search.
func (p *Trials) over() string {
	if p.kept != nil && p.kept.Over {
		return "the search is over; raise its budget in the Space pane to go on"
	}
	return ""
}

// pins is what the key would do.
func (p *Trials) pins(f *live.Frame) string {
	if t := p.now(f); t != nil && p.digest(f).pinned[t.Number] {
		return "unpin"
	}
	return "pin"
}

func (p *Trials) pin(f *live.Frame, t *study.Trial) tea.Msg {
	on := !p.digest(f).pinned[t.Number]
	return intent.Decide{Decision: study.Decision{Words: fmt.Sprintf("%s trial %d", p.pins(f), t.Number), Pin: &study.Pin{Trial: t.Number, On: on}}}
}

// sortBy sorts by a column further to the right.
func (p *Trials) sortBy(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		g := p.digest(f)
		if g == nil {
			return nil
		}
		all := p.shown
		if len(all) == 0 {
			return nil
		}
		at := slices.IndexFunc(all, func(c column) bool { return c.key == p.sort })
		p.sort, p.down = all[draw.Modulo(at+by, len(all))].key, false
		return nil
	}
}

// Take takes the keys of the filter while one is typed, and esc while there is one.
func (p *Trials) Take(f *live.Frame, key string) (a intent.Action, ok bool) {
	does := func(do func()) (intent.Action, bool) {
		return intent.Action{Keys: []string{key}, Do: func(*live.Frame) tea.Msg {
			do()
			return nil
		}}, true
	}
	text := p.filter.text
	switch {
	case idle(f) != "":
		p.typing = false
		return a, false
	case key == "esc" && (p.typing || text != "" || p.only > 0):
		return does(func() { p.filter, p.typing, p.only = filter{}, false, 0 })
	case !p.typing:
		return a, false
	}
	next, done, ok := textfield.Typed(text, key, 80)
	if !ok {
		return a, false
	}
	return does(func() {
		if p.typing = !done; next != text {
			p.filter = newFilter(next)
		}
	})
}

// Point chooses the trial that is clicked, or sorts by the column; the wheel moves the
// choice.
func (p *Trials) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	g := p.digest(f)
	switch {
	case g == nil:
	case e.Gesture == intent.Wheel:
		return p.move(e.Wheel)(f)
	case e.Gesture == intent.Press && e.Y == 0:
		x := marksWide
		for _, c := range fitting(columns(g), e.W-marksWide) {
			if x += draw.Cells(c.width); e.X < x {
				if p.down = c.key == p.sort && !p.down; c.key != p.sort {
					p.sort = c.key
				}
				break
			}
		}
	case e.Gesture == intent.Press:
		rows := p.rows(g)
		if at := p.top(g, rows, p.page) + e.Y - 1; e.Y <= p.page && at < len(rows) {
			p.number, p.chosen = g.Trials[rows[at]].Number, true
		}
	}
	return nil
}

// top is the first row in view.
func (p *Trials) top(g *digest, rows []int, room int) int {
	return min(max(p.row(g, rows)-room/2, 0), max(len(rows)-room, 0))
}

// marksWide is the width of the signs before the columns: of the choice, the best, the
// pinned, and the state.
const marksWide = 5

// View renders the table, with the settings of the chosen trial where there is room.
func (p *Trials) View(f *live.Frame, w, h int, focused bool) string {
	g := p.digest(f)
	if g == nil {
		return draw.FitLines(p.empty(f, w, h), w, h)
	}
	if w < 8 || h < 2 {
		return draw.Fit("", w, h)
	}
	const beside, below = 44, 12 // cells and lines of the details
	switch {
	case w >= 94+beside && h >= below && len(g.Trials) > 0:
		left := w - beside - 2
		table := draw.FitLines(p.table(f, g, left, h, focused), left, h)
		return draw.Beside(table, draw.Fit(strings.Repeat(p.t.Muted.Render("│")+"\n", h), 2, h), draw.FitLines(p.detail(g, f.Tuning.Recipe, beside, h), beside, h))
	case h >= 2*below && len(g.Trials) > 0:
		top := h - below - 1
		lines := append(strings.Split(draw.FitLines(p.table(f, g, w, top, focused), w, top), "\n"), p.t.Muted.Render(strings.Repeat("╌", w)))
		return draw.FitLines(append(lines, p.detail(g, f.Tuning.Recipe, w, below)...), w, h)
	}
	return draw.FitLines(p.table(f, g, w, h, focused), w, h)
}

func (p *Trials) table(f *live.Frame, g *digest, w, h int, focused bool) []string {
	cols := fitting(columns(g), w-marksWide)
	p.shown = cols
	head := strings.Repeat(" ", marksWide)
	for _, c := range cols {
		head += p.head(c)
	}
	out := []string{head}
	if p.typing {
		out[0] = p.t.Selected.Render(draw.FitLine(" /"+p.filter.text+"▏", max(w-22, 1))) + p.t.Muted.Render("enter keeps, esc all")
	}
	rows := p.rows(g)
	if len(rows) == 0 {
		text := "no trial yet: the first is being asked for"
		if len(g.Trials) > 0 {
			text = "no trial of those listed; esc lists all"
		}
		if f.Tuning.Err != nil {
			text = "✗ " + f.Tuning.Err.Error()
		}
		return append(out, p.t.Muted.Lines(draw.Wrap(" "+text, w))...)
	}
	p.page = min(max(h-1, 1), len(rows))
	top := p.top(g, rows, p.page)
	chosen := p.current(g)
	for _, i := range rows[top:min(top+p.page, len(rows))] {
		out = append(out, p.line(g, i, cols, g.Trials[i].Number == chosen, focused))
	}
	return out
}

// head renders the heading of a column, with an arrow where it is sorted by.
func (p *Trials) head(c column) string {
	text, style := c.head, p.t.Muted
	if c.key == p.sort {
		style = p.t.Title
		arrow := "↑"
		if p.down {
			arrow = "↓"
		}
		text = draw.Crop(text, max(draw.Cells(c.width)-2, 0), "…") + arrow
	}
	return style.Render(aligned(text, c.width))
}

// line renders a trial.
func (p *Trials) line(g *digest, i int, cols []column, chosen, focused bool) string {
	t := g.Trials[i]
	s := stateOf(t)
	style, mark := p.t.Text, " "
	switch {
	case t.Number == g.Best:
		style = p.t.Title
	case s.tone == quiet || s.tone == bad:
		style = p.t.Muted
	}
	if chosen {
		mark = "▸"
		if style = p.t.Title; focused {
			style = p.t.Selected
		}
	}
	rank := " "
	switch {
	case t.Number == g.Best && len(g.goals) == 1:
		rank = p.t.Good.Render("★")
	case g.front[t.Number]:
		rank = p.t.Good.Render("◆")
	}
	kept := " "
	switch {
	case g.pinned[t.Number]:
		kept = p.t.Decision.Render("◈")
	case t.Outside:
		kept = p.t.Muted.Render("∘")
	}
	line := style.Render(mark) + rank + kept + s.style(p.t).Render(string(s.sign)) + " "
	for _, c := range cols {
		switch done, of := g.trained(t); {
		case c.key == bySteps && s.tone == busy && of > 0:
			line += s.style(p.t).Render(aligned(progress(done, of, c.width-1), c.width))
		case c.key == byState:
			line += s.style(p.t).Render(aligned(s.word, c.width))
		default:
			line += style.Render(aligned(c.text(g, t), c.width))
		}
	}
	return line
}
