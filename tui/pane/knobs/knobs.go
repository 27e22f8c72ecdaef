// Package knobs is the pane of the knobs.
package knobs

import (
	"fmt"
	"math"
	"strings"

	"descent/core/knob"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Pane lists all knobs and changes the selected one. The knobs of a group are
// folded under its heading, rarely changed ones into a line with their number; both
// unfold. A knob that is not at its default is always visible.
type Pane struct {
	t    *draw.Theme
	path string // of the selected knob, or the name of the selected group
	at   int    // its row, in case it disappears
	pull pull
	folds
}

// New makes the pane with the learning rate selected.
func New(t *draw.Theme) *Pane { return &Pane{t: t, path: "optimizer.lr"} }

func (k *Pane) Title() string { return "Knobs" }

func (k *Pane) Note(f *live.Frame) string { return "" }

// row returns the index of the selected row.
func (k *Pane) row(f *live.Frame, rows []row) int {
	for i, r := range rows {
		if r.name(f) == k.path {
			return i
		}
	}
	return min(k.at, len(rows)-1)
}

// selection returns the selected row.
func (k *Pane) selection(f *live.Frame) row {
	rows := k.rows(f, k.path)
	return rows[k.row(f, rows)]
}

// selected returns the knob of the selected row, by its index in the panel.
func (k *Pane) selected(f *live.Frame) int { return k.selection(f).dial }

// Chosen returns the selected knob.
func (k *Pane) Chosen(f *live.Frame) live.KnobState { return f.Panel[k.selected(f)] }

func (k *Pane) choose(f *live.Frame, i int) {
	rows := k.rows(f, k.path)
	k.at = min(max(i, 0), len(rows)-1)
	k.path = rows[k.at].name(f)
}

func (k *Pane) move(by int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		k.choose(f, k.row(f, k.rows(f, k.path))+by)
		return nil
	}
}

func (k *Pane) turn(stops int) func(*live.Frame) tea.Msg {
	return func(f *live.Frame) tea.Msg {
		r := k.selection(f)
		d := f.Panel[r.dial]
		switch {
		case r.head:
			k.fold(r.group, stops > 0)
			return nil
		case d.Knob.Kind == knob.Choice:
			return pickable(d, stops)
		}
		return intent.Turn{Path: d.Knob.Path, Stops: stops}
	}
}

// pickable changes a choice to the next option that applies.
func pickable(d live.KnobState, stops int) tea.Msg {
	v := d.Value
	for range d.Knob.Options {
		if v = d.Knob.Turn(v, stops); d.Refused[v.Word()] == "" {
			break
		}
	}
	return intent.Set{Path: d.Knob.Path, Text: v.Word()}
}

func (k *Pane) inert(f *live.Frame) string {
	r := k.selection(f)
	if r.head {
		return ""
	}
	return f.Panel[r.dial].Inert
}

func (k *Pane) Shown(*live.Frame) bool { return true }

func (k *Pane) Actions() []intent.Action {
	return []intent.Action{
		{Name: "knobs.up", Keys: []string{"up"}, Pair: "↑↓", Label: "choose", Help: "the knob above", Do: k.move(-1)},
		{Name: "knobs.down", Keys: []string{"down"}, Help: "the knob below", Do: k.move(1)},
		{Name: "knobs.less", Keys: []string{"left"}, Pair: "←→", Label: "turn", Now: k.turns, Help: "decrease the knob, or select the previous choice; fold a group", Off: k.inert, Do: k.turn(-1)},
		{Name: "knobs.more", Keys: []string{"right"}, Help: "increase the knob, or select the next choice; unfold a group", Off: k.inert, Do: k.turn(1)},
		{Name: "knobs.page-up", Keys: []string{"pgup"}, Help: "ten knobs up", Do: k.move(-10)},
		{Name: "knobs.page-down", Keys: []string{"pgdown"}, Help: "ten knobs down", Do: k.move(10)},
		{Name: "knobs.first", Keys: []string{"home"}, Help: "the first knob", Do: k.move(math.MinInt / 2)},
		{Name: "knobs.last", Keys: []string{"end"}, Help: "the last knob", Do: k.move(math.MaxInt / 2)},
		{
			Name: "knobs.enter", Keys: []string{"enter"}, Label: "type", Now: k.enters, Help: "type a value, open the list of choices, toggle the switch, or fold the group", Off: k.inert,
			Do: k.enter,
		},
		{
			Name: "knobs.type", Keys: []string{"="}, Help: "type a value; on the line of a group, for its main knob",
			Off: k.untyped, Do: k.typed,
		},
	}
}

