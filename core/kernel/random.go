package kernel

import (
	"math"
	"math/rand/v2"
)

// Mix derives the seed of a named stream of random numbers, so that data
// order, initialisation and split are independent of each other and none is
// carried from step to step. FNV-1a of the name, then a splitmix64 finish.
func Mix(seed uint64, stream string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(stream) {
		h = (h ^ uint64(stream[i])) * 1099511628211
	}
	h ^= seed * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

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
