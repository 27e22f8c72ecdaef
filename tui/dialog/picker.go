package dialog

import (
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
	keys []string // the key that opened it moves on
	at   int
	note string // why the last choice was refused
}

// NewPicker starts on the choice before the present one, so that two can be
// compared by going to and fro, or on its neighbour.
func NewPicker(t *draw.Theme, d live.KnobState, before, opener string) *Picker {
	p := &Picker{t: t, dial: d, keys: []string{"down", "j", "tab", opener}}
	for i, o := range d.Knob.Options {
		if o.Name == d.Value.Word() {
			p.at = i
		}
	}
	for i, o := range d.Knob.Options {
		if o.Name == before && d.Refused[before] == "" {
			p.at = i
			return p
		}
	}
	p.move(-1)
	return p
}

func (p *Picker) move(by int) {
	n := len(p.dial.Knob.Options)
	for range n {
		p.at = ((p.at+by)%n + n) % n
		o := p.dial.Knob.Options[p.at].Name
		if p.dial.Refused[o] == "" && o != p.dial.Value.Word() { // what stands already is no choice
			return
		}
	}
}

func (p *Picker) Key(k tea.KeyMsg) (tea.Msg, bool) {
	p.note = ""
	switch s := k.String(); s {
	case "esc", "q":
		return nil, true
	case "enter", " ", "right":
		o := p.dial.Knob.Options[p.at].Name
		if why := p.dial.Refused[o]; why != "" {
			p.note = why
			return nil, false
		}
		return intent.Set{Path: p.dial.Knob.Path, Text: o}, true
	case "up", "k", "shift+tab":
		p.move(-1)
	default:
		for _, down := range p.keys {
			if s == down {
				p.move(1)
				break
			}
		}
	}
	return nil, false
}

func (p *Picker) View(w, h int) string {
	inner := min(w-4, 76)
	room := max(inner-20, 0)
	var lines []string
	whole := "" // what is said of the chosen one, if its row is too short for it
	for i, o := range p.dial.Knob.Options {
		mark, style := "  ", p.t.Text
		help := o.Help
		if why := p.dial.Refused[o.Name]; why != "" {
			style, help = p.t.Muted, why
		}
		if i == p.at {
			mark, style = "▸ ", p.t.Selected
			if draw.Width(help) > room {
				whole = help
			}
		}
		if o.Name == p.dial.Value.Word() {
			help = "(now) " + help
		}
		lines = append(lines, " "+style.Render(mark+draw.FitLine(o.Name, 15))+p.t.Muted.Render(draw.FitLine(help, room)))
	}
	rows := max(h-6, 1)
	top := min(max(p.at-rows/2, 0), max(len(lines)-rows, 0))
	lines = lines[top:min(top+rows, len(lines))]
	foot := "↑↓ choose   enter take   esc leave"
	if p.note != "" {
		foot = p.note
	}
	lines = append(lines, " "+p.t.Text.Render(whole), p.t.Muted.Render(" "+foot))
	return p.t.Box(p.dial.Knob.Path, nil, p.dial.Knob.Help, strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}