// enter opens the field or the list of the selected knob, flips its switch, or folds
// its group.
func (k *Pane) enter(f *live.Frame) tea.Msg {
	r := k.selection(f)
	d := f.Panel[r.dial]
	switch {
	case r.head:
		k.fold(r.group, !k.isOpen(f, k.path, r.group))
		return nil
	case d.Knob.Kind == knob.Choice:
		return intent.Pick{Path: d.Knob.Path}
	case d.Knob.Kind == knob.Switch:
		return intent.Turn{Path: d.Knob.Path, Stops: 1}
	}
	return intent.Type{Path: d.Knob.Path, Text: d.Knob.Format(d.Value)}
}

// untyped is why no value can be typed here, "" if one can.
func (k *Pane) untyped(f *live.Frame) string {
	d := f.Panel[k.main(f, k.selection(f))]
	if d.Knob.Kind != knob.Number && d.Knob.Kind != knob.Integer {
		return d.Knob.Path + " is not a number"
	}
	return d.Inert
}

// typed opens a field with the value of the knob.
func (k *Pane) typed(f *live.Frame) tea.Msg {
	d := f.Panel[k.main(f, k.selection(f))]
	return intent.Type{Path: d.Knob.Path, Text: d.Knob.Format(d.Value)}
}

// turns is the word for the arrows on the selected line.
func (k *Pane) turns(f *live.Frame) string {
	if k.selection(f).head {
		return "fold"
	}
	return "turn"
}

// enters is the word for enter on the selected line.
func (k *Pane) enters(f *live.Frame) string {
	r := k.selection(f)
	switch kind := f.Panel[r.dial].Knob.Kind; {
	case r.head && k.isOpen(f, k.path, r.group):
		return "fold"
	case r.head:
		return "open"
	case kind == knob.Choice:
		return "choices"
	case kind == knob.Switch:
		return "flip"
	}
	return "type"
}

// Point selects the clicked knob, or the next one with the wheel. A click on the
// heading of a group folds it, one on a slider moves it, and one on another value of
// the selected knob is as enter.
func (k *Pane) Point(f *live.Frame, e intent.Pointing) tea.Msg {
	rows := k.rows(f, k.path)
	held, holds := intent.FindKnob(f, k.pull.path)
	switch {
	case e.Gesture == intent.Wheel:
		k.choose(f, k.row(f, rows)+e.Wheel)
	case e.Gesture == intent.Press:
		return k.press(f, e, rows)
	case !holds:
		k.pull = pull{}
	case e.Gesture == intent.Drag:
		k.pull.move(held, e.X, e.W)
	case e.Gesture == intent.Release:
		return k.pull.release()
	}
	return nil
}

// press handles a click.
func (k *Pane) press(f *live.Frame, e intent.Pointing, rows []row) tea.Msg {
	k.pull = pull{}
	top, room := k.scroll(f, e.W, e.H)
	if e.Y >= room || top+e.Y >= len(rows) {
		return nil
	}
	before := k.path
	k.choose(f, top+e.Y)
	r := rows[k.at]
	if r.head {
		k.fold(r.group, !k.isOpen(f, k.path, r.group))
		return nil
	}
	d := f.Panel[r.dial]
	if !k.pull.grab(d, e.X, e.W) && before == k.path && e.X >= min(valueAt, e.W-9) && d.Inert == "" {
		return k.enter(f)
	}
	return nil
}

// scroll returns the first visible row and the number that fit.
func (k *Pane) scroll(f *live.Frame, w, h int) (top, room int) {
	rows := k.rows(f, k.path)
	at := k.row(f, rows)
	if room = h - len(k.help(f, rows[at], w)) - 1; room < 3 {
		room = h
	}
	return min(max(at-room*2/3, 0), max(len(rows)-room, 0)), room
}

func (k *Pane) View(f *live.Frame, w, h int, focused bool) string {
	k.room = h - helpLines
	rows := k.rows(f, k.path)
	at := k.row(f, rows)
	help := k.help(f, rows[at], w)
	top, room := k.scroll(f, w, h)
	if room == h {
		help = nil
	}
	var lines []string
	for i := top; i < min(top+room, len(rows)); i++ {
		if rows[i].head {
			lines = append(lines, k.head(f, rows[i], w, i == at, focused))
		} else {
			lines = append(lines, k.line(k.pull.pulled(f.Panel[rows[i].dial]), w, i == at, focused))
		}
	}
	more := draw.Beyond(top, len(rows)-top-len(lines))
	switch last := len(lines) - 1; {
	case help != nil:
		for len(lines) < room {
			lines = append(lines, "")
		}
		if more != "" {
			more = "╌╌" + more
		}
		rest := k.t.Muted.Render(strings.Repeat("╌", max(w-draw.Width(more), 0)))
		lines = append(lines, k.t.Text.Render(more)+rest)
		lines = append(lines, help...)
	case more != "" && top+last != at:
		lines[last] = k.t.Text.Render(more)
	}
	return draw.Fit(strings.Join(lines, "\n"), w, h)
}

