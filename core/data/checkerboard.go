package data

import (
	"math"
	"math/rand/v2"
)

// checkerboard has four by four squares of side 1 round the origin.
func checkerboard(s Spec, rng *rand.Rand) *Table {
	return plane(s, rng, func() (x, y float64, class int) {
		x, y = float64(4*rng.Float64())-2, float64(4*rng.Float64())-2
		return x, y, int(math.Floor(x)+math.Floor(y)) & 1
	})
}
