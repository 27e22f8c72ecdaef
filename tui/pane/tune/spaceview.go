package tune

import (
	"fmt"
	"math"
	"strings"

	"descent/core/knob"
	"descent/core/search"
	"descent/core/search/pruner"
	"descent/session/live"
	"descent/session/study"
	"descent/tui/draw"
	"descent/tui/draw/ruler"
)

// block is a part of the pane that stays together.
type block struct {
	row   string // that selects it, "" for none
	lines []string
}

// View renders the blocks around the selected one, and its help below.
func (p *Space) View(f *live.Frame, w, h int, focused bool) string {
	g := p.digest(f)
	if g == nil || w < 8 || h < 3 {
		return draw.Fit("", w, h)
	}
	var help []string
	if focused && h >= 14 {
		help = p.t.Muted.Lines(draw.Wrap(p.help(f, g), w))
		help = append([]string{p.t.Muted.Render(strings.Repeat("╌", w))}, help[:min(len(help), 4)]...)
	}
	room := h - len(help)
	blocks := p.blocks(f, g, w, room, focused)
	var lines []string
	from, to := 0, 0
	for _, b := range blocks {
		if b.row == p.row(g) && b.row != "" {
			from, to = len(lines), len(lines)+len(b.lines)
		}
		lines = append(lines, b.lines...)
	}
	top := min(max(min(from-2, to-room+1), 0), max(len(lines)-room, 0))
	if to > top+room-1 && len(lines) > room {
		top = min(to-room+1, len(lines)-room)
	}
	shown := lines[top:min(top+room, len(lines))]
	if more := draw.Beyond(top, len(lines)-top-len(shown)); more != "" && len(shown) > 2 {
		shown = append(shown[:len(shown)-1:len(shown)-1], p.t.Muted.Render(more))
	}
	for len(shown) < room {
		shown = append(shown, "")
	}
	return draw.FitLines(append(shown, help...), w, h)
}

// blocks are everything that the pane shows; at the end of a search first what it has
// found.
func (p *Space) blocks(f *live.Frame, g *digest, w, room int, focused bool) []block {
	var out []block
	if err := f.Tuning.Err; err != nil {
		out = append(out, block{lines: p.t.Bad.Lines(draw.Wrap("✗ "+err.Error(), w))})
	}
	fresh := p.fresh(g, w)
	if g.Ending || g.Over {
		out = append(out, fresh...)
	}
	full := room >= 3*len(g.axes)+12
	for _, a := range g.axes {
		lines := []string{p.axisHead(g, a, w, focused)}
		if strip := p.strip(g, a, w-1); len(strip) == 2 {
			if !full {
				strip = strip[1:]
			}
			for _, s := range strip {
				lines = append(lines, " "+s)
			}
		}
		out = append(out, block{a.Path, lines})
	}
	setting := func(row, name, value string) {
		out = append(out, block{row, []string{p.setting(g, row, name, value, w, focused)}})
	}
	setting(addRow, "+ an axis", "")
	setting(samplerRow, "sampler", g.Plan.Sampler)
	setting(greedRow, "greed", fmt.Sprintf("%.2g", g.Plan.Greed))
	setting(prunerRow, "pruner", g.Plan.Pruner)
	done := draw.Thousands(len(g.Trials))
	if g.Plan.Trials > 0 {
		done += " of " + draw.Thousands(g.Plan.Trials)
	}
	setting(budgetRow, "trials", done)
	around := "off"
	if a := g.Plan.Space.Around; a != nil {
		around = "± " + ruler.Brief(100*a.Width) + " % of a range"
	}
	setting(aroundRow, "around", around)
	setting(workersRow, "workers", p.workers(f, g))
	out = append(out, block{lines: p.counts(g, w)})
	if !g.Ending && !g.Over {
		out = append(out, fresh...)
	}
	for _, n := range g.Notes {
		out = append(out, block{lines: p.t.Bad.Lines(draw.Wrap("! "+draw.Line(n), w))})
	}
	return out
}

// strip is that of an axis, kept while nothing changes.
func (p *Space) strip(g *digest, a axis, w int) []string {
	k, chosen := &p.strips, p.current(g)
	if k.of != g || k.w != w || k.chosen != chosen {
		k.of, k.w, k.chosen, k.lines = g, w, chosen, map[string][]string{}
	}
	if _, ok := k.lines[a.Path]; !ok {
		k.lines[a.Path] = p.desk.strip(g, a, w)
	}
	return k.lines[a.Path]
}

