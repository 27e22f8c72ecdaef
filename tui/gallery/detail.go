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
	out := []string{t.Title.Render(draw.FitLine(p.Recipe.Title, w))}
	out = append(out, t.Text.Lines(draw.Wrap(strings.Join(strings.Fields(p.Recipe.Story()), " "), w))...)
	out = append(out, "")
	out = append(out, t.Muted.Lines(draw.Wrap(size(p), w))...)
	var tries []string
	if steps := tour.Steps(name); len(steps) > 0 {
		tries = append(tries, "", t.Title.Render("try this"))
		for i, s := range steps {
			keys := strings.Join(bar.Keys(t, s), " ")
			lines := strings.Split(draw.Wrap(fmt.Sprintf("%d  %s", i+1, s.Text), max(w-14, 10)), "\n")
			for j, l := range lines {
				if j > 0 {
					l = "   " + l
				}
				tries = append(tries, t.Text.Render(draw.FitLine(l, max(w-14, 10)))+" ")
				if j == 0 {
					tries[len(tries)-1] += t.Focus.Render(draw.Crop(keys, 13, "…"))
				}
			}
		}
	}
	if room := h - len(out) - len(tries) - 1; room >= 4 {
		out = append(append(out, ""), picture(t, p, w, min(room, 22))...)
	}
	return append(out, tries...)
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
