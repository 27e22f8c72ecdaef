package draw

import (
	"fmt"
	"strings"
)

// Box renders a border around content of (w−2)×(h−2) cells, with a title on the
// left and a note on the right of its upper edge. The titles of the panes behind it
// follow the title.
func (t *Theme) Box(title string, behind []string, note, content string, w, h int, focused bool) string {
	if w < 4 || h < 3 {
		return Fit(content, w, h)
	}
	edge := t.Muted
	name := t.Text
	if focused {
		edge, name = t.Focus, t.Selected
	}
	inner := w - 2
	e := t.edges(focused)
	head := " " + title + " "
	if focused && !t.colored {
		head = "[" + title + "]"
	}
	if Width(head) > inner-2 {
		head = ""
	}
	tail := ""
	if note != "" {
		tail = " " + note + " "
	}
	others := ""
	for _, b := range behind {
		others += "│ " + b + " "
	}
	if room := inner - 3 - Width(head) - Width(tail); Width(others) > room && tail != "" && len(behind) > 0 {
		// As many whole names as fit, and the number of the others.
		for n := len(behind) - 1; n >= 0; n-- {
			others = ""
			for _, b := range behind[:n] {
				others += "│ " + b + " "
			}
			if others += fmt.Sprintf("│ +%d ", len(behind)-n); Width(others) <= room {
				break
			}
		}
		if Width(others) > room {
			others = "│ … "
		}
	}
	if Width(head)+Width(others) > inner-2 {
		others = ""
	}
	if Width(head)+Width(others)+Width(tail) > inner-3 {
		tail = ""
	}
	fill := inner - 1 - Width(head) - Width(others) - Width(tail)
	if tail != "" {
		fill--
		tail = t.Muted.Render(tail) + edge.Render(e.along)
	}
	var out strings.Builder
	out.WriteString(edge.Render(e.corners[0]+e.along) + name.Render(head) + t.Muted.Render(others) + edge.Render(strings.Repeat(e.along, fill)) + tail + edge.Render(e.corners[1]) + "\n")
	for line := range strings.SplitSeq(Fit(content, inner, h-2), "\n") {
		out.WriteString(edge.Render(e.side) + line + edge.Render(e.side) + "\n")
	}
	out.WriteString(edge.Render(e.corners[2] + strings.Repeat(e.along, inner) + e.corners[3]))
	return out.String()
}

// edges are the signs of a border.
type edges struct {
	corners     [4]string
	along, side string
}

// edges are heavy around the focused pane, for terminals without colours.
func (t *Theme) edges(focused bool) edges {
	switch {
	case focused && !t.colored:
		return edges{[4]string{"┏", "┓", "┗", "┛"}, "━", "┃"}
	case t.ascii: // the round corners are those of curves
		return edges{[4]string{"┌", "┐", "└", "┘"}, "─", "│"}
	}
	return edges{[4]string{"╭", "╮", "╰", "╯"}, "─", "│"}
}

// Heavy returns a drawn block with its lines in thick strokes, for those who look from
// afar: lines of box drawing are heavy, dots of braille two wide.
func Heavy(block string) string {
	return strings.Map(func(r rune) rune {
		if 0x2800 < r && r < 0x2900 {
			left := r & 0x47
			return r | left<<3&0x38 | left<<1&0x80
		}
		if i := strings.IndexRune(lightLines, r); i >= 0 {
			return []rune(heavyLines)[len([]rune(lightLines[:i]))]
		}
		return r
	}, block)
}

const (
	lightLines = "─│┌┐└┘╭╮╰╯├┤┬┴┼╌┄╴╶╵╷"
	heavyLines = "━┃┏┓┗┛┏┓┗┛┣┫┳┻╋╍┅╸╺╹╻"
)
