package dialog

import (
	"slices"
	"strings"

	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Picker chooses among the options of a knob.
type Picker struct {
	t    *draw.Theme
	dial live.KnobState
	choices
	refused bool // the last choice was
}

// NewPicker starts on the present choice.
func NewPicker(t *draw.Theme, d live.KnobState) *Picker {
	p := &Picker{t: t, dial: d}
	for i, o := range d.Knob.Options {
		p.names = append(p.names, o.Name)
		if o.Name == d.Value.Word() {
			p.at = i
		}
	}
	return p
}

func (p *Picker) Key(k tea.KeyMsg) (tea.Msg, bool) {
	p.refused = false
	switch s := k.String(); {
	case s == "esc":
		return nil, true
	case s == "enter", s == " ", s == "right":
		i, ok := p.chosen()
		if !ok {
			return nil, false
		}
		o := p.dial.Knob.Options[i].Name
		if p.refused = p.dial.Refused[o] != ""; p.refused {
			return nil, false
		}
		return intent.Set{Path: p.dial.Knob.Path, Text: o}, true
	default:
		p.key(k)
	}
	return nil, false
}

// Click chooses the option in a line.
func (p *Picker) Click(_, y int) (tea.Msg, bool) {
	if !p.clicked(y) {
		return nil, false
	}
	return p.Key(tea.KeyMsg{Type: tea.KeyEnter})
}

func (p *Picker) View(w, h int) string {
	inner := min(w-4, 76)
	wide := 13
	for _, name := range p.names {
		wide = max(wide, draw.Width(name))
	}
	wide = min(wide, max(inner/2, 1)) + 2
	room := max(inner-wide-3, 0)
	rows := min(max(h-7, 1), len(p.names)) // the box keeps its height while one types
	p.page = rows
	all := p.matching()
	at := max(slices.Index(all, p.at), 0)
	top := min(max(at-rows/2, 0), max(len(all)-rows, 0))
	var lines []string
	whole := ""                       // what is said of the chosen one, if its row is too short for it
	p.lines = append(p.lines[:0], -1) // the border
	for _, i := range all[top:min(top+rows, len(all))] {
		p.lines = append(p.lines, i)
		o := p.dial.Knob.Options[i]
		mark, style := "  ", p.t.Text
		help := o.Help
		if why := p.dial.Refused[o.Name]; why != "" {
			style, help = p.t.Muted, why
		}
		said := help
		if o.Name == p.dial.Value.Word() {
			said = "(now) " + help
		}
		if i == p.at {
			mark, style = "▸ ", p.t.Selected
			if draw.Width(said) > room || p.refused {
				whole = help
			}
		}
		lines = append(lines, " "+style.Render(mark+draw.FitLine(o.Name, wide))+p.t.Muted.Render(draw.FitLine(said, room)))
	}
	lines = append(lines, make([]string, rows-len(lines))...)
	foot := draw.FirstFitting(inner-1, p.t.Keys("type to filter   ↑↓ choose   enter select   ? explain   esc close"), "type to filter   enter select   ? explain   esc")
	if status := p.status(); status != "" {
		foot = draw.FirstFitting(inner-2, status+p.t.Keys("   ↑↓ choose   enter select   esc close"), status+"   enter select   esc close", status)
	}
	style := p.t.Text
	if p.refused {
		style = p.t.Title
	}
	first, rest, _ := strings.Cut(draw.Wrap(whole, inner-2), "\n")
	rest = strings.ReplaceAll(rest, "\n", " ")
	lines = append(lines, " "+style.Render(first), " "+style.Render(rest), p.t.Muted.Render(" "+foot))
	return p.t.Box(p.dial.Knob.Path, nil, draw.Crop(p.dial.Knob.Help, max(inner-draw.Width(p.dial.Knob.Path)-8, 1), "…"), strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// Subject is the highlighted choice, with its knob behind it.
func (p *Picker) Subject() intent.Subject {
	path := p.dial.Knob.Path
	return intent.Subject{Pages: []string{"knob " + path, path + "=" + p.dial.Knob.Options[p.at].Name}}
}
