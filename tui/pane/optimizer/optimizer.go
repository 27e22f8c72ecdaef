// Package optimizer is the pane that shows one step of training from inside:
// forward, loss, backward, update, a file each.
package optimizer

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"descent/core/microscope"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Pane shows the coming step of training, taken on a copy.
type Pane struct {
	sheet
	asked  microscope.Step // what is followed
	before microscope.Step // what was, until there is a finding of what is
	frame  int             // of the step, an index of stages
}

// New makes the pane, which follows the weight that moves most.
func New(t *draw.Theme) *Pane {
	auto := microscope.Step{Tensor: -1, Weight: -1}
	return &Pane{sheet: sheet{t: t}, asked: auto, before: auto, frame: updateFrame}
}

// stages are the frames of a step.
var stages = []struct {
	name string
	note func(v microscope.View) string // what is drawn
	draw func(s *sheet, f *live.Frame, v microscope.View, w, h int) []string
}{
	forwardFrame:  {"forward", forwardNote, (*sheet).forward},
	lossFrame:     {"loss", lossNote, (*sheet).loss},
	backwardFrame: {"backward", backwardNote, (*sheet).backward},
	updateFrame:   {"update", updateNote, (*sheet).update},
}

func (p *Pane) Title() string { return "Optimizer" }

// Note names the weight that is followed.
func (p *Pane) Note(f *live.Frame) string {
	v, ok := p.view(f)
	if !ok {
		return ""
	}
	return v.Optimizer + " · " + element(v.Tensors[v.Chosen.Tensor], v.Chosen.Index)
}

func (p *Pane) Shown(*live.Frame) bool { return true }

// Probes returns the step that is followed and, until it is measured, the one before.
func (p *Pane) Probes(f *live.Frame, w, h int) []live.Probe {
	if w < 8 || h < 3 {
		return nil
	}
	if _, ok := f.Findings[p.asked]; !ok && p.before != p.asked {
		return []live.Probe{p.asked, p.before}
	}
	return []live.Probe{p.asked}
}

// finding is what is shown, which may be that of the last selection.
func (p *Pane) finding(f *live.Frame) (live.Finding, bool) {
	if found, ok := f.Findings[p.asked]; ok {
		return found, true
	}
	found, ok := f.Findings[p.before]
	return found, ok
}

func (p *Pane) view(f *live.Frame) (microscope.View, bool) {
	found, _ := p.finding(f)
	v, ok := found.Value.(microscope.View)
	return v, ok && len(v.Tensors) > 0
}

// follow asks for another weight or row.
func (p *Pane) follow(f *live.Frame, step microscope.Step) {
	if _, ok := f.Findings[p.asked]; ok {
		p.before = p.asked
	}
	p.asked = step
}

func (p *Pane) Actions() []intent.Action {
	// turned is an action that asks for another weight, from what is shown.
	turned := func(to func(v microscope.View, s microscope.Step) microscope.Step) func(*live.Frame) tea.Msg {
		return func(f *live.Frame) tea.Msg {
			if v, ok := p.view(f); ok {
				p.follow(f, to(v, p.asked))
			}
			return nil
		}
	}
	tensor := func(by int) func(microscope.View, microscope.Step) microscope.Step {
		return func(v microscope.View, s microscope.Step) microscope.Step {
			return microscope.Step{Tensor: draw.Modulo(p.tensor(v)+by, len(v.Tensors)), Weight: -1, Row: s.Row}
		}
	}
	weight := func(by int) func(microscope.View, microscope.Step) microscope.Step {
		return func(v microscope.View, s microscope.Step) microscope.Step {
			at := p.tensor(v)
			i := s.Weight
			if i < 0 || s.Tensor != at {
				i = v.Chosen.Index
				if v.Chosen.Tensor != at {
					i = v.Tensors[at].Largest
				}
			}
			return microscope.Step{Tensor: at, Weight: draw.Modulo(i+by, size(v.Tensors[at])), Row: s.Row}
		}
	}
	row := func(by int) func(microscope.View, microscope.Step) microscope.Step {
		return func(v microscope.View, s microscope.Step) microscope.Step {
			s.Row = draw.Modulo(min(s.Row, max(v.Pass.Rows-1, 0))+by, max(v.Pass.Rows, 1))
			return s
		}
	}
	onNetwork := func(f *live.Frame) string {
		if f.Data == nil {
			return "a surface has no rows"
		}
		return ""
	}
	turn := func(by int) func(*live.Frame) tea.Msg {
		return func(*live.Frame) tea.Msg {
			p.frame = draw.Modulo(p.frame+by, len(stages))
			return nil
		}
	}
	return []intent.Action{
		{Name: "optimizer.next-frame", Keys: []string{"enter"}, Label: "next frame", Help: "next frame of the step: forward, loss, backward, update", Do: turn(1)},
		{Name: "optimizer.previous-frame", Keys: []string{"backspace"}, Help: "previous frame of the step", Do: turn(-1)},
		{Name: "optimizer.previous-tensor", Keys: []string{"up"}, Pair: "↑↓", Label: "tensor", Help: "follow a weight of the previous tensor", Do: turned(tensor(-1))},
		{Name: "optimizer.next-tensor", Keys: []string{"down"}, Help: "follow a weight of the next tensor", Do: turned(tensor(1))},
		{Name: "optimizer.previous-weight", Keys: []string{"left"}, Pair: "←→", Label: "weight", Help: "follow the previous weight of the tensor", Do: turned(weight(-1))},
		{Name: "optimizer.next-weight", Keys: []string{"right"}, Help: "follow the next weight of the tensor", Do: turned(weight(1))},
		{Name: "optimizer.largest", Keys: []string{"J"}, Label: "largest", Help: "follow the weight that moves most, whichever it is", Do: turned(func(_ microscope.View, s microscope.Step) microscope.Step {
			return microscope.Step{Tensor: -1, Weight: -1, Row: s.Row}
		})},
		{Name: "optimizer.random", Keys: []string{"Y"}, Label: "random", Help: "follow a weight at random", Do: turned(func(v microscope.View, s microscope.Step) microscope.Step {
			return random(v, s)
		})},
		{Name: "optimizer.previous-row", Keys: []string{"("}, Pair: "( )", Label: "row", Help: "follow the previous row of the batch", Off: onNetwork, Do: turned(row(-1))},
		{Name: "optimizer.next-row", Keys: []string{")"}, Help: "follow the next row of the batch", Off: onNetwork, Do: turned(row(1))},
	}
}

