package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// fit makes text exactly h lines of exactly w cells: it crops and pads.
func fit(text string, w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	lines := strings.Split(text, "\n")
	out := make([]string, h)
	for i := range out {
		if i < len(lines) {
			out[i] = fitLine(lines[i], w)
		} else {
			out[i] = strings.Repeat(" ", w)
		}
	}
	return strings.Join(out, "\n")
}

// fitLine makes one line exactly w cells wide, and neutral; what is cut off ends
// in an ellipsis.
func fitLine(line string, w int) string { return fitted(line, w, "…") }

// fitted is fitLine with another sign for what is cut off.
func fitted(line string, w int, tail string) string {
	line = neutralLine(line)
	width := ansi.StringWidth(line)
	if width > w {
		line = ansi.Truncate(line, w, tail)
		width = ansi.StringWidth(line)
	}
	return line + strings.Repeat(" ", max(w-width, 0))
}

// firstFitting is the first of several wordings, the fullest first, that w cells
// hold, or else the last.
func firstFitting(w int, texts ...string) string {
	for _, text := range texts {
		if widthOf(text) <= w {
			return text
		}
	}
	return texts[len(texts)-1]
}

// between puts left and right at the two ends of a line of w cells; what does
// not fit is taken from the left.
func between(left, right string, w int) string {
	room := w - widthOf(right)
	if room < 0 {
		return fitLine(right, w)
	}
	return fitLine(left, room) + right
}

// beside joins blocks of the same height line by line.
func beside(blocks ...string) string {
	split := make([][]string, len(blocks))
	for i, b := range blocks {
		split[i] = strings.Split(b, "\n")
	}
	var out strings.Builder
	for i := range split[0] {
		if i > 0 {
			out.WriteByte('\n')
		}
		for _, lines := range split {
			out.WriteString(lines[i])
		}
	}
	return out.String()
}

// sliver is how many columns beside a block are too few to tell what they show.
const sliver = 6

// overlay lays a block over the middle of a screen of w×h cells. Where it nearly
// fills the width, what would be left beside it is blank.
func overlay(screen, block string, w, h int) string {
	lines, over := strings.Split(screen, "\n"), strings.Split(block, "\n")
	bw := widthOf(over[0])
	x, y := max((w-bw)/2, 0), max((h-len(over))/2, 0)
	for i, o := range over {
		if y+i >= len(lines) {
			break
		}
		line := lines[y+i]
		if x <= sliver {
			line = strings.Repeat(" ", w)
		}
		lines[y+i] = fitted(line, x, "") + o + ending(line, x+bw, w)
	}
	return strings.Join(lines, "\n")
}

// ending is what a line of w cells holds from cell x on, in w−x cells: of a glyph
// that lies across x there is a blank.
func ending(line string, x, w int) string {
	room, right := max(w-x, 0), ansi.TruncateLeft(line, x, "")
	if ansi.StringWidth(right) > room {
		right = ansi.TruncateLeft(line, x+1, "")
	}
	return strings.Repeat(" ", max(room-ansi.StringWidth(right), 0)) + right
}

// box draws a border with a title on the left and a note on the right of its
// upper edge, round content of (w−2)×(h−2) cells. Beside the title stand those
// of the panes behind it.
func (t *theme) box(title string, behind []string, note, content string, w, h int, focused bool) string {
	if w < 4 || h < 3 {
		return fit(content, w, h)
	}
	edge := t.Muted
	name := t.Text
	if focused {
		edge, name = t.Focus, t.Selected
	}
	inner := w - 2
	head := " " + title + " "
	if widthOf(head) > inner-2 {
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
	if room := inner - 3 - widthOf(head) - widthOf(tail); widthOf(others) > room && tail != "" && len(behind) > 0 {
		// Names cut short tell that there is more, or else their number does.
		each := room/len(behind) - 3
		switch others = fmt.Sprintf("│ +%d ", len(behind)); {
		case room < widthOf(others):
			others = "│ … "
		case each >= 4:
			others = ""
			for _, b := range behind {
				others += "│ " + cropped(b, each, "…") + " "
			}
		}
	}
	if widthOf(head)+widthOf(others) > inner-2 {
		others = ""
	}
	if widthOf(head)+widthOf(others)+widthOf(tail) > inner-3 {
		tail = ""
	}
	fill := inner - 1 - widthOf(head) - widthOf(others) - widthOf(tail)
	if tail != "" {
		fill--
		tail = t.Muted.Render(tail) + edge.Render("─")
	}
	var out strings.Builder
	out.WriteString(edge.Render("╭─") + name.Render(head) + t.Muted.Render(others) + edge.Render(strings.Repeat("─", fill)) + tail + edge.Render("╮") + "\n")
	for line := range strings.SplitSeq(fit(content, inner, h-2), "\n") {
		out.WriteString(edge.Render("│") + line + edge.Render("│") + "\n")
	}
	out.WriteString(edge.Render("╰" + strings.Repeat("─", inner) + "╯"))
	return out.String()
}

// fitLines makes lines exactly h of exactly w cells.
func fitLines(lines []string, w, h int) string { return fit(strings.Join(lines, "\n"), w, h) }
