package search

import (
	"fmt"
	"strings"

	"descent/core/search"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/textfield"
)

// View renders the box.
func (m *Menu) View(w, h int) string {
	inner := min(w-4, 96)
	f := m.frame()
	title := "Search from step 0"
	if m.settings[startOf].text == atHere {
		title = "Search from step " + draw.Thousands(f.Step)
	}
	var list []string
	for i := range m.rows {
		list = append(list, m.axisLine(i, inner))
	}
	list = append(list, "")
	for i := range m.settings {
		list = append(list, m.settingLine(i, inner))
	}
	at := m.at
	if at >= len(m.rows) {
		at++
	}
	foot := append([]string{""}, m.foot(f, inner)...)
	room := max(h-len(foot)-2, 1)
	top := 0
	if len(list) > room {
		list = append(list[:len(m.rows)], list[len(m.rows)+1:]...) // without the gap
		if at > len(m.rows) {
			at--
		}
		top = min(max(at-room/2, 0), max(len(list)-room, 0))
	}
	shown := list[top:min(top+room, len(list))]
	more := strings.TrimSpace(draw.Beyond(top, len(list)-top-len(shown)))
	lines := append(append([]string{}, shown...), foot...)
	return m.t.Box(title, nil, more, strings.Join(lines, "\n"), inner+2, len(lines)+2, true)
}

// nameColumn is the width of the names of settings, and about that of paths.
const nameColumn = 24

func (m *Menu) axisLine(i, inner int) string {
	r := m.rows[i]
	mark, style := " ", m.t.Text
	if i == m.at && !(m.edit != nil && m.adds) {
		mark, style = "▸", m.t.Selected
	}
	sign := "[ ]"
	if r.chosen {
		sign = "[x]"
	}
	head := style.Render(mark + sign + " " + draw.FitLine(r.path, nameColumn) + " ")
	room := max(inner-nameColumn-6, 1)
	if i == m.at && m.edit != nil && !m.adds {
		return head + edited(m.edit, room)
	}
	values := m.values(r)
	if !r.chosen {
		return head + m.t.Muted.Render(draw.Crop(values, room, "…"))
	}
	return head + m.t.Decision.Render(draw.Crop(values, room, "…"))
}

// values says what an axis ranges over, with the value as it stands.
func (m *Menu) values(r axis) string {
	_, text, _ := strings.Cut(r.text, "=")
	if one, err := study.ParseAxis(m.of, r.text, nil); err == nil && !r.chosen {
		text = ranged(one)
	}
	all, err := m.chosen()
	for _, a := range all {
		if err == nil && a.Path == r.path {
			text = ranged(a)
		}
	}
	if set, err := m.of.Find(r.path); err == nil {
		text += "   now " + set.Knob.Format(set.Value)
	}
	return text
}

func (m *Menu) settingLine(i, inner int) string {
	s := m.settings[i]
	here := m.at == len(m.rows)+i && !(m.edit != nil && m.adds)
	mark, style := " ", m.t.Text
	if here {
		mark, style = "▸", m.t.Selected
	}
	head := style.Render(mark + draw.FitLine(s.name, 12) + " ")
	room := max(inner-14, 1)
	if here && m.edit != nil {
		return head + edited(m.edit, room)
	}
	value := s.text
	if here && (s.options != nil || s.turn != nil) {
		value = "‹ " + value + " ›"
	} else {
		value = "  " + value + "  "
	}
	value = draw.FitLine(value, min(max(18, draw.Width(value)), room))
	style = m.t.Decision
	if s.text == off {
		style = m.t.Muted
	}
	return head + style.Render(value) + m.t.Muted.Render(draw.Crop(" "+s.help(s.text), max(room-draw.Width(value), 0), "…"))
}

