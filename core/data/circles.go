package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

var circlesGenerator = generator{"circles", "a circle within a circle: 2 classes in the plane", circles, knob.Doc{
	Formula: "class c: r (cos φ, sin φ), r = 1/(c + 1), φ ~ U(0, 2π), plus N(0, noise²)",
	Source:  "F. Pedregosa et al., “Scikit-learn: Machine Learning in Python”, JMLR 12, 2011 (make_circles)",
	PyTorch: "sklearn.datasets.make_circles(factor=0.5)",
	When:    "Not linearly separable, but separable by the radius: three hidden units suffice to enclose the inner class.",
	Range:   "noise 0.02 to 0.15",
}}

// circles has the unit circle as class 0 and one of half its radius as class 1.
func circles(s Spec, rng *rand.Rand) *Table {
	return rounds(s, rng, 2, func(class int) (float64, float64) {
		radius := 1 / float64(class+1)
		angle := float64(2 * math.Pi * rng.Float64())
		return float64(radius * kernel.Cos(angle)), float64(radius * sine(angle))
	})
}
