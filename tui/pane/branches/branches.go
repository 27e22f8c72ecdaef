// Package branches holds the panes of the branches: the tree, in which one is chosen
// to see how its knobs differ, and the ranking of a race.
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

// Tree shows the branches as a tree, and the knobs in which the chosen one, and those
// that are compared, differ from the current one.
type Tree struct {
	t        *draw.Theme
	selected journal.BranchID
	chosen   bool // the user selected a branch; otherwise it is the current one
	page     int  // branches of a page, as last shown
	knobs    differences
}

// NewTree makes the pane.
func NewTree(t *draw.Theme) *Tree { return &Tree{t: t} }

// Title is that of the pane.
func (b *Tree) Title() string { return "Branches" }

// Note gives the number of branches.
func (b *Tree) Note(f *live.Frame) string {
	n := len(ordered(f))
	if n < 2 {
		return ""
	}
	return draw.Thousands(n) + " branches"
}

// Shown is always true.
func (b *Tree) Shown(*live.Frame) bool { return true }

// Rows is a line for each branch, and room for what differs.
func (b *Tree) Rows(f *live.Frame) int { return len(ordered(f)) + 8 }

// at returns the index of the selected branch.
func (b *Tree) at(f *live.Frame, all []twig) int {
	id := f.Branch
	if b.chosen {
		id = b.selected
	}
	i := slices.IndexFunc(all, func(t twig) bool { return t.ID == id })
	if i < 0 {
		i = slices.IndexFunc(all, func(t twig) bool { return t.ID == f.Branch })
	}
	return max(i, 0)
}

func (b *Tree) choose(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		step := by
		if by == page || by == -page {
			step = by / page * max(b.page, 1)
		}
		if all := ordered(f); len(all) > 0 {
			b.selected, b.chosen = all[min(max(b.at(f, all)+step, 0), len(all)-1)].ID, true
		}
		return nil
	}
}

// page stands for as many branches as are shown.
const page = 1 << 20

// of acts on the selected branch.
func (b *Tree) of(do func(f *live.Frame, id journal.BranchID) tea.Msg) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		all := ordered(f)
		if len(all) == 0 {
			return nil
		}
		return do(f, all[b.at(f, all)].ID)
	}
}

func (b *Tree) Actions() []intent.Action {
	return []intent.Action{
		{Name: "branches.up", Keys: []string{"up"}, Pair: "↑↓", Label: "choose", Help: "the branch above", Do: b.choose(-1)},
		{Name: "branches.down", Keys: []string{"down"}, Help: "the branch below", Do: b.choose(1)},
		{Name: "branches.pageup", Keys: []string{"pgup"}, Help: "a page of branches up", Do: b.choose(-page)},
		{Name: "branches.pagedown", Keys: []string{"pgdown"}, Help: "a page of branches down", Do: b.choose(page)},
		{Name: "branches.first", Keys: []string{"home"}, Help: "the first branch", Do: b.choose(math.MinInt / 2)},
		{Name: "branches.last", Keys: []string{"end"}, Help: "the last branch", Do: b.choose(math.MaxInt / 2)},
		{Name: "branches.go", Keys: []string{"enter"}, Label: "go there", Help: "go to the end of the chosen branch", Do: b.of(func(_ *live.Frame, id journal.BranchID) tea.Msg {
			b.chosen = false
			return intent.Go{Branch: id, Step: math.MaxInt}
		})},
		{Name: "branches.overlay", Keys: []string{"V"}, Label: "overlay", Help: "compare: overlay the curve of the chosen branch, or take it away; c is all or none", Off: alone, Do: b.of(overlay)},
		{Name: "branches.name", Keys: []string{"E"}, Label: "name", Help: "name the chosen branch", Do: b.of(func(_ *live.Frame, id journal.BranchID) tea.Msg { return intent.Name{Branch: id} })},
		{Name: "branches.delete", Keys: []string{"d"}, Label: "delete", Help: "delete the chosen branch (can be undone)", Off: alone, Do: b.of(func(_ *live.Frame, id journal.BranchID) tea.Msg { return intent.Delete{Branch: id} })},
	}
}

func alone(f *live.Frame) string {
	if len(ordered(f)) < 2 {
		return "there is only one branch: b starts another, as does a change after going back"
	}
	return ""
}

// overlay adds a branch to those that are compared, or takes it away.
func overlay(f *live.Frame, id journal.BranchID) tea.Msg {
	var ids []journal.BranchID
	was := false
	for _, o := range f.Others {
		if o.ID == id {
			was = true
			continue
		}
		ids = append(ids, o.ID)
	}
	if !was {
		ids = append(ids, id)
	}
	return intent.Compare{On: len(ids) > 0, Branches: ids}
}

// Point chooses the branch that is clicked; the wheel moves the choice.
func (b *Tree) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	if e.Gesture == intent.Wheel {
		return b.choose(e.Wheel)(f)
	}
	all := ordered(f)
	rows := b.rows(f, all, e.W, e.H)
	i := b.top(f, all, rows) + e.Y - 1
	if e.Gesture != intent.Press || e.Y < 1 || e.Y > rows || i >= len(all) {
		return nil
	}
	b.selected, b.chosen = all[i].ID, true
	return nil
}

// rows is how many branches are in view: what the knobs that differ leave.
func (b *Tree) rows(f *live.Frame, all []twig, _, h int) int {
	if len(all) < 2 {
		return min(len(all), max(h-1, 0))
	}
	need := min(len(b.knobs.table(b.compared(f, all)))+2, h/2)
	return max(min(len(all), h-1-need-1), 1)
}

