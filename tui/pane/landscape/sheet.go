package landscape

import (
	"descent/core/surface"
	"descent/tui/draw"
)

// sheet is what the pictures are drawn on, and which part of them is shown.
type sheet struct {
	t *draw.Theme

	follow  bool // a surface: zoomed to the trajectory
	zoom    int  // how often the part is halved
	x, y    float64
	moved   bool // x and y are the middle of the part, as shares of the whole
	linear  bool // heights in proportion
	along   bool // a network: in the directions of the path, else in random ones
	seed    uint64
	radius  int     // index into radii
	pointed bool    // there is a cursor
	cx, cy  float64 // its place as shares of the picture
}

// radii are how far a landscape reaches: in norms of the filters, or of the path.
var radii = []float64{0.05, 0.1, 0.25, 0.5, 1, 2, 5}

const firstRadius = 4

// part is the part of a box that is shown.
func (s *sheet) part(b surface.Box) surface.Box {
	if s.zoom == 0 && !s.moved {
		return b
	}
	x, y := 0.5, 0.5
	if s.moved {
		x, y = s.x, s.y
	}
	share := 0.5
	for range s.zoom {
		share /= 2
	}
	for range -s.zoom {
		share *= 2
	}
	across, down := draw.Axis{Low: b.Left, High: b.Right}, draw.Axis{Low: b.Top, High: b.Bottom}
	return drawable(surface.Box{Left: across.At(x - share), Right: across.At(x + share), Top: down.At(y - share), Bottom: down.At(y + share)}, b)
}

// drawable returns a box with finite edges in ascending order, or instead if b has
// none.
func drawable(b, instead surface.Box) surface.Box {
	b = surface.Box{Left: draw.Finite(b.Left), Right: draw.Finite(b.Right), Bottom: draw.Finite(b.Bottom), Top: draw.Finite(b.Top)}
	if b.Left < b.Right && b.Bottom < b.Top {
		return b
	}
	return instead
}

// at maps a point of a box to a canvas, in cells.
func at(c *draw.Canvas, b surface.Box, x, y float64) (float64, float64) {
	return draw.Axis{Low: b.Left, High: b.Right}.Share(x) * float64(c.W), draw.Axis{Low: b.Top, High: b.Bottom}.Share(y) * float64(c.H)
}

// put writes a sign at a point of a box.
func put(c *draw.Canvas, b surface.Box, x, y float64, sign rune, ink draw.RGB) {
	cx, cy := at(c, b, x, y)
	c.Put(draw.Floor(cx), draw.Floor(cy), sign, ink)
}

// cursor draws the cursor, and returns the point below it.
func (s *sheet) cursor(c *draw.Canvas, b surface.Box) (x, y float64) {
	c.Put(draw.Cell(s.cx, c.W), draw.Cell(s.cy, c.H), '┼', s.t.Palette.Here)
	return draw.Axis{Low: b.Left, High: b.Right}.At(s.cx), draw.Axis{Low: b.Top, High: b.Bottom}.At(s.cy)
}

// extent is the range that is shown, in words.
func extent(b surface.Box) string {
	return "  x " + draw.Significant(b.Left) + "…" + draw.Significant(b.Right) + "  y " + draw.Significant(b.Bottom) + "…" + draw.Significant(b.Top)
}

// under is a legend of w cells: the parts as long as they fit, and what is below the
// cursor at the right.
func (s *sheet) under(w int, right string, first string, more ...string) string {
	room := w
	if right != "" {
		right = s.t.Focus.Render(" " + right)
		room -= draw.Width(right)
	}
	return draw.Between(draw.Extend(max(room, 0), first, more...), right, w)
}
