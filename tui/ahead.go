package tui

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

// ahead is a change that is not made yet: a knob, some values for it, and the
// ghosts of the curves that they would give, drawn beside the curve. It takes
// the keys until it is decided.
type ahead struct {
	path   string
	values []string
	at     int    // the value chosen
	from   int    // the step that one looks ahead from
	note   string // what works, after a key that does not
}

// candidates are values worth comparing: around where a number stands, or the
// choices that fit.
func candidates(d live.Dial) []string {
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
	case knob.Number, knob.Whole:
		for stops := -2; stops <= 2; stops++ {
			add(d.Knob.Turn(d.Value, stops))
		}
	}
	return out
}

// newAhead looks ahead from where a knob stands.
func newAhead(d live.Dial, step int) *ahead {
	a := &ahead{path: d.Knob.Path, values: candidates(d), from: step}
	a.at = max(slices.Index(a.values, d.Value.String()), 0)
	return a
}

func (a *ahead) probe() whatif.LookAhead {
	return whatif.LookAhead{Path: a.path, Values: whatif.JoinValues(a.values), Steps: intent.AheadSteps}
}

// key handles one key, and tells whether the change is decided.
func (a *ahead) key(msg tea.KeyMsg) (tea.Msg, bool) {
	a.note = ""
	switch msg.String() {
	case "left", "up", "h", "k":
		a.at = max(a.at-1, 0)
	case "right", "down", "l", "j":
		a.at = min(a.at+1, len(a.values)-1)
	case "enter":
		return intent.Set{Path: a.path, Text: a.values[a.at]}, true
	case "R":
		return intent.Race{Path: a.path, Values: a.values}, true
	case "esc", "a", "q":
		return nil, true
	default:
		a.note = "training rests while one looks ahead: ←→ choose, enter takes the value, R races them, esc goes back"
	}
	return nil, false
}

