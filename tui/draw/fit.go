package draw

import (
	"strings"
	"unicode/utf8"

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

// narrow are ranges of characters of one cell that join no others: what the screen is
// drawn with. Everything else is left to the library.
var narrow = [...][2]rune{
	{0x20, 0x7e},
	{0xa1, 0xac},
	{0xae, 0x2ff},
	{0x370, 0x377},
	{0x391, 0x3a1},
	{0x3a3, 0x3c9},
	{0x2010, 0x2027},
	{0x2030, 0x205e},
	{0x2070, 0x209c},
	{0x2190, 0x2193},
	{0x2200, 0x22ff},
	{0x2500, 0x25fc},
	{0x2605, 0x2606},
	{0x2713, 0x2718},
	{0x2800, 0x28ff},
}

// Width returns the width of a line in cells.
func Width(s string) int { return cells(Neutral(s)) }

// cells returns the width of text without control characters but colour codes, in
// cells.
func cells(s string) int {
	n := 0
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c >= 0x20 && c < 0x7f:
			n++
			i++
			continue
		case c == 0x1b:
			if !strings.HasPrefix(s[i:], "\x1b[") {
				return ansi.StringWidth(s)
			}
			end := codeEnd(s[i+2:])
			if end < 0 {
				return ansi.StringWidth(s)
			}
			i += 2 + end
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isNarrow(r) {
			return ansi.StringWidth(s)
		}
		n++
		i += size
	}
	return n
}

func isNarrow(r rune) bool {
	for _, b := range narrow {
		if r <= b[1] {
			return r >= b[0]
		}
	}
	return false
}
