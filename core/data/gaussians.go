package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

var gaussiansGenerator = generator{"gaussians", "Gaussian blobs: data.classes of them around a circle, in the plane", gaussians, knob.Doc{
	Formula: "class c of k: (cos 2πc/k, sin 2πc/k) + N(0, noise²)",
	Source:  "F. Pedregosa et al., “Scikit-learn: Machine Learning in Python”, JMLR 12, 2011 (make_blobs)",
	PyTorch: "sklearn.datasets.make_blobs",
	When:    "Linear classification with several classes. The noise sets how far they overlap, and so the best possible accuracy.",
	Range:   "2 to 10 classes, noise 0.1 to 0.5",
}}

// gaussians has as many centres as classes, evenly on the unit circle; the
// noise alone spreads the points.
func gaussians(s Spec, rng *rand.Rand) *Table {
	return rounds(s, rng, s.Classes, func(class int) (float64, float64) {
		angle := float64(2*math.Pi*float64(class)) / float64(s.Classes)
		return kernel.Cos(angle), sine(angle)
	})
}