// message is what the line above the keys says meanwhile, in w cells. Values
// that there is no room for go from the ends, never the one chosen or the keys.
func (a *ahead) message(t *draw.Theme, w int) string {
	keys := t.Muted.Render("  ←→ enter · R races · esc")
	head := t.Text.Render(fmt.Sprintf(" %d steps ahead with %s ", intent.AheadSteps, a.path))
	if draw.Width(head)+draw.Width(keys)+draw.Width(strings.Join(a.values, " "))+3 > w {
		head = t.Text.Render(" ahead: " + strings.TrimSpace(intent.KnobLabel(a.path)) + " ")
	}
	room := w - draw.Width(head) - draw.Width(keys)
	for from, to := 0, len(a.values); ; {
		var out strings.Builder
		for i := from; i < to; i++ {
			if v := a.values[i]; i == a.at {
				out.WriteString(t.Selected.Render("‹" + v + "› "))
			} else {
				out.WriteString(t.Branch(i).Render(v + " "))
			}
		}
		text := out.String()
		if from > 0 {
			text = t.Muted.Render("… ") + text
		}
		if to < len(a.values) {
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

// why says of the value chosen why its curve ends early or is not there, "" if all
// of it is.
func (a *ahead) why(f *live.Frame) string {
	found, ok := f.Findings[a.probe()]
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
		case g.Value != a.values[a.at]:
		case g.Err != nil:
			return g.Value + " cannot be chosen: " + g.Err.Error()
		case len(g.Losses) == 0:
			return "with " + g.Value + " the first step is not finite: there is no curve to show"
		case len(g.Losses) < intent.AheadSteps:
			return fmt.Sprintf("with %s the loss is no longer finite after %s steps", g.Value, draw.Thousands(len(g.Losses)))
		}
	}
	return ""
}

// ghosts are the curves ahead as further branches, the chosen one first.
func (a *ahead) ghosts(f *live.Frame) []session.Other {
	found, _ := f.Findings[a.probe()].Value.([]whatif.Ghost)
	out := make([]session.Other, len(found))
	for i, g := range found {
		var s history.Series
		for k, v := range g.Losses {
			s.Add(f.Step+k+1, v)
		}
		out[i] = session.Other{ID: -1, Label: g.Value, Curves: history.Curves{Train: s.Buckets()}}
	}
	return out
}

// menu is a list of things to do.
type menu struct {
	t     *draw.Theme
	title string
	items []menuItem
	at    int
}

type menuItem struct {
	label, help string
	intent      tea.Msg
}

func (m *menu) key(msg tea.KeyMsg) (tea.Msg, bool) {
	switch msg.String() {
	case "up", "k":
		m.at = max(m.at-1, 0)
	case "down", "j", "tab", "R", "A":
		m.at = (m.at + 1) % len(m.items)
	case "enter":
		return m.items[m.at].intent, true
	case "esc", "q":
		return nil, true
	}
	return nil, false
}

func (m *menu) view(w, h int) string {
	inner, wide := min(w-6, 96), 8
	for _, it := range m.items {
		wide = min(max(wide, draw.Width(it.label)+2), 24, inner/2)
	}
	var lines []string
	first, last := 0, 0 // lines of the chosen item
	for i, it := range m.items {
		mark, style := " ", m.t.Text
		if i == m.at {
			mark, style, first = "▸", m.t.Selected, len(lines)
		}
		for k, text := range strings.Split(draw.Wrap(it.help, inner-wide-2), "\n") {
			label := mark + draw.FitLine(it.label, wide)
			if k > 0 {
				label = strings.Repeat(" ", wide+1)
			}
			lines = append(lines, style.Render(label)+m.t.Muted.Render(strings.TrimSpace(text)))
		}
		if i == m.at {
			last = len(lines)
		}
	}
	if room := max(h-4, 1); len(lines) > room {
		top := min(max(last-room, 0), first)
		lines = lines[top : top+room]
	}
	lines = append(lines, m.t.Muted.Render(" ↑↓ choose   enter begins   esc leaves"))
	return m.t.Box(m.title, nil, "", strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// raceMenu is what can be raced from here.
func raceMenu(t *draw.Theme, f *live.Frame, selected live.Dial) *menu {
	m := &menu{t: t, title: "Race from step " + draw.Thousands(f.Step)}
	for _, d := range f.Panel {
		switch d.Knob.Path {
		case "optimizer.name":
			names := []string{d.Value.Word()}
			for _, n := range []string{"sgd", "momentum", "rmsprop", "adam", "lion"} {
				if !slices.Contains(names, n) && len(names) < 5 {
					names = append(names, n)
				}
			}
			m.items = append(m.items, menuItem{"optimizers", strings.Join(names, ", "), intent.Race{Path: d.Knob.Path, Values: names}})
		case "optimizer.lr":
			var rates []string
			for _, factor := range []float64{0.25, 0.5, 1, 2, 4} {
				rates = append(rates, intent.Scaled(d.Knob, d.Value, factor).String())
			}
			rates = slices.Compact(rates)
			m.items = append(m.items, menuItem{"rates", strings.Join(rates, ", "), intent.Race{Path: d.Knob.Path, Values: rates}})
		}
	}
	for _, d := range f.Panel {
		if v := d.Value.Num(); d.Knob.Path == "distill.alpha" && d.Inert == "" {
			if v == 0 {
				v = 0.5
			}
			values := []string{knob.Num(v).String(), "0"}
			m.items = append(m.items, menuItem{"taught, alone", "distill.alpha " + strings.Join(values, ", "), intent.Race{Path: d.Knob.Path, Values: values}})
		}
	}
	if path := selected.Knob.Path; path != "optimizer.name" && path != "optimizer.lr" {
		if values := candidates(selected); len(values) > 1 {
			m.items = append(m.items, menuItem{path, strings.Join(values, ", "), intent.Race{Path: path, Values: values}})
		}
	}
	return m
}
