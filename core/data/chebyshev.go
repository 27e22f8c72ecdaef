package data

import "math/rand/v2"

// chebyshev is y = T(x) + noise at points evenly from −1 to 1, both included:
// with 20 points and no noise the task of Cohen et al. 2021 (edge of stability).
// T₀ = 1, T₁ = x, Tₙ₊₁ = 2x Tₙ − Tₙ₋₁.
func chebyshev(s Spec, rng *rand.Rand) *Table {
	return curve(s, rng, func(row int) (float64, float64) {
		x := 2*float64(row)/float64(max(s.Samples-1, 1)) - 1
		before, t := 1.0, x
		for n := 1; n < s.Degree; n++ {
			before, t = t, float64(2*x*t)-before
		}
		return x, t
	})
}