// marked is the sign of a row, and the style of its name.
func (p *Space) marked(g *digest, row string, focused bool) (mark string, name draw.Style) {
	switch {
	case row != p.row(g):
		return " ", p.t.Text
	case focused:
		return p.t.Selected.Render("▸"), p.t.Selected
	}
	return "▸", p.t.Title
}

// axisHead names an axis and its range.
func (p *Space) axisHead(g *digest, a axis, w int, focused bool) string {
	mark, style := p.marked(g, a.Path, focused)
	if a.gone {
		style = p.t.Muted
	}
	reach := rangeOf(a)
	if a.gone {
		reach = "dropped"
	}
	name := draw.Crop(draw.Line(a.name), max(w-draw.Width(reach)-3, 6), "…")
	return mark + style.Render(name) + p.t.Muted.Render(draw.Between("", " "+reach, max(w-1-draw.Width(name), 0)))
}

// rangeOf is the range of an axis in a few cells.
func rangeOf(a axis) string {
	switch {
	case a.Kind == search.Choice:
		return counted(len(a.Choices), "value")
	case a.Low == a.High:
		return ruler.Brief(a.Low)
	}
	if a.Complement { // whose digits count
		return ruler.Text(a.Low) + " … " + ruler.Text(a.High) + " log"
	}
	text := ruler.Brief(a.Low) + " … " + ruler.Brief(a.High)
	if a.Log {
		text += " log"
	}
	return text
}

func (p *Space) setting(g *digest, row, name, value string, w int, focused bool) string {
	mark, style := p.marked(g, row, focused)
	const wide = 11
	if row == p.row(g) && focused && row != addRow {
		value += " ‹›"
	}
	return mark + style.Render(draw.FitLine(name, wide-1)) + p.t.Text.Render(draw.Crop(draw.Line(value), max(w-wide, 0), "…"))
}

// workers says who works on the study.
func (p *Space) workers(f *live.Frame, g *digest) string {
	lost := 0
	for _, one := range g.Workers {
		if one.Lost {
			lost++
		}
	}
	text := draw.Thousands(f.Tuning.Workers)
	if others := len(g.Workers) - lost - f.Tuning.Workers; others > 0 {
		text += fmt.Sprintf(" here, %s elsewhere", draw.Thousands(others))
	}
	if lost > 0 {
		text += fmt.Sprintf(", %s lost", draw.Thousands(lost))
	}
	if f.Tuning.Paused {
		text += ", paused"
	}
	return text
}

// counts are the trials by state, and the steps trained.
func (p *Space) counts(g *digest, w int) []string {
	out := []string{""}
	var parts []string
	for _, c := range []struct {
		n int
		s state
	}{{g.Counts.Complete, complete}, {g.Counts.Running, running}, {g.Counts.Waiting, waiting}, {g.Counts.Pruned, pruned}, {g.Counts.Failed, failed}} {
		if c.n > 0 {
			parts = append(parts, string(c.s.sign)+" "+draw.Thousands(c.n)+" "+c.s.word)
		}
	}
	say := func(style draw.Style, text string) {
		for line := range strings.SplitSeq(draw.Wrap(text, max(w-1, 1)), "\n") {
			out = append(out, " "+style.Render(line))
		}
	}
	line := ""
	for i, part := range parts {
		if line != "" && draw.Width(line)+2+draw.Width(part) > w-1 {
			out = append(out, " "+p.t.Text.Render(line))
			line = ""
		}
		if line += part; i < len(parts)-1 {
			line += "  "
		}
	}
	if line != "" {
		out = append(out, " "+p.t.Text.Render(line))
	}
	text := draw.Thousands(g.Steps) + " steps trained"
	if full := g.Spec.Steps * max(g.Spec.Seeds, 1) * len(g.Trials); full > 0 && g.Steps > 0 {
		text += ", " + draw.ShortPercent(float64(g.Steps)/float64(full)) + " of those of full trials"
	}
	say(p.t.Muted, text)
	for _, c := range g.Spec.Where {
		say(p.t.Muted, "where "+draw.Line(c.String()))
	}
	for _, q := range g.Plan.Queue {
		say(p.t.Decision, "asked for next: "+draw.Line(q.Point.String()))
	}
	return out
}

