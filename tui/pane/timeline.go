package pane

import (
	"math"
	"strings"

	"descent/session"
	"descent/session/journal"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Timeline shows the branches with their decisions, the current position and the
// best branch.
type Timeline struct {
	t        *draw.Theme
	selected journal.BranchID
	chosen   bool // the user selected a branch; otherwise it is the current one
}

// NewTimeline makes the pane of the branches.
func NewTimeline(t *draw.Theme) *Timeline { return &Timeline{t: t} }

func (l *Timeline) Title() string { return "Timeline" }

// Note gives the number of branches and, above its column, the kind of loss.
func (l *Timeline) Note(f *live.Frame) string {
	what := "best loss"
	if validated(f) {
		what = "best validation loss"
	}
	switch n := len(visible(f)); {
	case n == 0:
		return ""
	case n > 1 && f.Racing:
		what = "★ leads · " + what // fits the narrowest screen
	case n > 1:
		what = draw.Thousands(n) + " branches · " + what
	}
	return what
}

// validated reports whether branches are judged by validation rows.
func validated(f *live.Frame) bool { return f.Data != nil && f.Data.Val.Rows() > 0 }

// best returns the lowest loss of a branch: of validation if there are validation
// rows, NaN before the first evaluation, since training losses are not comparable
// with these.
func best(f *live.Frame, b session.BranchSummary) float64 {
	if !validated(f) {
		return b.Loss
	}
	for _, v := range f.Visits {
		if v.Branch == b.ID {
			return b.Loss
		}
	}
	if own := f.Curves.Val; b.ID == f.Branch && len(own) > 0 && own[len(own)-1].Last > b.From {
		return b.Loss
	}
	return math.NaN()
}

// leader returns the branch with the lowest loss among two or more that have one
// and did not diverge; in a race, among the racers, which started from the same
// state. ok is false if there is none.
func leader(f *live.Frame) (id journal.BranchID, ok bool) {
	least, compared := math.Inf(1), 0
	for _, b := range visible(f) {
		v := best(f, b)
		if f.Racing && !b.Racing || math.IsNaN(v) || b.Diverged > 0 {
			continue
		}
		if compared++; v < least {
			id, least = b.ID, v
		}
	}
	return id, compared > 1
}

// Shown is always true: a single branch can be scrubbed too.
func (l *Timeline) Shown(*live.Frame) bool { return true }

// visible returns the branches that are not deleted; in a race the racers alone.
func visible(f *live.Frame) []session.BranchSummary {
	out := make([]session.BranchSummary, 0, len(f.Branches))
	for _, b := range f.Branches {
		if !b.Deleted && (b.Racing || !f.Racing || f.Race == nil) {
			out = append(out, b)
		}
	}
	return out
}

// shown returns how many branches h lines show: one line less if it tells how many
// there are beyond.
func shown(f *live.Frame, h int) int {
	if n := len(visible(f)); n > h && h >= 3 {
		return h - 1
	}
	return h
}

// Rows returns the preferred height.
func (l *Timeline) Rows(f *live.Frame) int { return len(visible(f)) }

// at returns the selected branch.
func (l *Timeline) at(f *live.Frame) journal.BranchID {
	if l.chosen {
		for _, b := range visible(f) {
			if b.ID == l.selected {
				return l.selected
			}
		}
	}
	return f.Branch
}

func (l *Timeline) choose(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		all := visible(f)
		for i, b := range all {
			if b.ID == l.at(f) {
				l.selected, l.chosen = all[min(max(i+by, 0), len(all)-1)].ID, true
				break
			}
		}
		return nil
	}
}

// scrub moves by hundredths of the branch.
func scrub(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		for _, b := range f.Branches {
			if b.ID == f.Branch {
				return intent.Go{Branch: b.ID, Step: min(max(f.Step+by*max(b.Head/100, 1), 0), b.Head)}
			}
		}
		return nil
	}
}

func (l *Timeline) Actions() []intent.Action {
	return []intent.Action{
		{Name: "timeline.up", Keys: []string{"up"}, Pair: "↑↓", Label: "choose", Help: "the branch above", Do: l.choose(-1)},
		{Name: "timeline.down", Keys: []string{"down"}, Help: "the branch below", Do: l.choose(1)},
		{Name: "timeline.go", Keys: []string{"enter"}, Label: "go there", Help: "go to the end of the chosen branch", Do: func(f *live.Frame) tea.Msg {
			id := l.at(f)
			l.chosen = false
			return intent.Go{Branch: id, Step: math.MaxInt}
		}},
		{Name: "timeline.back", Keys: []string{"left"}, Pair: "←→", Label: "scrub", Help: "go back by a hundredth of the branch", Off: intent.AtStart, Do: scrub(-1)},
		{Name: "timeline.forward", Keys: []string{"right"}, Help: "go forward by a hundredth of the branch", Off: intent.AtEnd, Do: scrub(1)},
		{Name: "timeline.name", Keys: []string{"E"}, Label: "name", Help: "name the chosen branch", Do: func(f *live.Frame) tea.Msg { return intent.Name{Branch: l.at(f)} }},
		{Name: "timeline.delete", Keys: []string{"d"}, Label: "delete", Help: "delete the chosen branch (can be undone)", Do: func(f *live.Frame) tea.Msg { return intent.Delete{Branch: l.at(f)} }},
	}
}

// The columns of the timeline: names to the left of the lines, last step and loss
// to their right.
const (
	nameWidth = 18
	tailWidth = 22
)

// first returns the first visible branch; the selected one remains visible.
func (l *Timeline) first(f *live.Frame, h int) int {
	all := visible(f)
	for i, b := range all {
		if b.ID == l.at(f) {
			return min(max(i-h/2, 0), max(len(all)-h, 0))
		}
	}
	return 0
}

