package columns

import (
	"fmt"
	"strings"

	"descent/presets/draft"
	"descent/tui/draw"
)

// headLines are the lines above the first column: the head of the screen, the border and
// the names of what is listed.
const headLines = 3

// shape is where things stand.
type shape struct {
	list, detail int // widths; detail is 0 where there is no room
	rows         int // columns that are listed
	assumed      int // lines below the list
}

func (v *View) shape(w, h int) shape {
	s := shape{list: w}
	if w >= 110 {
		s.detail = min(max(w/3, 38), 64)
		s.list = w - s.detail
	}
	body := h - 3
	s.assumed = min(len(v.assumed(s.list-4))+1, max(body/3, 0))
	if s.detail > 0 {
		s.assumed = min(len(v.assumed(s.list-4)), s.assumed)
	}
	if body < 12 {
		s.assumed = 0
	}
	s.rows = body - 3
	if s.assumed > 0 {
		s.rows -= s.assumed + 1
	}
	return s
}

// top is the first column that is listed.
func (s shape) top(at, n int) int { return min(max(at-s.rows/2, 0), max(n-s.rows, 0)) }

// cell is a cell of the list: how wide it is, and what it holds.
type cell struct {
	name  string
	width int
	text  func(draft.Column) string
	right bool
}

// cells are what a line of the list shows in w cells: what has no room is left out.
func (v *View) cells(w int) []cell {
	widest := 6
	for _, c := range v.d.Columns {
		widest = max(widest, draw.Width(draw.Line(c.Name)))
	}
	out := []cell{
		{"column", min(widest, 24), func(c draft.Column) string { return draw.Line(c.Name) }, false},
		{"role", 7, func(c draft.Column) string { return string(c.Role) }, false},
		{"kind", 8, func(c draft.Column) string { return string(c.Kind) }, false},
		{"missing", 7, missingText, true},
		{"unique", 9, func(c draft.Column) string { return c.Unique() }, true},
		{"values", 20, func(c draft.Column) string { return draw.Line(c.Values()) }, false},
		{"becomes", 18, func(c draft.Column) string { return c.Becomes() }, false},
	}
	const marks = 3
	used := func() int {
		n := marks
		for _, c := range out {
			n += c.width + 2
		}
		return n
	}
	if used() > w {
		out[0].width = min(out[0].width, 16)
	}
	for _, gone := range []string{"unique", "becomes", "missing", "kind", "role"} {
		if used() <= w {
			break
		}
		for i, c := range out {
			if c.name == gone {
				out = append(out[:i:i], out[i+1:]...)
				break
			}
		}
	}
	for i := range out { // what is left goes to the values
		if out[i].name == "values" {
			out[i].width = max(out[i].width+w-used(), 1)
		}
	}
	return out
}

func missingText(c draft.Column) string {
	if c.Missing == 0 {
		return "–"
	}
	share := 100 * float64(c.Missing) / float64(max(c.Missing+c.Rows, 1))
	if share < 1 {
		return "<1 %"
	}
	return fmt.Sprintf("%.0f %%", share)
}

func line(cells []cell, text func(cell) string) string {
	var b strings.Builder
	for _, c := range cells {
		width := -c.width
		if c.right {
			width = c.width
		}
		b.WriteString(draw.Align(text(c), width) + "  ")
	}
	return b.String()
}

func (v *View) head(w int) string {
	return v.t.Muted.Render(draw.FitLine("   "+line(v.cells(w), func(c cell) string { return c.name }), w))
}

// list renders the columns.
func (v *View) list(s shape, w int) []string {
	var out []string
	cells := v.cells(w)
	top := s.top(v.at, len(v.d.Columns))
	for i := top; i < min(top+s.rows, len(v.d.Columns)); i++ {
		c := v.d.Columns[i]
		style, mark := v.t.Text, " "
		switch c.Role {
		case draft.Target:
			style, mark = v.t.Good, "◆"
		case draft.Ignored:
			style, mark = v.t.Muted, "·"
		}
		pointer := " "
		if i == v.at {
			style, pointer = v.t.Selected, "▸"
		}
		text := line(cells, func(of cell) string {
			if of.name == "values" {
				return values(c, of.width)
			}
			return of.text(c)
		})
		out = append(out, style.Render(draw.FitLine(pointer+mark+" "+text, w)))
	}
	if top > 0 && len(out) > 0 && v.at != top {
		out[0] = v.t.Muted.Render(draw.FitLine(fmt.Sprintf("   ↑ %d more", top+1), w))
	}
	if last := len(out) - 1; last >= 0 && top+last+1 < len(v.d.Columns) && top+last != v.at {
		out[last] = v.t.Muted.Render(draw.FitLine(fmt.Sprintf("   ↓ %d more", len(v.d.Columns)-top-last), w))
	}
	return out
}

// sparks is the width of a histogram in the list.
const sparks = 12

// values are those of a column in w cells: a small histogram and the range, or the most
// frequent.
func values(c draft.Column, w int) string {
	text := draw.Line(c.Values())
	if len(c.Bins) == 0 || !c.Numeric() || w < sparks+14 {
		return text
	}
	return draw.Sparkline(merged(c.Bins, sparks)) + " " + text
}

// selected says, where there is no room for more, what becomes of the selected column.
func (v *View) selected(w int) []string {
	c := v.d.Columns[v.at]
	text := draw.Line(c.Name) + ": " + c.Becomes()
	if c.Note != "" {
		text += "; " + draw.Line(c.Note)
	}
	return []string{v.t.Text.Render(draw.FitLine(" ▸ "+text, w))}
}

// assumed are the lines of what was assumed.
func (v *View) assumed(w int) []string {
	var out []string
	for _, text := range append(v.d.Assumed[:len(v.d.Assumed):len(v.d.Assumed)], v.d.Notes...) {
		for i, l := range wrap(draw.Line(text), max(w-2, 1)) {
			sign := "• "
			if i > 0 {
				sign = "  "
			}
			out = append(out, v.t.Muted.Render(draw.FitLine(" "+sign+l, w+2)))
		}
	}
	return out
}
