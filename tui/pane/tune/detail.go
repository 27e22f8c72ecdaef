package tune

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/session/study"
	"descent/tui/draw"
)

// detail describes the chosen trial: what it reached, its settings beside the preset's
// own, its seeds, and what it measured.
func (s *desk) detail(g *digest, r recipe.Recipe, w, h int) []string {
	i := g.index(s.current(g))
	if i < 0 {
		return []string{"", s.t.Muted.Render(map[bool]string{true: "  no trial yet", false: "  no trial is listed"}[len(g.Trials) == 0])}
	}
	t := g.Trials[i]
	out := s.standing(g, i, w)
	if note := s.reports(g, t, w); note != "" {
		out = append(out, s.t.Muted.Render(note))
	}
	for _, line := range strings.Split(draw.Wrap(seeds(g, t), max(w, 1)), "\n") {
		if line != "" {
			out = append(out, s.t.Text.Render(line))
		}
	}
	if len(out) < h {
		out = append(out, "")
	}
	out = append(out, s.settings(g, t, r, w, h-len(out))...)
	if room := h - len(out); room > 2 && len(t.Metrics) > 0 {
		out = append(out, "", s.t.Muted.Render(draw.FitLine("measured at the end", w)))
		for _, name := range sortedNames(t.Metrics) {
			out = append(out, s.t.Text.Render("  "+draw.FitLine(draw.Line(name), 20)+" "+draw.Significant(t.Metrics[name])))
		}
	}
	return out
}

// standing is the first lines: the trial, its state and place, why it ended.
func (s *desk) standing(g *digest, i, w int) []string {
	t := g.Trials[i]
	st := stateOf(t)
	head := fmt.Sprintf("trial %d  ", t.Number)
	word := string(st.sign) + " " + st.word
	place := ""
	switch {
	case g.place[i] > 0 && len(g.goals) == 1:
		place = fmt.Sprintf("  place %s of %s", draw.Thousands(g.place[i]), draw.Thousands(len(g.ranked)))
	case g.front[t.Number]:
		place = "  on the Pareto front"
	}
	out := []string{s.t.Title.Render(head) + st.style(s.t).Render(word) + s.t.Muted.Render(place)}
	var parts []string
	for k, goal := range g.goals {
		if v := value(t, k); !math.IsNaN(v) || len(t.Values) > k {
			parts = append(parts, goal.name+" "+draw.Significant(goal.shown(v)))
		}
	}
	done, of := g.trained(t)
	steps := draw.Thousands(done) + " steps"
	if of > done {
		steps = draw.Thousands(done) + " of " + draw.Thousands(of) + " steps"
	}
	parts = append(parts, steps)
	if t.Claim.Worker != "" {
		parts = append(parts, draw.Line(t.Claim.Worker))
	}
	if t.Note != "" {
		parts = append(parts, "sampler: "+draw.Line(t.Note))
	}
	for _, line := range strings.Split(draw.Wrap(strings.Join(parts, " · "), max(w, 1)), "\n") {
		out = append(out, s.t.Text.Render(line))
	}
	why := t.Why
	if t.Violation > 0 {
		why = strings.TrimPrefix(why+"; violates the constraints by "+draw.Significant(t.Violation), "; ")
	}
	if t.Outside {
		why = strings.TrimPrefix(why+"; outside of the search space as it is now", "; ")
	}
	if why != "" {
		out = append(out, s.t.Bad.Lines(draw.Wrap(why, max(w, 1)))...)
	}
	return out
}

// reports is the curve of a trial in a line.
func (s *desk) reports(g *digest, t *study.Trial, w int) string {
	const k = 0
	goal := g.goals[k]
	var levels []float64
	for _, r := range t.Reports {
		if r.Seed == 0 && k < len(r.Values) {
			levels = append(levels, goal.shown(float64(r.Values[k])))
		}
	}
	cells := min(len(levels), w-16, 40)
	if len(levels) < 3 || cells < 6 {
		return ""
	}
	low, high := math.Inf(1), math.Inf(-1)
	for i, v := range levels {
		if at, ok := draw.Scaled(v, true); ok {
			levels[i] = at
			low, high = min(low, at), max(high, at)
		} else {
			levels[i] = math.NaN()
		}
	}
	counts := make([]int, cells)
	for c := range counts {
		if v := levels[c*len(levels)/cells]; !math.IsNaN(v) {
			counts[c] = 1 + draw.Round(7*draw.Clamp(draw.Axis{Low: low, High: high}.Share(v), 0))
		}
	}
	last := t.Reports[len(t.Reports)-1]
	text := "curve " + draw.Sparkline(counts)
	if k < len(last.Values) {
		text += " " + draw.Significant(goal.shown(float64(last.Values[k])))
	}
	return text
}

// seeds are the values of each seed, where there are several.
func seeds(g *digest, t *study.Trial) string {
	if len(t.Seeds) < 2 {
		return ""
	}
	var parts []string
	for _, v := range t.Seeds {
		if len(v) == 0 {
			parts = append(parts, "–")
			continue
		}
		parts = append(parts, draw.Significant(g.goals[0].shown(v[0])))
	}
	return "seeds " + strings.Join(parts, "  ")
}

// settings is a table of the settings of a trial beside the preset's own and the best
// trial's.
func (s *desk) settings(g *digest, t *study.Trial, r recipe.Recipe, w, h int) []string {
	var names, own, preset, best []string
	top := g.trial(g.Best)
	text := func(v knob.Value, ok bool) string {
		if !ok {
			return "–"
		}
		return draw.Line(v.String())
	}
	row := func(path string) {
		v, ok := t.Point[path]
		names, own = append(names, draw.Line(path)), append(own, text(v, ok))
		p, ok := presetOf(g, r, path)
		preset = append(preset, text(p, ok))
		if top != nil {
			v, ok := top.Point[path]
			best = append(best, text(v, ok))
		}
	}
	seen := map[string]bool{}
	for _, a := range g.axes {
		seen[a.Path] = true
		row(a.Path)
	}
	for _, path := range sortedNames(t.Point) { // such as those of an edited clone
		if !seen[path] {
			row(path)
		}
	}
	cols := []draw.Column{{Name: "setting", Words: names}, {Name: fmt.Sprintf("trial %d", t.Number), Words: own}, {Name: "preset", Words: preset}}
	if top != nil && top != t {
		cols = append(cols, draw.Column{Name: fmt.Sprintf("★ %d", top.Number), Words: best})
	}
	table := s.t.Table("", cols, w, max(h, 0), 0)
	if len(table) > 0 && draw.Width(table[0]) == 0 {
		table = table[1:]
	}
	return table
}

// presetOf is the preset's own value of a setting.
func presetOf(g *digest, r recipe.Recipe, path string) (v knob.Value, ok bool) {
	if i := slices.IndexFunc(g.Candidates, func(c study.Candidate) bool { return c.Trial < 0 }); i >= 0 {
		if v, ok := g.Candidates[i].Point[path]; ok {
			return v, true
		}
	}
	set, err := r.Find(path)
	return set.Value, err == nil
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
