package draw

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Page puts blocks of text together that do not overlap.
type Page struct {
	w    int
	rows [][]piece
}

type piece struct {
	x, w int
	text string
}

// NewPage makes an empty page of w×h cells.
func NewPage(w, h int) *Page { return &Page{w, make([][]piece, max(h, 0))} }

// Put puts a block of w×h cells at a column and a line; lines beyond the page are
// left out.
func (p *Page) Put(block string, x, y, w, h int) {
	for i, line := range strings.Split(block, "\n") {
		if i < h && y+i >= 0 && y+i < len(p.rows) {
			p.rows[y+i] = append(p.rows[y+i], piece{x, w, line})
		}
	}
}

// Lines renders the page.
func (p *Page) Lines() []string {
	out := make([]string, len(p.rows))
	for i, row := range p.rows {
		slices.SortStableFunc(row, func(a, b piece) int { return a.x - b.x })
		var line strings.Builder
		at := 0
		for _, c := range row {
			line.WriteString(strings.Repeat(" ", max(c.x-at, 0)))
			line.WriteString(c.text)
			at = c.x + c.w
		}
		line.WriteString(strings.Repeat(" ", max(p.w-at, 0)))
		out[i] = line.String()
	}
	return out
}

// sliver is the number of columns beside a block that are too few to be readable.
const sliver = 6

// Overlay centres a block over a screen of w×h cells. If it nearly fills the width,
// the columns beside it are blank.
func Overlay(screen, block string, w, h int) string {
	x, y := Centre(block, w, h)
	return over(screen, block, w, x, y)
}

// Lay is Overlay with the lower edge of the block above the last lines of the screen.
func Lay(screen, block string, w, h, last int) string {
	x, _ := Centre(block, w, h)
	return over(screen, block, w, x, bottom(block, h, last))
}

// LayLeft is Lay with the block at the left edge, where Corner says.
func LayLeft(screen, block string, w, h, last int) string {
	x, y := Corner(block, w, h, last)
	return over(screen, block, w, x, y)
}

// over puts a block over a screen from cell x, y on.
func over(screen, block string, w, x, y int) string {
	lines, over := strings.Split(screen, "\n"), strings.Split(block, "\n")
	bw := Width(over[0])
	for i, o := range over {
		if y+i >= len(lines) {
			break
		}
		line := lines[y+i]
		if w-bw <= 2*sliver {
			line = strings.Repeat(" ", w)
		}
		lines[y+i] = fitted(line, x, "") + o + ending(line, x+bw, w)
	}
	return strings.Join(lines, "\n")
}

// bottom is the first line of a block that ends above the last lines of a screen.
func bottom(block string, h, last int) int {
	return max(h-last-strings.Count(block, "\n")-1, 0)
}

// Corner returns the cell at which a block begins that stands at the lower left, above
// the last lines; one that nearly fills the width stands in its middle.
func Corner(block string, w, h, last int) (x, y int) {
	if x, _ = Centre(block, w, h); x > sliver {
		x = 0
	}
	return x, bottom(block, h, last)
}

// Centre returns the cell at which a block begins that is centred on a screen of w×h
// cells.
func Centre(block string, w, h int) (x, y int) {
	first, _, _ := strings.Cut(block, "\n")
	return max((w-Width(first))/2, 0), max((h-strings.Count(block, "\n")-1)/2, 0)
}

// ending returns the last w−x cells of a line of w cells; a wide glyph that is cut
// becomes a blank.
func ending(line string, x, w int) string {
	room, right := max(w-x, 0), ansi.TruncateLeft(line, x, "")
	if cells(right) > room {
		right = ansi.TruncateLeft(line, x+1, "")
	}
	return strings.Repeat(" ", max(room-cells(right), 0)) + right
}
