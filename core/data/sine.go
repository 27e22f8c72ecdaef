package data

import (
	"math"
	"math/rand/v2"
)

// sineWave is y = sin x + noise for x anywhere from −π to π.
func sineWave(s Spec, rng *rand.Rand) *Table {
	return curve(s, rng, func(int) (float64, float64) {
		x := float64(math.Pi * (float64(2*rng.Float64()) - 1))
		return x, sine(x)
	})
}