// head renders the heading of a group: whether it is unfolded, and whether anything
// is active.
func (k *Pane) head(f *live.Frame, r row, w int, selected, focused bool) string {
	mark, name := " ", k.t.Muted
	if selected {
		mark = "▸"
		if name = k.t.Text; focused {
			name = k.t.Selected
		}
	}
	sign, state := "+", "off"
	if k.isOpen(f, k.path, r.group) {
		sign = "−"
	}
	for _, d := range f.Panel {
		if table, _, _ := strings.Cut(d.Knob.Path, "."); table == r.group && works(d, k.defaults(f)[d.Knob.Path]) {
			state = "on"
		}
	}
	style := k.t.Muted
	if state == "on" {
		style = k.t.Good
	}
	at := min(valueAt, w-9)
	if r.hidden > 0 {
		text := fmt.Sprintf("  %d more", r.hidden)
		if k.isOpen(f, k.path, r.group) {
			text = "  fewer"
		}
		return mark + name.Render(draw.FitLine(text, at-2)) + " " + k.t.Muted.Render(draw.FitLine("    "+sign, max(w-at, 1)))
	}
	return mark + name.Render(draw.FitLine(groups[r.group], at-2)) + " " + style.Render(draw.FitLine(state, 4)) + k.t.Muted.Render(draw.FitLine(sign, max(w-at-4, 1)))
}

// works reports whether a knob of a group activates something: its default is off,
// and it is not at its default.
func works(d live.KnobState, def knob.Value) bool {
	if d.Inert != "" || d.Value.Equal(def) {
		return false
	}
	if d.Knob.Kind == knob.Choice {
		return d.Knob.Path == "finetune.only" || d.Knob.Path == "distill.features"
	}
	return d.Knob.Zero != "" && def.Num() == 0
}

// helpLines is the number of lines that are kept for the help below the knobs.
const helpLines = 5

func (k *Pane) line(d live.KnobState, w int, selected, focused bool) string {
	mark, name, value := " ", k.t.Muted, k.t.Text
	if selected {
		mark = "▸"
		if focused {
			name, value = k.t.Selected, k.t.Selected
		} else {
			name = k.t.Text
		}
	}
	if d.Inert != "" {
		value = k.t.Muted
	}
	text := d.Knob.Format(d.Value)
	if d.Knob.Kind == knob.Choice && selected && focused {
		text += " ‹›"
	}
	at := min(valueAt, w-9)
	line := mark + name.Render(draw.FitLine(intent.KnobLabel(d.Knob.Path), at-2)) + " "
	if _, width := sliderAt(w); width > 0 && d.Knob.Kind <= knob.Integer {
		return line + value.Render(draw.FitLine(text, valueWidth)) + slider(k.t, d, width, selected && focused)
	}
	return line + value.Render(draw.FitLine(text, max(w-at, 1)))
}

// help renders the help of the selected knob, in two or three lines.
func (k *Pane) help(f *live.Frame, r row, w int) []string {
	d := f.Panel[r.dial]
	text := d.Knob.Help
	if r.head {
		return k.wrapped(groupHelp[r.group]+": enter unfolds or folds it, = types "+f.Panel[k.main(f, r)].Knob.Path, w)
	}
	if d.Inert != "" {
		text = "now without effect: " + d.Inert
	} else if d.Knob.Kind == knob.Choice {
		for _, o := range d.Knob.Options {
			if o.Name == d.Value.Word() {
				text += ". " + o.Name + ": " + o.Help
			}
		}
	}
	return k.wrapped(d.Knob.Path+" · "+text, w)
}

// groupHelp describes the groups.
var groupHelp = map[string]string{
	"prune":     "pruning: a mask sets weights to zero; without the mask they are restored",
	"quant":     "quantization of weights and activations to low bit widths",
	"distill":   "distillation: the outputs of a teacher as targets in addition to the labels",
	"augment":   "data augmentation: inputs are transformed, labels are kept",
	"finetune":  "fine-tuning: which layers train, their learning rates, and regularization towards the initial weights",
	"optimizer": "further settings of the optimizer, at their defaults",
	"training":  "further settings of schedule, loss and training, at their defaults",
}

func (k *Pane) wrapped(text string, w int) []string {
	lines := k.t.Muted.Lines(draw.Wrap(text, w))
	return lines[:min(len(lines), 4)]
}
