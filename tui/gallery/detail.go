package gallery

import (
	"fmt"
	"strings"

	"descent/presets/tour"
	"descent/session/journal"
	"descent/tui/draw"
	bar "descent/tui/tour"
)

// sessionLines describes a session in lines of w cells.
func sessionLines(t *draw.Theme, s *journal.Stored, w int) []string {
	out := []string{"", t.Title.Render(draw.FitLine("the session "+s.Name, w)), ""}
	when := s.Modified
	if len(when) >= 16 {
		when = strings.Replace(when[:16], "T", " ", 1) + " UTC"
	}
	for _, l := range [][2]string{
		{"last used", when}, {"step", draw.Thousands(s.Step)}, {"decisions", draw.Thousands(s.Decisions)}, {"branches", draw.Thousands(s.Branches)}, {"state", s.State},
	} {
		out = append(out, t.Muted.Render(draw.FitLine(l[0], 12))+t.Text.Render(draw.FitLine(l[1], max(w-12, 1))))
	}
	return append(append(out, ""), t.Muted.Lines(draw.Wrap("It opens where it ended, with all branches, and undo as before.", w))...)
}

// presetLines describes a preset: what there is to see, its size, a picture, and what
// to try.
func presetLines(t *draw.Theme, name string, p Preview, w, h int) []string {
	if p.Err != nil {
		return append([]string{""}, t.Bad.Lines(draw.Wrap("✗ "+draw.Line(p.Err.Error()), w))...)
	}
	out := t.Title.Lines(draw.Wrap(p.Recipe.Title, w))
	out = append(out, t.Text.Lines(draw.Wrap(strings.Join(strings.Fields(p.Recipe.Story()), " "), w))...)
	out = append(out, "")
	out = append(out, t.Muted.Lines(draw.Wrap(size(p), w))...)
	var tries []string
	if steps := tour.Steps(name); len(steps) > 0 {
		tries = append(tries, "", t.Title.Render("try this"))
		wide := 0
		for _, s := range steps {
			wide = max(wide, draw.Width(strings.Join(bar.Keys(t, s), " ")))
		}
		if wide = min(wide, 14); wide+20 > w {
			wide = 0
		}
		for i, s := range steps {
			tries = append(tries, try(t, i+1, s, wide, w)...)
		}
	}
	if room := h - len(out) - len(tries) - 1; room >= 4 {
		out = append(append(out, ""), picture(t, p, w, min(room, 40))...)
	}
	if len(out)+len(tries) > h && h > len(tries) { // the story gives way, with a mark
		out = out[:h-len(tries)]
		out[len(out)-1] = draw.FitLine(t.Text.Render("…"), w)
	}
	return append(out, tries...)
}

// try is a step to try in lines of w cells: its keys in a column of so many cells, or
// with 0 in a line of their own, and what to do.
func try(t *draw.Theme, number int, s tour.Step, wide, w int) []string {
	keys := t.Focus.Render(strings.Join(bar.Keys(t, s), " "))
	head := t.Text.Render(fmt.Sprint(number)) + "  "
	indent := draw.Width(head)
	var out []string
	if wide == 0 {
		out = append(out, draw.FitLine(head+keys, w))
		head = strings.Repeat(" ", indent)
	} else {
		head += draw.FitLine(keys, wide) + "  "
		indent += wide + 2
	}
	for _, l := range strings.Split(draw.Wrap(s.Text, max(w-indent, 1)), "\n") {
		out = append(out, draw.FitLine(head+t.Text.Render(l), w))
		head = strings.Repeat(" ", indent)
	}
	return out
}

// size says how large the network, the data and the run are.
func size(p Preview) string {
	var parts []string
	if r := p.Recipe; r.Surface.Name != "" {
		parts = append(parts, "a function of two numbers")
	} else {
		parts = append(parts, "network "+r.Model.Shape())
	}
	if t := p.Table; t != nil {
		parts = append(parts, draw.Thousands(t.Rows)+" rows")
	}
	return strings.Join(append(parts, draw.Thousands(draw.Round(number(p.Recipe, "train.steps", 0)))+" steps"), " · ")
}