// fresh is what fresh seeds have shown of the preset's own values and of the best
// trials.
func (p *Space) fresh(g *digest, w int) []block {
	if len(g.Candidates) == 0 {
		return nil
	}
	goal := g.goals[0]
	low, high := math.Inf(1), math.Inf(-1)
	for _, c := range g.Candidates {
		for _, v := range c.Values {
			if !math.IsInf(v, 0) && !math.IsNaN(v) {
				low, high = min(low, goal.shown(v)), max(high, goal.shown(v))
			}
		}
	}
	lines := []string{p.t.Muted.Render(draw.FitLine(" on fresh seeds: median, quartiles", w))}
	best, least := -1, math.Inf(1)
	for i, c := range g.Candidates {
		if c.Median < least {
			best, least = i, c.Median
		}
	}
	for i, c := range g.Candidates {
		style, name := p.t.Text, fmt.Sprintf("trial %d", c.Trial)
		if c.Trial < 0 {
			name = "preset"
		}
		if i == best {
			style = p.t.Good
		}
		median, note := shownNumber(goal.shown(c.Median)), ""
		if len(c.Values) < c.Of {
			note = fmt.Sprintf("%d of %d", len(c.Values), c.Of)
		} else if luck := c.Median - c.Claimed; !math.IsNaN(luck) && !math.IsInf(luck, 0) {
			note = "luck " + draw.Significant(luck)
		}
		head := draw.FirstFitting(w, " "+draw.FitLine(name, 10)+median+"  "+note, " "+draw.FitLine(strings.TrimPrefix(name, "trial "), 6)+" "+median+" "+note)
		lines = append(lines, style.Render(draw.Crop(head, w, "…")), " "+p.spread(c, goal, low, high, w-1))
	}
	return []block{{lines: append(lines, "")}}
}

// spread draws the values of a candidate on a common scale: the quartiles as a box, the
// median in it.
func (p *Space) spread(c study.Candidate, goal goal, low, high float64, w int) string {
	if w < 6 || low > high {
		return ""
	}
	can := draw.NewCanvas(p.t, w, 1)
	pal := p.t.Palette
	at := func(v float64) int { return draw.Cell(draw.Clamp(draw.Axis{Low: low, High: high}.Share(v), 1), w) }
	for x := range w {
		can.Put(x, 0, '┄', draw.Mix(pal.Ground, pal.Path, 0.25))
	}
	if len(c.Values) == 0 {
		return can.Lines()[0]
	}
	ink := draw.Mix(pal.Ground, pal.Path, 0.6)
	if c.Trial >= 0 {
		ink = pal.Class(4)
	}
	a, b := goal.shown(c.Low), goal.shown(c.High)
	for x := at(min(a, b)); x <= at(max(a, b)); x++ {
		can.Put(x, 0, '━', ink)
	}
	for _, v := range c.Values {
		can.Put(at(goal.shown(v)), 0, '·', pal.Path)
	}
	can.Put(at(goal.shown(c.Median)), 0, '●', pal.Here)
	return can.Lines()[0]
}

// help says what the selected row is, and how it is changed.
func (p *Space) help(f *live.Frame, g *digest) string {
	if a, ok := p.axisAt(g); ok {
		return p.axisHelp(f, g, a)
	}
	switch p.row(g) {
	case addRow:
		return "enter searches over one more knob"
	case samplerRow:
		for _, r := range search.Catalogue {
			if r.Name == g.Plan.Sampler {
				return "sampler " + r.Name + ": " + r.Help
			}
		}
		return "which proposes the trials"
	case greedRow:
		return "greed of the sampler: −1 explores more, 1 exploits more, 0 is as published"
	case prunerRow:
		for _, r := range pruner.Catalogue {
			if r.Name == g.Plan.Pruner {
				return "pruner " + r.Name + ": " + r.Help
			}
		}
		return "which stops trials early"
	case budgetRow:
		return "after so many trials the best run again on fresh seeds, beside the preset"
	case aroundRow:
		return "a prior around the knobs as they stood: its width, as standard deviation"
	case workersRow:
		return "how many trials this process trains at once"
	}
	return ""
}

func (p *Space) axisHelp(f *live.Frame, g *digest, a axis) string {
	text := draw.Line(a.Path)
	if a.Kind == search.Choice {
		var names []string
		for _, c := range a.Choices {
			names = append(names, draw.Line(c.String()))
		}
		text += ": " + strings.Join(names, ", ")
	} else {
		text += ": " + rangeOf(a)
		if a.Step > 0 {
			text += ", steps of " + knob.Num(a.Step).String()
		}
	}
	if c := a.Condition; c != nil {
		var in []string
		for _, v := range c.In {
			in = append(in, draw.Line(v.String()))
		}
		text += " · exists where " + draw.Line(c.Path) + " is " + strings.Join(in, " or ")
	}
	if t := g.trial(g.Best); t != nil {
		if v, ok := t.Point[a.Path]; ok {
			text += " · best " + draw.Line(v.String())
		}
	}
	if v, ok := presetOf(g, f.Tuning.Recipe, a.Path); ok {
		text += " · preset " + draw.Line(v.String())
	}
	return text
}
