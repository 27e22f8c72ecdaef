package data

import (
	"math/rand/v2"

	"descent/core/knob"
)

var chebyshevGenerator = generator{"chebyshev", "Chebyshev polynomial of data.degree on evenly spaced points: regression", chebyshev, knob.Doc{
	Formula: "y = T_n(x) + N(0, noise²), T₀ = 1, T₁ = x, T_{n+1} = 2x T_n − T_{n−1}, x evenly from −1 to 1",
	Source:  "J. M. Cohen, S. Kaur, Y. Li, J. Z. Kolter, A. Talwalkar, “Gradient Descent on Neural Networks Typically Occurs at the Edge of Stability”, ICLR 2021",
	PyTorch: knob.None,
	When:    "To watch the edge of stability: full-batch gradient descent, 20 points, no noise; the sharpness rises until it hovers at 2/lr.",
	Range:   "degree 3 to 5, 20 rows, noise 0",
}}

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
