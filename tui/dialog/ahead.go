package dialog

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/whatif"
	"descent/session"
	"descent/session/history"
	"descent/session/live"
	"descent/tui/draw"
	"descent/tui/intent"

	tea "github.com/charmbracelet/bubbletea"
)

// Ahead is a look-ahead: a knob, candidate values for it, and the previewed curves,
// drawn beside the curve of the run. It takes all keys until it is closed.
type Ahead struct {
	path   string
	Values []string
	racers []knob.Value // the same, for a race
	at     int          // the value chosen
	from   int          // the step it starts from
	note   string       // the keys that work, after one that does not
}

// candidates returns the values to compare: around the current number, or the
// options that apply.
func candidates(d live.KnobState) []string {
	var out []string
	add := func(v knob.Value) {
		if text := v.String(); !slices.Contains(out, text) && d.Refused[v.Word()] == "" {
			out = append(out, text)
		}
	}
	switch d.Knob.Kind {
	case knob.Choice:
		add(d.Value)
		for i := range d.Knob.Options {
			if v := d.Knob.Turn(d.Value, i); len(out) < 7 {
				add(v)
			}
		}
	case knob.Switch:
		add(d.Value)
		add(d.Knob.Turn(d.Value, 1))
	case knob.Number, knob.Integer:
		for stops := -2; stops <= 2; stops++ {
			add(d.Knob.Turn(d.Value, stops))
		}
	}
	return out
}

// NewAhead looks ahead from the current value of a knob.
func NewAhead(d live.KnobState, step int) *Ahead {
	a := &Ahead{path: d.Knob.Path, Values: candidates(d), from: step}
	for _, text := range a.Values {
		if v, err := d.Knob.Parse(text); err == nil {
			a.racers = append(a.racers, v)
		}
	}
	a.at = max(slices.Index(a.Values, d.Value.String()), 0)
	return a
}

// Probe returns the probe that computes the curves.
func (a *Ahead) Probe() whatif.LookAhead {
	return whatif.LookAhead{Path: a.path, Values: whatif.JoinValues(a.Values), Steps: intent.AheadSteps}
}

// Key handles one key, and reports whether the look-ahead is closed.
func (a *Ahead) Key(msg tea.KeyMsg) (tea.Msg, bool) {
	a.note = ""
	switch msg.String() {
	case "left", "up":
		a.at = max(a.at-1, 0)
	case "right", "down":
		a.at = min(a.at+1, len(a.Values)-1)
	case "home", "pgup":
		a.at = 0
	case "end", "pgdown":
		a.at = len(a.Values) - 1
	case "enter":
		return intent.Set{Path: a.path, Text: a.Values[a.at]}, true
	case "R":
		return intent.Race{Racers: session.Over(a.path, a.racers)}, true
	case "esc", "a", "q":
		return nil, true
	default:
		a.note = "training is paused during a look-ahead: ←→ choose, enter sets the value, R races them, esc closes"
	}
	return nil, false
}

// Message is the line above the footer meanwhile, in w cells. Values without room
// are dropped from the ends, never the selected one or the keys.
func (a *Ahead) Message(t *draw.Theme, w int) string {
	keys := t.Muted.Render("  ←→ enter · R races · esc")
	head := t.Text.Render(fmt.Sprintf(" %d steps ahead with %s ", intent.AheadSteps, a.path))
	if draw.Width(head)+draw.Width(keys)+draw.Width(strings.Join(a.Values, " "))+3 > w {
		head = t.Text.Render(" ahead: " + strings.TrimSpace(intent.KnobLabel(a.path)) + " ")
	}
	room := w - draw.Width(head) - draw.Width(keys)
	for from, to := 0, len(a.Values); ; {
		var out strings.Builder
		for i := from; i < to; i++ {
			if v := a.Values[i]; i == a.at {
				out.WriteString(t.Selected.Render("‹" + v + "› "))
			} else {
				out.WriteString(t.Branch(i).Render(v + " "))
			}
		}
		text := out.String()
		if from > 0 {
			text = t.Muted.Render("… ") + text
		}
		if to < len(a.Values) {
			text += t.Muted.Render("…")
		}
		switch {
		case draw.Width(text) <= room || to-from == 1:
			return draw.FitLine(head+text+keys, w)
		case a.at-from > to-1-a.at:
			from++
		default:
			to--
		}
	}
}

// Why explains why the curve of the selected value ends early or is missing, "" if
// it is complete.
func (a *Ahead) Why(f *live.Frame) string {
	found, ok := f.Findings[a.Probe()]
	switch {
	case a.note != "":
		return a.note
	case !ok:
		return "the values are being tried on copies"
	case found.Err != nil:
		return found.Err.Error()
	}
	ghosts, _ := found.Value.([]whatif.Ghost)
	for _, g := range ghosts {
		switch {
		case g.Value != a.Values[a.at]:
		case g.Err != nil:
			return g.Value + " cannot be chosen: " + g.Err.Error()
		case len(g.Losses) == 0:
			return "with " + g.Value + " the first step is not finite: there is no curve"
		case len(g.Losses) < intent.AheadSteps:
			return fmt.Sprintf("with %s the loss is no longer finite after %s steps", g.Value, draw.Thousands(len(g.Losses)))
		}
	}
	return ""
}

// Ghosts returns the previewed curves as further branches, the selected one first.
func (a *Ahead) Ghosts(f *live.Frame) []session.Other {
	found, _ := f.Findings[a.Probe()].Value.([]whatif.Ghost)
	out := make([]session.Other, len(found))
	for i, g := range found {
		var s history.Series
		for k, v := range g.Losses {
			s.Add(f.Step+k+1, v)
		}
		out[i] = session.Other{ID: -1, Hue: i, Label: g.Value, Curves: history.Curves{Train: s.Buckets()}}
	}
	return out
}

// Subject is the look-ahead; its knob is a link away.
func (a *Ahead) Subject() intent.Subject {
	return intent.Subject{Pages: []string{"knob " + a.path, "dialog " + aheadPage}}
}
