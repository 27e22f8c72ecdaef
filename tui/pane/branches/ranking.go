package branches

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/session/journal"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Ranking is the pane of a race: its racers, best first, with bars.
type Ranking struct {
	t        *draw.Theme
	selected journal.BranchID
	chosen   bool // the user selected a racer; otherwise it is the current branch
}

// NewRanking makes the pane.
func NewRanking(t *draw.Theme) *Ranking { return &Ranking{t: t} }

// Title is that of the pane.
func (r *Ranking) Title() string { return "Race" }

// Note gives the step of the race.
func (r *Ranking) Note(f *live.Frame) string {
	c := f.Race
	switch {
	case c == nil:
		return ""
	case !c.Running():
		return "over after " + draw.Thousands(c.End-c.From) + " steps"
	}
	return fmt.Sprintf("step %s of %s", draw.Thousands(max(f.Step-c.From, 0)), draw.Thousands(c.Steps))
}

// Shown reports whether there is a race, running or ended.
func (r *Ranking) Shown(f *live.Frame) bool { return f.Race != nil }

// Rows is a line for each racer, with the heading and the target.
func (r *Ranking) Rows(f *live.Frame) int {
	if f.Race == nil {
		return 2
	}
	return len(f.Race.Racers) + 2
}

// at returns the selected racer.
func (r *Ranking) at(f *live.Frame, rows []live.Standing) int {
	id := f.Branch
	if r.chosen {
		id = r.selected
	}
	i := slices.IndexFunc(rows, func(s live.Standing) bool { return s.Branch == id })
	return max(i, 0)
}

func (r *Ranking) choose(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		if rows := f.Standings().Rows; len(rows) > 0 {
			r.selected, r.chosen = rows[min(max(r.at(f, rows)+by, 0), len(rows)-1)].Branch, true
		}
		return nil
	}
}

// follow shows another racer: the next in the order of entry.
func follow(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		if f.Race == nil {
			return nil
		}
		racers := f.Race.Racers
		for i, e := range racers {
			if e.Branch == f.Branch {
				return goTo(f, racers[draw.Modulo(i+by, len(racers))].Branch)
			}
		}
		return goTo(f, racers[0].Branch)
	}
}

// goTo goes to the end of a branch, of a race that is over to its end.
func goTo(f *live.Frame, id journal.BranchID) tea.Msg {
	if c := f.Race; c != nil && !c.Running() {
		return intent.Go{Branch: id, Step: c.End}
	}
	return intent.Go{Branch: id, Step: math.MaxInt}
}

func (r *Ranking) Actions() []intent.Action {
	return []intent.Action{
		{Name: "race.up", Keys: []string{"up"}, Pair: "↑↓", Label: "choose", Help: "the racer above", Do: r.choose(-1)},
		{Name: "race.down", Keys: []string{"down"}, Help: "the racer below", Do: r.choose(1)},
		{Name: "race.follow", Keys: []string{"enter"}, Label: "follow", Help: "show the chosen racer", Off: norace, Do: func(f *live.Frame) tea.Msg {
			rows := f.Standings().Rows
			if len(rows) == 0 {
				return nil
			}
			id := rows[r.at(f, rows)].Branch
			r.chosen = false
			return goTo(f, id)
		}},
		{Name: "race.back", Keys: []string{"left"}, Pair: "←→", Label: "another", Help: "show the previous racer", Off: norace, Do: r.free(follow(-1))},
		{Name: "race.forward", Keys: []string{"right"}, Help: "show the next racer", Off: norace, Do: r.free(follow(1))},
		{Name: "race.next", Keys: []string{";"}, Help: "in a race: show the next racer", Anywhere: true, Off: norace, Do: r.free(follow(1))},
	}
}

// free lets the selection go with the current branch.
func (r *Ranking) free(do func(*live.Frame) tea.Msg) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		r.chosen = false
		return do(f)
	}
}

