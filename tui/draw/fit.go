package draw

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Fit crops and pads text to exactly h lines of exactly w cells.
func Fit(text string, w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	lines := strings.Split(text, "\n")
	out := make([]string, h)
	for i := range out {
		if i < len(lines) {
			out[i] = FitLine(lines[i], w)
		} else {
			out[i] = strings.Repeat(" ", w)
		}
	}
	return strings.Join(out, "\n")
}

// FitLine crops or pads one line to exactly w cells and makes it neutral; cropped
// text ends in an ellipsis.
func FitLine(line string, w int) string { return fitted(line, w, "…") }

// fitted is FitLine with another sign in place of the ellipsis.
func fitted(line string, w int, tail string) string {
	line = neutralLine(line)
	width := cells(line)
	if width > w {
		line = ansi.Truncate(line, w, tail)
		width = cells(line)
	}
	return line + strings.Repeat(" ", max(w-width, 0))
}

// FirstFitting returns the first of several texts that fits into w cells, or else
// the last.
func FirstFitting(w int, texts ...string) string {
	for _, text := range texts {
		if Width(text) <= w {
			return text
		}
	}
	return texts[len(texts)-1]
}

// Between puts left and right at the two ends of a line of w cells; left is cropped
// if both do not fit.
func Between(left, right string, w int) string {
	room := w - Width(right)
	if room < 0 {
		return FitLine(right, w)
	}
	return FitLine(left, room) + right
}

// Beside joins blocks of the same height line by line.
func Beside(blocks ...string) string {
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

// FitLines crops and pads lines to exactly h of exactly w cells.
func FitLines(lines []string, w, h int) string { return Fit(strings.Join(lines, "\n"), w, h) }

// Extend appends parts as long as they fit.
func Extend(w int, first string, more ...string) string {
	for _, m := range more {
		if Width(first+m) > w {
			break
		}
		first += m
	}
	return first
}

// Cells returns the number of cells that Align fills.
func Cells(width int) int { return max(width, -width) }

// Cut truncates a name to w cells, with an ellipsis if there is room for it beside
// two letters.
func Cut(name string, w int) string {
	if w < 3 {
		return Crop(name, w, "")
	}
	return Crop(name, w, "…")
}

// Align pads text to a width, right-aligned, or left-aligned if the width is
// negative.
func Align(text string, width int) string {
	if width < 0 {
		return FitLine(text, -width)
	}
	return Between("", text, width)
}
