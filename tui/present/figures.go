package present

import (
	"strings"

	"descent/tui/draw"
)

// font holds characters of 3×5 squares, a row each, the highest bit left.
var font = map[rune][5]uint8{
	'0': {7, 5, 5, 5, 7}, '1': {2, 6, 2, 2, 7}, '2': {7, 1, 7, 4, 7}, '3': {7, 1, 3, 1, 7}, '4': {5, 5, 7, 1, 1},
	'5': {7, 4, 7, 1, 7}, '6': {7, 4, 7, 5, 7}, '7': {7, 1, 1, 2, 2}, '8': {7, 5, 7, 5, 7}, '9': {7, 5, 7, 1, 7},
	'-': {0, 0, 7, 0, 0}, '–': {0, 0, 7, 0, 0}, '+': {0, 2, 7, 2, 0}, '%': {5, 1, 2, 4, 5}, 'e': {0, 7, 7, 4, 7},
	'N': {5, 7, 7, 5, 5}, 'a': {0, 7, 1, 7, 7}, 'I': {7, 2, 2, 2, 7}, 'n': {0, 6, 5, 5, 5}, 'f': {3, 4, 6, 4, 4}, 'k': {4, 5, 6, 6, 5}, 'M': {5, 7, 5, 5, 5},
}

// narrow are characters of one column.
var narrow = map[rune][5]uint8{'.': {0, 0, 0, 0, 1}, ',': {0, 0, 0, 1, 1}, ' ': {}}

// rows is the height of a figure.
const rows = 5

// big renders a number in rows lines, each square scale cells wide.
func big(text string, scale int) []string {
	out := make([]string, rows)
	for i, r := range []rune(text) {
		glyph, columns := font[r], 3
		if g, ok := narrow[r]; ok {
			glyph, columns = g, 1
		}
		for y := range out {
			if i > 0 {
				out[y] += " "
			}
			for x := columns - 1; x >= 0; x-- {
				square := " "
				if glyph[y]>>x&1 == 1 {
					square = "█"
				}
				out[y] += strings.Repeat(square, scale)
			}
		}
	}
	return out
}

// figure is a number with its name.
type figure struct {
	name, text string
	style      draw.Style
}

// beside renders figures beside each other in w cells: wide, or else narrow, or else
// without the last ones.
func beside(t *draw.Theme, figures []figure, w int) []string {
	for ; len(figures) > 0; figures = figures[:len(figures)-1] {
		for _, scale := range []int{2, 1} {
			if out := at(t, figures, scale, w); out != nil {
				return out
			}
		}
	}
	return nil
}

// at renders figures with squares of a width, nil if they do not fit.
func at(t *draw.Theme, figures []figure, scale, w int) []string {
	blocks, wide := make([][]string, len(figures)), 0
	for i, f := range figures {
		blocks[i] = big(f.text, scale)
		wide += max(draw.Width(blocks[i][0]), draw.Width(f.name))
	}
	gap := (w - 2 - wide) / max(len(figures), 1)
	if gap < 2 {
		return nil
	}
	out := make([]string, rows+1)
	for i, f := range figures {
		room := max(draw.Width(blocks[i][0]), draw.Width(f.name)) + gap
		out[0] += " " + t.Muted.Render(draw.FitLine(f.name, room-1))
		for y, line := range blocks[i] {
			out[y+1] += " " + f.style.Render(draw.FitLine(line, room-1))
		}
	}
	for i := range out {
		out[i] = draw.FitLine(out[i], w)
	}
	return out
}