// foot are the last lines: what is typed or wrong, what it costs, and the keys.
func (m *Menu) foot(f *live.Frame, inner int) []string {
	var out []string
	switch {
	case m.edit != nil && m.adds:
		out = append(out, " "+m.t.Selected.Render("search over ")+edited(m.edit, max(inner-14, 1)))
		found := m.matching(strings.SplitN(m.edit.Text(), "=", 2)[0])
		text := "a knob, or with its range: lr, optimizer.lr=1e-4..1e-1, optimizer.name=sgd,adam, prune.sparsity=0..0.9"
		if len(found) > 0 {
			text = strings.Join(found[:min(len(found), 12)], "  ")
		} else if m.edit.Text() != "" {
			text = "no knob holds that text"
		}
		if m.note != "" {
			text = m.note
		}
		for line := range strings.SplitSeq(draw.Wrap(text, inner-2), "\n") {
			out = append(out, " "+m.t.Muted.Render(line))
		}
	case m.note != "":
		for line := range strings.SplitSeq(draw.Wrap(draw.Line(m.note), inner-2), "\n") {
			out = append(out, " "+m.t.Title.Render(line))
		}
	default:
		for line := range strings.SplitSeq(draw.Wrap(m.cost(f), inner-2), "\n") {
			out = append(out, " "+m.t.Text.Render(line))
		}
	}
	keys := []string{
		"enter start   space choose   ←→ change   e edit   a add a knob   tab axes or settings   ? explain   esc close",
		"enter start   space choose   ←→ change   e edit   a add a knob   tab   esc close",
		"enter start  space choose  ←→ change  e edit  a add  esc",
		"enter start  space  ←→  e edit  a add  esc",
	}
	if m.edit != nil {
		keys = []string{"enter take   tab complete   esc leave it", "enter take   esc leave it"}
		if !m.adds {
			keys = []string{"enter take   1e-4..1e-1, 8..128 step 8, sgd,adam   esc leave it", "enter take   esc leave it"}
		}
	}
	for i, k := range keys {
		keys[i] = m.t.Keys(k)
	}
	return append(out, " "+m.t.Muted.Render(draw.FirstFitting(inner-2, keys...)))
}

// cost says how much there is to compute.
func (m *Menu) cost(f *live.Frame) string {
	s, err := m.spec()
	if err != nil {
		return err.Error()
	}
	axes := fmt.Sprintf("%d axes", len(s.Axes))
	if len(s.Axes) == 1 {
		axes = "1 axis"
	}
	trials := s.Trials
	if n := (search.Space{Axes: s.Axes}).Count(); n > 0 {
		axes += fmt.Sprintf(", %s points", draw.Thousands(n))
		if s.Sampler == "grid" && (trials == 0 || n < trials) {
			trials = n
		}
	}
	steps := float64(s.Steps) * float64(max(s.Seeds, 1))
	extra := float64((confirmed + 1) * freshSeeds * s.Steps)
	speed, known := Speed(f)
	workers := m.settings[workersOf].int()
	text := axes
	switch {
	case trials == 0:
		text += "; without an end"
		if known && workers > 0 {
			text += fmt.Sprintf(": about %s trials an hour", draw.Thousands(draw.Round(3600*speed*float64(workers)/steps)))
		}
	default:
		total := float64(trials)*steps + extra
		text += fmt.Sprintf("; %s trials of %s steps, and the best %d on %d fresh seeds", draw.Thousands(trials), draw.Thousands(draw.Round(steps)), confirmed, freshSeeds)
		switch {
		case workers == 0:
			text += "; no worker here: `descent worker` trains them"
		case known:
			text += fmt.Sprintf(": at most %s at the measured %s steps/s", lasting(total/speed/float64(workers)), draw.Thousands(draw.Round(speed)))
			if s.Pruner != "none" {
				text += ", less with " + s.Pruner
			}
		default:
			text += "; how long that takes is known once a few steps are trained"
		}
	}
	return text + "."
}

// Speed is how many steps a second a worker trains; known is false before anything was
// trained.
func Speed(f *live.Frame) (perSecond float64, known bool) {
	if s := f.Spent.Seconds(); s > 0 && f.Step > 0 {
		return float64(f.Step) / s, true
	}
	return 0, false
}

// edited renders a field with its cursor in exactly w cells.
func edited(f *textfield.Field, w int) string { return draw.FitLine(f.View(w-1), w) }
