package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
)

// circles has the unit circle as class 0 and one of half its radius as class 1.
func circles(s Spec, rng *rand.Rand) *Table {
	return rounds(s, rng, 2, func(class int) (float64, float64) {
		radius := 1 / float64(class+1)
		angle := float64(2 * math.Pi * rng.Float64())
		return float64(radius * kernel.Cos(angle)), float64(radius * sine(angle))
	})
}
