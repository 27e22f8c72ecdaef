package optimizer

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"descent/core/microscope"
	"descent/tui/draw"
)

// leastMap is the least height of a map of a tensor.
const leastMap = 4

// mapNote says what the map shows.
func mapNote(v microscope.View) string {
	t := v.Tensors[v.Chosen.Tensor]
	var shape []string
	for _, d := range t.Shape {
		shape = append(shape, strconv.Itoa(d))
	}
	return fmt.Sprintf("Δθ of %s, %s", t.Name, strings.Join(shape, "×"))
}

// grid is how the elements of the chosen tensor lie in a picture: rows and columns of
// the matrix, and the pixels across and down that they are drawn in.
type grid struct{ rows, cols, across, down int }

// gridOf enlarges the elements, or lets several share a pixel, of which a cell holds
// two above each other.
func gridOf(v microscope.View, w, h int) grid {
	t := v.Tensors[v.Chosen.Tensor]
	g := grid{rows: 1, cols: len(v.Moves)}
	if len(t.Shape) > 1 {
		g.rows, g.cols = t.Shape[0], len(v.Moves)/t.Shape[0]
	}
	grow := max(min(w/g.cols, 2*h/g.rows, 6), 1)
	g.across, g.down = min(g.cols*grow, w), min(g.rows*grow, 2*h)
	return g
}

// pixel is the element that is drawn in a cell, the upper of two.
func pixel(v microscope.View, w, h, x, y int) (index int, ok bool) {
	g := gridOf(v, w, h)
	if x < 0 || x >= g.across || y < 0 || 2*y >= g.down {
		return 0, false
	}
	return 2*y*g.rows/g.down*g.cols + x*g.cols/g.across, true
}

// heat draws the moves of all elements of the chosen tensor, a row of the matrix
// from left to right, with a mark at the chosen one.
func (s *sheet) heat(v microscope.View, w, h int) []string {
	g := gridOf(v, w, h)
	c := draw.NewCanvas(s.t, w, h)
	most := magnitude(v.Moves)
	for y := range g.down {
		for x := range g.across {
			worst := 0.0
			left, right := x*g.cols/g.across, max((x+1)*g.cols/g.across, x*g.cols/g.across+1)
			for r := y * g.rows / g.down; r < max((y+1)*g.rows/g.down, y*g.rows/g.down+1); r++ {
				if v := largest(v.Moves[r*g.cols+left : r*g.cols+right]); math.Abs(v) > math.Abs(worst) || math.IsNaN(v) {
					worst = v
				}
			}
			color, sign := s.shade(worst, most)
			c.Set(x, y, color, sign)
		}
	}
	row, col := v.Chosen.Index/g.cols, v.Chosen.Index%g.cols
	c.Put((2*col+1)*g.across/(2*g.cols), (2*row+1)*g.down/(4*g.rows), '✕', s.t.Palette.Path)
	return c.Lines()
}