// tensor is the selected one: that which was asked for, or of the weight that moves
// most.
func (p *Pane) tensor(v microscope.View) int {
	if p.asked.Tensor >= 0 && p.asked.Tensor < len(v.Tensors) {
		return p.asked.Tensor
	}
	return v.Chosen.Tensor
}

// random is another weight, any with the same chance.
func random(v microscope.View, s microscope.Step) microscope.Step {
	total := 0
	for _, t := range v.Tensors {
		total += size(t)
	}
	i := rand.IntN(max(total, 1))
	for k, t := range v.Tensors {
		if i < size(t) {
			return microscope.Step{Tensor: k, Weight: i, Row: s.Row}
		}
		i -= size(t)
	}
	return s
}

// The least sizes of a view with all frames side by side.
const (
	wideView = 100
	highView = 14
)

func (p *Pane) View(f *live.Frame, w, h int, _ bool) string {
	if w < 8 || h < 3 {
		return draw.Fit("", w, h)
	}
	found, ok := p.finding(f)
	if found.Err != nil {
		return draw.FitLines(p.t.Bad.Lines(draw.Wrap("✗ "+found.Err.Error(), w)), w, h)
	}
	v, fine := p.view(f)
	if !ok || !fine {
		return draw.Fit("\n"+p.t.Muted.Render("  measuring the coming step, on a copy"), w, h)
	}
	wide := p.wide(v, w, h)
	lines := p.head(f, v, w, wide)
	table, more := p.table(v, p.tensor(v), w, p.tableRoom(v, h-len(lines)))
	room := p.room(len(lines), len(table), h)
	switch {
	case wide && v.Surface:
		lines = append(lines, p.coordinates(v, w, room)...)
	case wide:
		lines = append(lines, p.beside(f, v, w, room)...)
	default:
		lines = append(lines, p.alone(f, v, w, room)...)
	}
	if len(table) > 0 && room > 1 {
		lines = append(lines, p.t.Muted.Render(strings.Repeat("─", max(w-draw.Width(more)-1, 0))+more+"─"))
	}
	return draw.FitLines(append(lines, table...), w, h)
}

// wide reports whether there is room for all frames beside each other.
func (p *Pane) wide(v microscope.View, w, h int) bool {
	return w >= wideView && (v.Surface || p.room(1, p.tableRoom(v, h-1), h) >= highView)
}

// room is how many lines the frames have between the head and the table with its edge.
func (p *Pane) room(head, table, h int) int {
	room := h - head - table
	if table > 0 && room > 1 {
		room--
	}
	return room
}

// tableRoom is how many lines the table of tensors has: at most a third.
func (p *Pane) tableRoom(v microscope.View, h int) int {
	return min(len(v.Tensors)+1, max(h/3, 2))
}

// head says what is seen and where in the step one is.
func (p *Pane) head(f *live.Frame, v microscope.View, w int, wide bool) []string {
	state := "not taken yet: . takes it"
	if f.Playing {
		state = "training goes on: space pauses"
	}
	left := p.t.Text.Render(fmt.Sprintf("step %s", draw.Thousands(v.Step))) + p.t.Muted.Render(", "+state)
	right := p.t.Muted.Render("L ") + p.t.Text.Render(figure(v.Loss)) + p.t.Muted.Render("   ηₜ ") + p.t.Text.Render(figure(v.Rate)) + p.t.Muted.Render("   "+v.Optimizer)
	var steps []string
	for i, st := range stages {
		if i == p.frame {
			steps = append(steps, p.t.Selected.Render("▸ "+st.name))
		} else {
			steps = append(steps, p.t.Muted.Render("  "+st.name))
		}
	}
	strip := strings.Join(steps, p.t.Muted.Render("  →"))
	if wide { // where the frames are named beside each other
		return []string{draw.Between(left, right, w)}
	}
	if draw.Width(left)+draw.Width(right)+2 > w {
		return []string{draw.FitLine(left, w), draw.FitLine(strip, w)}
	}
	return []string{draw.Between(left, right, w), draw.FitLine(strip, w)}
}

