package augment

import (
	"math"

	"descent/core/kernel"
)

// bell is what averages noise over a line of pixels: a square matrix of Gaussian
// weights, pixel i from pixel j, whose squares sum to 1 over a line without
// ends, so that averaging leaves the deviation as it is. Its upper left corner
// is the bell of a shorter line.
type bell struct {
	side   int
	smooth float64
	weight []float64
}

// faint is a weight that is lost when the sum is rounded.
const faint = 0x1p-60

// of is the bell of that deviation, in pixels, made anew where it is another
// than the last.
func (b *bell) of(side int, smooth float64) []float64 {
	if b.side == side && b.smooth == smooth {
		return b.weight
	}
	line, square := make([]float64, side), 0.0
	for d := range line {
		if line[d] = kernel.Exp(-float64(d*d) / float64(2*float64(smooth*smooth))); line[d] < faint {
			line[d] = 0
		}
		both := 2.0
		if d == 0 {
			both = 1
		}
		square += float64(both * float64(line[d]*line[d]))
	}
	b.side, b.smooth, b.weight = side, smooth, make([]float64, side*side)
	for i := range side {
		for j := range side {
			b.weight[i*side+j] = line[max(i-j, j-i)] / math.Sqrt(square)
		}
	}
	return b.weight
}
