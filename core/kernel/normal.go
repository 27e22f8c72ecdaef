package kernel

import (
	"math"
	"math/rand/v2"
)

// Normal draws from the standard normal distribution, from two numbers of the source,
// by the transform of Box and Muller, 1958. It gives the same bits on every processor,
// which rand.NormFloat64 does not.
func Normal(rng *rand.Rand) float64 {
	x, _ := Normals(rng)
	return x
}

// Normals draws two at once, from the two numbers of the source that Normal
// takes for the first.
func Normals(rng *rand.Rand) (x, y float64) {
	length := math.Sqrt(-2 * Log(1-rng.Float64())) // exact: a product by a power of two
	sin, cos := SinCos(2 * math.Pi * rng.Float64())
	return float64(length * cos), float64(length * sin)
}
