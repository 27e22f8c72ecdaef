package columns

import (
	"fmt"
	"strings"

	"descent/presets/draft"
	"descent/tui/draw"
)

// View renders the screen in w×h cells.
func (v *View) View(w, h int) string {
	if w < 30 || h < 7 {
		return v.t.Release(draw.Fit("needs 30×7 cells", w, h))
	}
	s := v.shape(w, h)
	lines := append([]string{v.head(s.list - 2)}, v.list(s, s.list-2)...)
	lines = lines[:min(len(lines), s.rows+1)]
	if s.assumed > 0 {
		for len(lines) < s.rows+1 {
			lines = append(lines, "")
		}
		lines = append(lines, v.t.Muted.Render(draw.FitLine(" "+strings.Repeat("─", max(s.list-4, 0)), s.list-2)))
		below := v.assumed(s.list - 4)
		if s.detail == 0 {
			below = append(v.selected(s.list-2), below...)
		}
		lines = append(lines, below[:s.assumed]...)
	}
	body := h - 3
	box := v.t.Box("Columns", nil, v.note(), draw.FitLines(lines, s.list-2, body-2), s.list, body, true)
	if s.detail > 0 {
		box = draw.Beside(box, v.detail(s.detail, body))
	}
	if v.guide {
		box = draw.Overlay(box, v.guideBox(min(w, 76), body), w, body)
	}
	return v.t.Release(draw.Fit(strings.Join([]string{v.title(w), box, v.message(w), draw.FitLine(" "+v.keys(w), w)}, "\n"), w, h))
}

// title is the first line: the file, and what is trained on it.
func (v *View) title(w int) string {
	left := " " + v.t.Title.Render("descent") + "  " + v.t.Text.Render(draw.Line(v.d.Recipe.Name)) + v.t.Muted.Render("  "+draw.Line(v.d.Recipe.Title))
	return draw.Between(left, v.t.Muted.Render(v.network()+" "), w)
}

// network is the one that would be trained.
func (v *View) network() string {
	in, out := 0, 0
	for _, c := range v.d.Columns {
		switch c.Role {
		case draft.Input:
			in += c.Inputs
		case draft.Target:
			out += c.Inputs
		}
	}
	return v.d.Recipe.Model.Between(in, out).Shape()
}

func (v *View) note() string {
	return fmt.Sprintf("%s rows · %d columns", draw.Thousands(v.d.Rows), len(v.d.Columns))
}

// message is the line above the footer.
func (v *View) message(w int) string {
	switch {
	case v.busy != "":
		return draw.FitLine(" "+v.t.Text.Render(draw.Line(v.busy))+v.t.Muted.Render("   esc cancels"), w)
	case v.notice != "" && v.bad:
		return draw.FitLine(" "+v.t.Bad.Render("✗ "+draw.Line(v.notice)), w)
	case v.notice != "":
		return draw.FitLine(" "+v.t.Text.Render(draw.Line(v.notice)), w)
	case v.behind:
		return draw.FitLine(v.t.Muted.Render(" training begins a new session; the one before is saved, and O goes on with it"), w)
	}
	return draw.FitLine(v.t.Muted.Render(" this is what was made of the file: change it here, or train as it is"), w)
}

func (v *View) keys(w int) string {
	var out strings.Builder
	keys := [][2]string{{"enter", "train"}, {"t", "target"}, {"i", "ignore"}, {"c", "category"}, {"o", "ordinal"}, {"m", "missing"}, {"u", "undo"}, {"w", "write"}, {"?", "help"}, {"q", "quit"}}
	if w < 90 {
		keys = [][2]string{{"enter", "train"}, {"t", "target"}, {"i", "ignore"}, {"c", "category"}, {"m", "missing"}, {"u", "undo"}, {"?", "help"}}
	}
	for _, k := range keys {
		out.WriteString(v.t.Focus.Render(v.t.Keys(k[0])) + " " + v.t.Muted.Render(k[1]) + "   ")
	}
	return out.String()
}
