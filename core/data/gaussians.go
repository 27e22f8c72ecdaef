package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
)

// gaussians has as many centres as classes, evenly on the unit circle; the
// noise alone spreads the points.
func gaussians(s Spec, rng *rand.Rand) *Table {
	return rounds(s, rng, s.Classes, func(class int) (float64, float64) {
		angle := float64(2*math.Pi*float64(class)) / float64(s.Classes)
		return kernel.Cos(angle), sine(angle)
	})
}
