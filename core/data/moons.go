package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

var moonsGenerator = generator{"moons", "two interleaving half circles: 2 classes in the plane", moons, knob.Doc{
	Formula: "class 0: (cos φ, sin φ), class 1: (1 − cos φ, ½ − sin φ), φ ~ U(0, π), plus N(0, noise²)",
	Source:  "F. Pedregosa et al., “Scikit-learn: Machine Learning in Python”, JMLR 12, 2011 (make_moons)",
	PyTorch: "sklearn.datasets.make_moons",
	When:    "The first problem that no linear model solves: a few tanh or relu units do. The decision boundary can be watched in the plane.",
	Range:   "noise 0.05 to 0.3",
}}

// moons has an upper half circle round the origin and a lower one round (1, ½).
func moons(s Spec, rng *rand.Rand) *Table {
	return rounds(s, rng, 2, func(class int) (float64, float64) {
		angle := float64(math.Pi * rng.Float64())
		x, y := kernel.Cos(angle), sine(angle)
		if class == 0 {
			return x, y
		}
		return 1 - x, 0.5 - y
	})
}