func norace(f *live.Frame) string {
	if f.Race == nil {
		return "there is no race: R starts one"
	}
	return ""
}

// Point follows the racer that is clicked; the wheel chooses.
func (r *Ranking) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	if e.Gesture == intent.Wheel {
		return r.choose(e.Wheel)(f)
	}
	rows := f.Standings().Rows
	i := r.top(f, rows, e.H-1) + e.Y - 1
	if e.Gesture != intent.Press || e.Y < 1 || i >= len(rows) {
		return nil
	}
	r.chosen = false
	return goTo(f, rows[i].Branch)
}

// top is the first row in view; the selected one stays visible.
func (r *Ranking) top(f *live.Frame, rows []live.Standing, h int) int {
	return min(max(r.at(f, rows)-h/2, 0), max(len(rows)-h, 0))
}

// View renders the table.
func (r *Ranking) View(f *live.Frame, w, h int, focused bool) string {
	s := f.Standings()
	if len(s.Rows) == 0 {
		return draw.Fit(r.t.Muted.Render(" no race: R starts one"), w, h)
	}
	cols := columns(s, w)
	lines := []string{r.t.Muted.Render(head(s, cols))}
	foot := ""
	if !math.IsNaN(s.Target) && slices.ContainsFunc(cols, func(c col) bool { return c.steps }) {
		foot = fmt.Sprintf(" steps: until %s %s, that of the median racer", s.By, draw.Significant(s.Target))
	}
	room := h - 1
	if foot != "" && room > len(s.Rows) {
		room--
	} else {
		foot = ""
	}
	if len(s.Rows) > room {
		room = max(room-1, 0)
	}
	top := r.top(f, s.Rows, room)
	for i := top; i < min(top+room, len(s.Rows)); i++ {
		lines = append(lines, r.row(f, s.Rows[i], cols, w, focused && i == r.at(f, s.Rows)))
	}
	if more := draw.Beyond(top, len(s.Rows)-top-min(room, len(s.Rows)-top)); more != "" {
		lines = append(lines, r.t.Muted.Render(more))
	}
	if foot != "" {
		lines = append(lines, r.t.Muted.Render(draw.Crop(foot, w, "…")))
	}
	return draw.Fit(strings.Join(lines, "\n"), w, h)
}

// col is a column of the table; a bar takes what the others leave.
type col struct {
	head  string
	width int
	text  func(live.Standing) string
	bar   bool
	steps bool
}

// columns are those that w cells hold, in the order of the table.
func columns(s live.Standings, w int) []col {
	name := 4
	for _, r := range s.Rows {
		name = min(max(name, draw.Width(r.Label)), 22)
	}
	name = min(name, max(w-16, 4)) // beside the loss
	loss := "loss"
	if s.By == "validation loss" {
		loss = "val loss"
	}
	known := func(of func(live.Standing) float64) bool {
		return slices.ContainsFunc(s.Rows, func(r live.Standing) bool { return !math.IsNaN(of(r)) })
	}
	all := []struct {
		col
		rank int // those of a high rank go first where there is no room
	}{
		{col{"racer", name, func(r live.Standing) string { return r.Label }, false, false}, 0},
		{col{"rate", 8, func(r live.Standing) string { return draw.Significant(r.Rate) }, false, false}, 2},
		{col{loss, 8, func(r live.Standing) string { return number(r.Loss) }, false, false}, 0},
		{col{"", 6, nil, true, false}, 1},
		{col{"best", 8, func(r live.Standing) string { return number(r.Best) }, false, false}, 4},
		{col{"accuracy", 9, func(r live.Standing) string { return percent(r.Accuracy) }, false, false}, 3},
		{col{"steps", 9, func(r live.Standing) string { return reached(r) }, false, true}, 5},
	}
	if score := firstScore(s); score != "" {
		all = append(all, struct {
			col
			rank int
		}{col{strings.TrimPrefix(score, "val_"), 9, func(r live.Standing) string { return number(r.Score(score)) }, false, false}, 3})
	}
	left := w - 6 // the sign of the selection, the place, and the sign of the curve
	keep := make([]bool, len(all))
	for rank := range 6 {
		for i, c := range all {
			if c.rank != rank || c.head == "accuracy" && !known(func(r live.Standing) float64 { return r.Accuracy }) {
				continue
			}
			if rank > 0 && left < c.width+1 {
				continue
			}
			keep[i] = true
			left -= c.width + 1
		}
	}
	var out []col
	for i, c := range all {
		if !keep[i] {
			continue
		}
		if c.bar {
			c.width += min(max(left, 0), 34)
		}
		out = append(out, c.col)
	}
	return out
}

