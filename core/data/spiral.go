package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
)

// spiral has two arms of one and a half turns within the unit circle.
func spiral(s Spec, rng *rand.Rand) *Table {
	return rounds(s, rng, 2, func(class int) (float64, float64) {
		radius := math.Sqrt(rng.Float64())
		angle := float64(math.Pi * (float64(3*radius) + float64(class)))
		return float64(radius * kernel.Cos(angle)), float64(radius * sine(angle))
	})
}