// alone draws the frame that is selected.
func (p *Pane) alone(f *live.Frame, v microscope.View, w, h int) []string {
	if h <= 0 {
		return nil
	}
	st := stages[p.frame]
	var lines []string
	if p.frame != updateFrame {
		lines = append(lines, p.t.Muted.Render(st.note(v)))
		h--
	}
	return strings.Split(draw.FitLines(append(lines, st.draw(&p.sheet, f, v, w, h)...), w, h+len(lines)), "\n")
}

// named is the edge above a frame, with what it shows.
func (p *Pane) named(i int, v microscope.View, w int) string {
	style, name := p.t.Muted, " "+stages[i].name+" "
	if i == p.frame {
		style, name = p.t.Selected, "▸"+stages[i].name+" "
	}
	note := ""
	if text := stages[i].note(v); draw.Width(name)+draw.Width(text)+6 <= w {
		note = " " + text + " ─"
	}
	return style.Render("─"+name) + p.t.Muted.Render(strings.Repeat("─", max(w-1-draw.Width(name)-draw.Width(note), 0))+note)
}

// coordinates draws the frames of a surface in a line each, and the update of x and y
// side by side.
func (p *Pane) coordinates(v microscope.View, w, h int) []string {
	var out []string
	for i, text := range p.points(v) {
		style := p.t.Muted
		if i == p.frame {
			style = p.t.Selected
		}
		out = append(out, style.Render(draw.FitLine("  "+stages[i].name, 13))+p.t.Text.Render(text))
	}
	out = append(out, "")
	half := (w - 3) / 2
	room := max(h-len(out), 0)
	gap := strings.TrimSuffix(strings.Repeat("   \n", room), "\n")
	var blocks []string
	for i, c := range v.Point {
		one := v
		one.Chosen = c
		title := p.edge("the rule of "+v.Optimizer+" for "+[]string{"x", "y"}[i%2], half)
		blocks = append(blocks, draw.FitLines(append([]string{title}, p.update(nil, one, half, room-1)...), half, room))
	}
	if room < 3 || len(blocks) != 2 {
		return out
	}
	return append(out, strings.Split(draw.Beside(blocks[0], gap, blocks[1]), "\n")...)
}

// edge is a line with a name.
func (s *sheet) edge(name string, w int) string {
	return s.t.Muted.Render(draw.FitLine("─ "+name+" "+strings.Repeat("─", max(w-draw.Width(name)-3, 0)), w))
}

// beside draws the update on the left and the other frames on the right, each under
// its name.
func (p *Pane) beside(f *live.Frame, v microscope.View, w, h int) []string {
	left := leftOf(w)
	right := w - 3 - left
	a, heat := p.column(f, v, left, h)
	if heat > 0 {
		a = append(a, p.heat(v, left, heat)...)
	}
	var b []string
	rooms := p.share(v, h-updateFrame)
	for i, st := range stages[:updateFrame] {
		b = append(b, p.named(i, v, right))
		b = append(b, strings.Split(draw.FitLines(st.draw(&p.sheet, f, v, right, rooms[i]), right, rooms[i]), "\n")...)
	}
	gap := strings.TrimSuffix(strings.Repeat("   \n", h), "\n")
	return strings.Split(draw.Beside(draw.FitLines(a, left, h), gap, draw.FitLines(b, right, h)), "\n")
}

// leftOf is how many of w cells the update has.
func leftOf(w int) int { return w - 3 - min(max((w-3)*43/100, 46), 100) }

// column is the update under its name, and how many lines the map of the tensor below
// it has, 0 for none.
func (p *Pane) column(f *live.Frame, v microscope.View, w, h int) (lines []string, heat int) {
	lines = append([]string{p.named(updateFrame, v, w)}, p.update(f, v, w, h-1)...)
	if rest := h - len(lines) - 2; rest >= leastMap && len(v.Moves) > 1 {
		return append(lines, "", p.edge(mapNote(v), w)), rest
	}
	return lines, 0
}

// share gives the three frames beside the update their lines: as many as they have
// to show, or else alike.
func (p *Pane) share(v microscope.View, h int) [updateFrame]int {
	layers := len(v.Pass.Layers)
	wanted := [updateFrame]int{layers, len(v.Pass.Outputs) + 2, layers - 1}
	out := wanted
	for i := range out { // strips of several lines, where there is room for them
		if i != lossFrame && sum(out) < h {
			out[i] += wanted[i] * min((h-sum(out))/wanted[i], mostStrip-1)
		}
	}
	for sum(out) > h {
		most := 0
		for i := range out {
			if out[i] > out[most] {
				most = i
			}
		}
		if out[most] <= 1 {
			break
		}
		out[most]--
	}
	return out
}

func sum(of [updateFrame]int) (n int) {
	for _, v := range of {
		n += v
	}
	return n
}