// firstScore is the first metric of train.metrics, "" without one.
func firstScore(s live.Standings) string {
	for _, r := range s.Rows {
		if len(r.Scores) > 0 {
			return r.Scores[0].Name
		}
	}
	return ""
}

func head(s live.Standings, cols []col) string {
	line := strings.Repeat(" ", 6)
	for i, c := range cols {
		title := c.head
		switch {
		case i == 0:
			line += draw.FitLine(title, c.width) + " "
		case c.bar:
			line += draw.FitLine("", c.width) + " "
		default:
			line += draw.Between("", title, c.width) + " "
		}
	}
	return line
}

// row renders a racer.
func (r *Ranking) row(f *live.Frame, s live.Standing, cols []col, w int, selected bool) string {
	mark, style, sign := " ", r.t.Text, r.t.Branch(s.Hue).Render(string(r.t.Trace(s.Hue).Sign))
	if s.Branch == f.Branch {
		style, sign = r.t.Title, r.t.Train.Render(string(r.t.TrainLine.Sign))
	}
	if selected {
		mark, style = "▸", r.t.Selected
	}
	line := style.Render(mark+draw.Between("", fmt.Sprint(s.Place), 2)) + " " + sign + " "
	wide := 6
	for i, c := range cols {
		switch {
		case i == 0:
			line += style.Render(draw.FitLine(draw.Crop(s.Label, c.width, "…"), c.width)) + " "
		case s.Diverged > 0 && strings.HasSuffix(c.head, "loss"):
			return line + r.t.Bad.Render(draw.FitLine(draw.FirstFitting(w-wide, "diverged at step "+draw.Thousands(s.Diverged), "diverged"), max(w-wide, 0)))
		case c.bar:
			bar := r.t.Branch(s.Hue)
			if s.Branch == f.Branch {
				bar = r.t.Train
			}
			line += bar.Render(draw.FitLine(draw.Bar(s.Share, c.width), c.width)) + " "
		default:
			line += style.Render(draw.Between("", c.text(s), c.width)) + " "
		}
		wide += c.width + 1
	}
	return line
}

// number formats a loss, – before there is one.
func number(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return draw.Significant(v)
}

func percent(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return draw.Percent(v)
}

// reached is after how many steps the target was.
func reached(r live.Standing) string {
	if r.Steps == 0 {
		return "–"
	}
	return draw.Thousands(r.Steps)
}

// Choose selects a racer.
func (r *Ranking) Choose(id journal.BranchID) { r.selected, r.chosen = id, true }

// Selected returns the selected racer; ok is false without a race.
func (r *Ranking) Selected(f *live.Frame) (id journal.BranchID, ok bool) {
	rows := f.Standings().Rows
	if len(rows) == 0 {
		return 0, false
	}
	return rows[r.at(f, rows)].Branch, true
}

// Move selects another racer by the name of a key.
func (r *Ranking) Move(f *live.Frame, key string) {
	by := map[string]int{"up": -1, "down": 1, "pgup": -8, "pgdown": 8, "home": math.MinInt / 2, "end": math.MaxInt / 2}
	r.choose(by[key])(f)
}