func (b *Tree) top(f *live.Frame, all []twig, rows int) int {
	return min(max(b.at(f, all)-rows/2, 0), max(len(all)-rows, 0))
}

// mostCompared is how many branches stand beside each other at the most.
const mostCompared = 8

// compared returns the branches whose knobs are compared: the current one, the
// selected one, and those whose curves are overlaid.
func (b *Tree) compared(f *live.Frame, all []twig) []twig {
	var out []twig
	add := func(id journal.BranchID) {
		if slices.ContainsFunc(out, func(t twig) bool { return t.ID == id }) || len(out) >= mostCompared {
			return
		}
		if i := slices.IndexFunc(all, func(t twig) bool { return t.ID == id }); i >= 0 {
			out = append(out, all[i])
		}
	}
	add(f.Branch)
	add(all[b.at(f, all)].ID)
	for _, o := range f.Others {
		add(o.ID)
	}
	if len(out) == 1 { // the last other one
		for _, t := range slices.Backward(all) {
			if t.ID != f.Branch && len(out) == 1 {
				add(t.ID)
			}
		}
	}
	return out
}

// View renders the tree, and the knobs that differ below.
func (b *Tree) View(f *live.Frame, w, h int, focused bool) string {
	all := ordered(f)
	rows := b.rows(f, all, w, h)
	b.page = rows
	cols := treeColumns(w)
	name := min(max(w-4-9*len(cols), 8), 46)
	heading := strings.Repeat(" ", 2) + draw.FitLine("branch", name)
	for _, c := range cols {
		heading += draw.Between("", c.head, 9)
	}
	lines := []string{b.t.Muted.Render(draw.FitLine(heading, w))}
	lead, leads := leader(f)
	top := b.top(f, all, rows)
	for i := top; i < min(top+rows, len(all)); i++ {
		lines = append(lines, b.line(f, all[i], cols, name, w, focused && i == b.at(f, all), leads && lead == all[i].ID))
	}
	if more := draw.Beyond(top, len(all)-top-min(rows, len(all)-top)); more != "" {
		lines = append(lines, b.t.Muted.Render(more))
	}
	if len(all) < 2 {
		hint := draw.Wrap("only one branch yet: b starts another, as does a change after going back; R races several from here", max(w-4, 1))
		for line := range strings.SplitSeq(hint, "\n") {
			lines = append(lines, "  "+b.t.Muted.Render(line))
		}
		return draw.Fit(strings.Join(lines, "\n"), w, h)
	}
	if left := h - len(lines) - 1; left > 1 {
		lines = append(lines, "")
		lines = append(lines, b.knobs.draw(b.t, f, b.compared(f, all), w, left)...)
	}
	return draw.Fit(strings.Join(lines, "\n"), w, h)
}

// treeColumn is a number of each branch.
type treeColumn struct {
	head string
	text func(twig) string
}

// treeColumns are those that w cells hold.
func treeColumns(w int) []treeColumn {
	all := []treeColumn{
		{"from", func(t twig) string { return draw.Thousands(t.From) }},
		{"to", func(t twig) string { return draw.Thousands(t.Head) }},
		{"last", func(t twig) string {
			if t.Diverged > 0 {
				return "diverged"
			}
			return number(t.Last)
		}},
		{"best", func(t twig) string { return number(t.Loss) }},
	}
	switch {
	case w < 34:
		return all[3:]
	case w < 42:
		return []treeColumn{all[1], all[3]}
	case w < 52:
		return all[1:]
	}
	return all
}

// leader returns the branch with the lowest loss of two or more that did not diverge.
func leader(f *live.Frame) (id journal.BranchID, ok bool) {
	least, n := math.Inf(1), 0
	for _, b := range f.Branches {
		if b.Deleted || b.Diverged > 0 || math.IsNaN(b.Loss) {
			continue
		}
		if n++; b.Loss < least {
			id, least = b.ID, b.Loss
		}
	}
	return id, n > 1
}

// line renders a branch.
func (b *Tree) line(f *live.Frame, t twig, cols []treeColumn, name, w int, selected, best bool) string {
	style, mark, sign := b.t.Text, " ", " "
	if t.ID == f.Branch {
		style, sign = b.t.Title, b.t.Train.Render(string(b.t.TrainLine.Sign))
	}
	for _, o := range f.Others {
		if o.ID == t.ID {
			sign = b.t.Branch(o.Hue).Render(string(b.t.Trace(o.Hue).Sign))
		}
	}
	if selected {
		style, mark = b.t.Selected, "▸"
	}
	label := draw.Crop(t.Label, max(name-draw.Width(t.lead)-3, 4), "…")
	numbers := ""
	for _, c := range cols {
		numbers += draw.Between("", c.text(t), 9)
	}
	tail := " "
	if best {
		tail = b.t.Good.Render("★")
	}
	head := style.Render(mark) + b.t.Muted.Render(t.lead) + sign + " "
	line := head + style.Render(draw.FitLine(label, max(name+1-draw.Width(t.lead)-2, 1))) + style.Render(numbers) + " " + tail
	if n := len(t.Marks); n > 0 && w > name+50 {
		line += b.t.Decision.Render(fmt.Sprintf(" ▲ %d", n))
	}
	return line
}

// Subject is nothing of its own.
func (b *Tree) Subject(*live.Frame) intent.Subject { return intent.Subject{} }
