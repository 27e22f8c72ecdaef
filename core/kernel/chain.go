package kernel

import "math"

// view is a matrix of any strides, in elements.
type view struct {
	data       []float64
	rows, cols int
	row, col   int
}

// start is where the chains of a product begin.
type start int

const (
	fromZero start = iota
	fromC
	fromRow
	fromEach // in whole numbers: for each row one number
)

// chains is the plain twin of the assembly.
func chains(k int, a view, b []float64, bStep int, c view, from start, row []float64) {
	for i := range c.rows {
		out := c.data[i*c.row : i*c.row+c.cols]
		switch from {
		case fromZero:
			clear(out)
		case fromRow:
			copy(out, row)
		}
		for p := range k {
			x := a.data[i*a.row+p*a.col]
			for j, y := range b[p*bStep : p*bStep+len(out)] {
				out[j] = math.FMA(x, y, out[j])
			}
		}
	}
}
