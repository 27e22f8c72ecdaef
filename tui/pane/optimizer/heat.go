package optimizer

import (
	"fmt"
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

// heat draws the moves of all elements of the chosen tensor, a row of the matrix
// from left to right, with a mark at the chosen one.
func (s *sheet) heat(v microscope.View, w, h int) []string {
	t := v.Tensors[v.Chosen.Tensor]
	cols := len(v.Moves)
	if len(t.Shape) > 1 {
		cols = len(v.Moves) / t.Shape[0]
	}
	rows := len(v.Moves) / cols
	// Pixels, of which a cell holds two above each other: enlarged, or several
	// elements in one.
	grow := max(min(w/cols, 2*h/rows, 6), 1)
	across, down := min(cols*grow, w), min(rows*grow, 2*h)
	c := draw.NewCanvas(s.t, w, h)
	most := magnitude(v.Moves)
	for y := range down {
		for x := range across {
			worst := 0.0
			for r := y * rows / down; r < max((y+1)*rows/down, y*rows/down+1); r++ {
				worst = largest([]float64{worst, largest(v.Moves[r*cols+x*cols/across : r*cols+max((x+1)*cols/across, x*cols/across+1)])})
			}
			color, sign := s.shade(worst, most)
			c.Set(x, y, color, sign)
		}
	}
	row, col := v.Chosen.Index/cols, v.Chosen.Index%cols
	c.Put((2*col+1)*across/(2*cols), (2*row+1)*down/(4*rows), '✕', s.t.Palette.Path)
	return c.Lines()
}
