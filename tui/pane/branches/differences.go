package branches

import (
	"fmt"
	"slices"
	"strings"

	"descent/core/recipe"
	"descent/session/live"
	"descent/tui/draw"
)

// differences are the knobs that differ between branches, kept until one of them
// changes.
type differences struct {
	of   string // what identifies the branches and their decisions
	rows []difference
}

// difference is a knob with its value in each branch.
type difference struct {
	path   string
	values []string
}

// table finds the knobs that differ between branches.
func (k *differences) table(shown []twig) []difference {
	key := ""
	for _, t := range shown {
		key += fmt.Sprintf("%d:%d:%p ", t.ID, len(t.Marks), t.Settings)
	}
	if key == k.of {
		return k.rows
	}
	*k = differences{of: key}
	panels := make([][]recipe.Setting, len(shown))
	var paths []string
	for i, t := range shown {
		if t.Settings == nil {
			continue
		}
		panels[i] = t.Settings.Panel()
		for _, s := range panels[i] {
			if !slices.Contains(paths, s.Knob.Path) {
				paths = append(paths, s.Knob.Path)
			}
		}
	}
	for _, path := range paths {
		d := difference{path: path}
		differ := false
		for _, p := range panels {
			text := "–"
			if i := slices.IndexFunc(p, func(s recipe.Setting) bool { return s.Knob.Path == path }); i >= 0 {
				text = p[i].Knob.Format(p[i].Value)
			}
			d.values = append(d.values, text)
			differ = differ || text != d.values[0]
		}
		if differ {
			k.rows = append(k.rows, d)
		}
	}
	slices.SortStableFunc(k.rows, func(x, y difference) int { return order(x.path) - order(y.path) })
	return k.rows
}

// order puts what was chosen before its settings.
func order(path string) int {
	if strings.HasSuffix(path, ".name") || path == "optimizer.lr" {
		return 0
	}
	return 1
}

// draw renders the knobs that differ: a row each, a column for each branch.
func (k *differences) draw(t *draw.Theme, f *live.Frame, shown []twig, w, h int) []string {
	rows := k.table(shown)
	if len(shown) < 2 {
		return nil
	}
	if len(rows) == 0 {
		text := " no knob differs at the ends of these branches"
		if slices.ContainsFunc(shown, func(one twig) bool { return one.Settings == nil }) {
			text = " their knobs are being read"
		}
		return []string{t.Muted.Render(draw.Crop(text, w, "…"))}
	}
	first := 10
	for _, r := range rows {
		first = max(first, draw.Width(r.path)+2)
	}
	first = min(first, max(w/3, 10))
	each := min(max((w-first)/len(shown), 9), 20)
	n := max(min(len(shown), (w-first)/each), 1)
	heading := t.Muted.Render(draw.FitLine(" differs", first))
	for _, one := range shown[:n] {
		style := t.Muted
		for _, o := range f.Others {
			if o.ID == one.ID {
				style = t.Branch(o.Hue)
			}
		}
		if one.ID == f.Branch {
			style = t.Train
		}
		heading += style.Render(draw.Between("", " "+draw.Crop(one.Label, each-1, "…"), each))
	}
	out := []string{heading}
	for i, r := range rows {
		if len(out) == h-1 && i < len(rows)-1 {
			return append(out, t.Muted.Render(fmt.Sprintf(" ↓ %d more", len(rows)-i)))
		}
		name := r.path
		if _, short, ok := strings.Cut(name, "."); ok && draw.Width(name) > first-2 && short != "name" {
			name = short
		}
		line := t.Text.Render(draw.FitLine(" "+draw.Crop(name, first-2, "…"), first))
		for i, v := range r.values[:min(n, len(r.values))] {
			style := t.Text
			if i > 0 && v != r.values[0] {
				style = t.Decision
			}
			line += style.Render(draw.Between("", " "+draw.Crop(v, each-1, "…"), each))
		}
		out = append(out, line)
	}
	return out[:min(len(out), h)]
}
