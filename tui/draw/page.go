package draw

import (
	"slices"
	"strings"
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
