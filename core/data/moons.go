package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
)

// moons has an upper half circle round the origin and a lower one round (1, ½).
func moons(s Spec, rng *rand.Rand) *Table {
	return rounds(s, rng, 2, func(class int) (float64, float64) {
		angle := float64(math.Pi * rng.Float64())
		x, y := kernel.Cos(angle), sine(angle)
		if class == 0 {
			return x, y
		}
		return 1 - x, 0.5 - y
	})
}