// span returns the steps at the ends of the axis: 0 and the last of all branches, or
// those of the race.
func (l *Timeline) span(f *live.Frame) (from, to int) {
	if f.Racing && f.Race != nil {
		return f.Race.From, f.Race.From + max(f.Race.Steps, 1)
	}
	to = 1
	for _, b := range f.Branches {
		to = max(to, b.Head)
	}
	return 0, to
}

// Point goes to the clicked step, or back and forward with the wheel.
func (l *Timeline) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	switch e.Gesture {
	case intent.Wheel:
		return scrub(e.Wheel)(f)
	case intent.Press:
	default:
		return nil
	}
	all := visible(f)
	rows := shown(f, e.H)
	i := l.first(f, rows) + e.Y
	if i >= len(all) || e.Y >= rows {
		return nil
	}
	l.selected, l.chosen = all[i].ID, true
	room := e.W - nameWidth - tailWidth
	if e.X < nameWidth || e.X >= nameWidth+room || room < 2 {
		return intent.Go{Branch: all[i].ID, Step: math.MaxInt}
	}
	from, to := l.span(f)
	step := from + draw.Round(float64(e.X-nameWidth)/float64(room-1)*float64(to-from))
	return intent.Go{Branch: all[i].ID, Step: min(step, all[i].Head)}
}

func (l *Timeline) View(f *live.Frame, w, h int, focused bool) string {
	all := visible(f)
	ahead, leads := leader(f)
	var lines []string
	rows := shown(f, h)
	first := l.first(f, rows)
	last := min(first+rows, len(all))
	for _, b := range all[first:last] {
		lines = append(lines, l.line(f, b, w, focused && b.ID == l.at(f), leads && b.ID == ahead))
	}
	if len(all) == 1 && len(lines) < h {
		lines = append(lines, l.t.Muted.Render(strings.Repeat(" ", min(nameWidth, w))+"no branch yet: b starts one, as does a change after [ or {"))
	}
	if more := draw.Beyond(first, len(all)-last); more != "" && rows < h {
		lines = append(lines, l.t.Muted.Render(more))
	}
	return draw.Fit(strings.Join(lines, "\n"), w, h)
}

// line renders one branch.
func (l *Timeline) line(f *live.Frame, b session.BranchSummary, w int, selected, leads bool) string {
	style, sign := l.t.Muted, " "
	if b.ID == f.Branch {
		style = l.t.Text
	}
	if selected {
		style, sign = l.t.Selected, "▸"
	}
	indent := min(depth(f, b), 4)
	name := sign + strings.Repeat(" ", indent)
	if indent > 0 {
		name = sign + strings.Repeat(" ", indent-1) + "╰"
	}
	head := style.Render(draw.FitLine(draw.Crop(name+b.Label, nameWidth-1, "…"), nameWidth))
	room := w - nameWidth - tailWidth
	if room < 8 {
		return head
	}
	var out strings.Builder
	out.WriteString(head)
	from, to := l.span(f)
	out.WriteString(l.track(f, b, from, to, room))
	loss := "–"
	if v := best(f, b); b.Diverged > 0 {
		loss = "diverged"
	} else if !math.IsNaN(v) {
		loss = draw.Significant(v)
	}
	tail := draw.Between("", draw.Thousands(b.Head), 11) + draw.Between("", loss, 9)
	switch {
	case leads:
		out.WriteString(l.t.Good.Render(tail + " ★"))
	default:
		out.WriteString(style.Render(tail + "  "))
	}
	return out.String()
}

// track renders the steps of a branch in room cells of a line between two steps.
func (l *Timeline) track(f *live.Frame, b session.BranchSummary, from, to, room int) string {
	column := func(step int) int { return min(max(step-from, 0)*(room-1)/max(to-from, 1), room-1) }
	own := l.t.Muted
	for _, o := range f.Others {
		if o.ID == b.ID {
			own = l.t.Branch(o.Hue)
		}
	}
	cells := []rune(strings.Repeat(" ", room))
	for i := column(b.From); i <= column(b.Head); i++ {
		cells[i] = '━'
	}
	cells[column(b.Head)] = '▷'
	for _, m := range b.Marks {
		cells[column(max(m.Step-1, 0))] = '▲'
	}
	if f.Best.Known() && b.ID == trained(f, f.Best.Step) {
		cells[column(f.Best.Step)] = '★'
	}
	here := -1
	if b.ID == f.Branch {
		here = column(f.Step)
		cells[here] = '●'
	}
	var out strings.Builder
	for i, c := range cells {
		switch {
		case i == here:
			out.WriteString(l.t.Focus.Render(string(c)))
		case c == '▲':
			out.WriteString(l.t.Decision.Render(string(c)))
		case c == '★':
			out.WriteString(l.t.Good.Render(string(c)))
		case b.ID == f.Branch:
			out.WriteString(l.t.Train.Render(string(c)))
		default:
			out.WriteString(own.Render(string(c)))
		}
	}
	return out.String()
}

// trained returns the branch on which a step of the current one was trained: itself or
// an ancestor.
func trained(f *live.Frame, step int) journal.BranchID {
	id := f.Branch
	for range f.Branches {
		b := f.Branches[id]
		if step > b.From || b.Parent == id {
			break
		}
		id = b.Parent
	}
	return id
}

// depth returns the number of ancestors of a branch.
func depth(f *live.Frame, b session.BranchSummary) int {
	n := 0
	for b.Parent != b.ID && n < len(f.Branches) {
		b = f.Branches[b.Parent]
		n++
	}
	return n
}
