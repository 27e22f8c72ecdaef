package data

import "math/rand/v2"

// xor fills the square of side 2 round the origin; class 1 is where x and y
// differ in sign.
func xor(s Spec, rng *rand.Rand) *Table {
	return plane(s, rng, func() (x, y float64, class int) {
		x, y = float64(2*rng.Float64())-1, float64(2*rng.Float64())-1
		if (x > 0) != (y > 0) {
			class = 1
		}
		return x, y, class
	})
}
