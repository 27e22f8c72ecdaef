package data

import (
	"math"
	"math/rand/v2"

	"descent/core/knob"
)

var checkerboardGenerator = generator{"checkerboard", "checkerboard of 4 by 4 squares: 2 classes in the plane", checkerboard, knob.Doc{
	Formula: "x, y ~ U(−2, 2), class = (⌊x⌋ + ⌊y⌋) mod 2, plus N(0, noise²)",
	Source:  knob.None,
	PyTorch: knob.None,
	When:    "Many disjoint regions: it needs width or depth, and shows how networks prefer smooth boundaries.",
	Range:   "noise 0 to 0.1",
}}

// checkerboard has four by four squares of side 1 round the origin.
func checkerboard(s Spec, rng *rand.Rand) *Table {
	return plane(s, rng, func() (x, y float64, class int) {
		x, y = float64(4*rng.Float64())-2, float64(4*rng.Float64())-2
		return x, y, int(math.Floor(x)+math.Floor(y)) & 1
	})
}
