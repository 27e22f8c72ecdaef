package kernel

import "math"

// view is a matrix with any strides, in elements.
type view struct {
	data       []float64
	rows, cols int
	row, col   int
}

// start is what the chains of a product start from.
type start int

const (
	fromZero start = iota
	fromC          // the present elements of c
	fromRow        // one number for each column
	fromEach       // one number for each row; of integer products
)

// chains is the portable version of the assembly: c = a b, for chains of length k.
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
