package data

import (
	"math"
	"math/rand/v2"
)

// sparse is one target, a hidden linear map of the inputs in which all but a
// few weights are 0; the others are ±1/√active, at places drawn by the seed.
func sparse(s Spec, rng *rand.Rand) *Table {
	w := make([]float64, s.Inputs)
	active := min(s.Active, s.Inputs)
	for _, i := range rng.Perm(s.Inputs)[:active] {
		w[i] = 1 / math.Sqrt(float64(active))
		if rng.Uint64()&1 == 0 {
			w[i] = -w[i]
		}
	}
	return linear(s, rng, w)
}
