package kernel

import (
	"math"
	"math/rand/v2"
)

// Normal draws from the normal distribution of mean 0 and deviation 1, two
// numbers of the source for each, and gives the same bits on every processor,
// as rand.NormFloat64 does not. Box, Muller 1958.
func Normal(rng *rand.Rand) float64 {
	length := math.Sqrt(-2 * Log(1-rng.Float64())) // exact: a product by a power of two
	return float64(length * Cos(2*math.Pi*rng.Float64()))
}
