package tui

import (
	"math"
	"strings"

	"descent/core/knob"
	"descent/session"

	"github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// knobs lists every live setting and turns the selected one.
type knobs struct {
	t    *theme
	path string // of the selected knob; it stays selected when others come and go
	at   int    // where it was, for when it is gone
}

func (k *knobs) Title() string { return "Knobs" }

func (k *knobs) Note(f *session.Frame) string { return "" }

// selected is the row of the selection.
func (k *knobs) selected(f *session.Frame) int {
	for i, d := range f.Panel {
		if d.Knob.Path == k.path {
			return i
		}
	}
	return min(k.at, len(f.Panel)-1)
}

func (k *knobs) choose(f *session.Frame, i int) {
	k.at = min(max(i, 0), len(f.Panel)-1)
	k.path = f.Panel[k.at].Knob.Path
}

func (k *knobs) move(by int) func(*session.Frame) tea.Msg {
	return func(f *session.Frame) tea.Msg {
		k.choose(f, k.selected(f)+by)
		return nil
	}
}

func (k *knobs) turn(stops int) func(*session.Frame) tea.Msg {
	return func(f *session.Frame) tea.Msg {
		d := f.Panel[k.selected(f)]
		if d.Knob.Kind == knob.Choice {
			return pickable(d, stops)
		}
		return turnIntent{d.Knob.Path, stops}
	}
}

// pickable turns a choice on to the next that fits.
func pickable(d session.Dial, stops int) tea.Msg {
	v := d.Value
	for range d.Knob.Options {
		if v = d.Knob.Turn(v, stops); d.Refused[v.Word()] == "" {
			break
		}
	}
	return setIntent{d.Knob.Path, v.Word()}
}

func (k *knobs) inert(f *session.Frame) string { return f.Panel[k.selected(f)].Inert }

func (k *knobs) Shown(*session.Frame) bool { return true }

func (k *knobs) Actions() []Action {
	return []Action{
		{Keys: []string{"up", "k"}, Show: "↑↓", Label: "choose", Help: "the knob above", Do: k.move(-1)},
		{Keys: []string{"down", "j"}, Show: "↓", Help: "the knob below", Do: k.move(1)},
		{Keys: []string{"left", "h"}, Show: "←→", Label: "turn", Help: "turn the knob down, or to the previous choice", Off: k.inert, Do: k.turn(-1)},
		{Keys: []string{"right"}, Show: "→", Help: "turn the knob up, or to the next choice", Off: k.inert, Do: k.turn(1)},
		{Keys: []string{"pgup"}, Help: "ten knobs up", Do: k.move(-10)},
		{Keys: []string{"pgdown"}, Help: "ten knobs down", Do: k.move(10)},
		{Keys: []string{"home"}, Help: "the first knob", Do: k.move(math.MinInt / 2)},
		{Keys: []string{"end"}, Help: "the last knob", Do: k.move(math.MaxInt / 2)},
		{
			Keys: []string{"enter"}, Label: "type", Help: "type a value, open the choices, or flip the switch", Off: k.inert,
			Do: func(f *session.Frame) tea.Msg {
				d := f.Panel[k.selected(f)]
				switch d.Knob.Kind {
				case knob.Choice:
					return pickIntent{d.Knob.Path}
				case knob.Switch:
					return turnIntent{d.Knob.Path, 1}
				}
				return typeIntent{d.Knob.Path, d.Knob.Format(d.Value)}
			},
		},
		{
			Keys: []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}, Show: "0-9", Help: "begin to type a value",
			Off: func(f *session.Frame) string {
				if d := f.Panel[k.selected(f)]; d.Knob.Kind != knob.Number && d.Knob.Kind != knob.Whole {
					return d.Knob.Path + " is not a number"
				}
				return k.inert(f)
			},
			Do: func(f *session.Frame) tea.Msg { return typeIntent{f.Panel[k.selected(f)].Knob.Path, ""} },
		},
	}
}

// Point selects the knob that is clicked, or with the wheel the next.
func (k *knobs) Point(f *session.Frame, _, y, w, h, wheel int) tea.Msg {
	if wheel != 0 {
		k.choose(f, k.selected(f)+wheel)
		return nil
	}
	if top, room := k.scroll(f, w, h); y < room && top+y < len(f.Panel) {
		k.choose(f, top+y)
	}
	return nil
}

// scroll is the first knob shown, and how many there is room for.
func (k *knobs) scroll(f *session.Frame, w, h int) (top, room int) {
	at := k.selected(f)
	if room = h - len(k.help(f.Panel[at], w)) - 1; room < 3 {
		room = h
	}
	return min(max(at-room*2/3, 0), max(len(f.Panel)-room, 0)), room
}

// label is the knob's name on the screen: settings stand under their choice.
func label(path string) string {
	table, name, _ := strings.Cut(path, ".")
	switch {
	case name == "name":
		return table
	case path == "prune.sparsity":
		return "prune"
	case path == "quant.bits":
		return "quantize"
	}
	name = strings.ReplaceAll(name, "_", " ")
	if table == "train" || table == "surface" {
		return name
	}
	return "  " + name
}

func (k *knobs) View(f *session.Frame, w, h int, focused bool) string {
	at := k.selected(f)
	help := k.help(f.Panel[at], w)
	top, room := k.scroll(f, w, h)
	if room == h {
		help = nil
	}
	var lines []string
	for i := top; i < min(top+room, len(f.Panel)); i++ {
		lines = append(lines, k.row(f.Panel[i], w, i == at, focused))
	}
	if help != nil {
		for len(lines) < room {
			lines = append(lines, "")
		}
		lines = append(lines, k.t.Muted.Render(strings.Repeat("╌", w)))
		lines = append(lines, help...)
	}
	return fit(strings.Join(lines, "\n"), w, h)
}

const valueAt = 17 // the column of the values

func (k *knobs) row(d session.Dial, w int, selected, focused bool) string {
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
	line := mark + name.Render(fitLine(label(d.Knob.Path), at-2)) + " "
	slider := 7
	if room := w - at - 12 - 1; room >= slider && d.Knob.Kind <= knob.Whole {
		return line + value.Render(fitLine(text, 12)) + k.slider(d, min(room, 14), selected && focused)
	}
	return line + value.Render(fitLine(text, max(w-at, 1)))
}

// slider shows where a number stands in its range.
func (k *knobs) slider(d session.Dial, w int, bright bool) string {
	p := d.Knob.Position(d.Value)
	if math.IsNaN(p) {
		return ""
	}
	dot := int(math.Round(p * float64(w-1)))
	style := k.t.Muted
	if bright {
		style = k.t.Selected
	}
	return k.t.Muted.Render(strings.Repeat("─", dot)) + style.Render("●") + k.t.Muted.Render(strings.Repeat("─", w-1-dot))
}

// help explains the selected knob, in two or three lines.
func (k *knobs) help(d session.Dial, w int) []string {
	text := d.Knob.Help
	if d.Inert != "" {
		text = "now without effect: " + d.Inert
	} else if d.Knob.Kind == knob.Choice {
		for _, o := range d.Knob.Options {
			if o.Name == d.Value.Word() {
				text += ". " + o.Name + ": " + o.Help
			}
		}
	}
	lines := strings.Split(ansi.Wordwrap(d.Knob.Path+": "+text, w, ""), "\n")
	for i, l := range lines {
		lines[i] = k.t.Muted.Render(l)
	}
	return lines[:min(len(lines), 4)]
}
