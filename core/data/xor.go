package data

import (
	"math/rand/v2"

	"descent/core/knob"
)

var xorGenerator = generator{"xor", "exclusive or: opposite quadrants of a square, 2 classes in the plane", xor, knob.Doc{
	Formula: "x, y ~ U(−1, 1), class = 1[sign x ≠ sign y], plus N(0, noise²)",
	Source:  "M. Minsky, S. Papert, “Perceptrons”, 1969; D. E. Rumelhart, G. E. Hinton, R. J. Williams, “Learning representations by back-propagating errors”, Nature 323, 1986",
	PyTorch: knob.None,
	When:    "The classic example that needs a hidden layer. Small networks sometimes get stuck: compare seeds.",
	Range:   "noise 0 to 0.2",
}}

// xor fills the square of side 2 round the origin; class 1 is where x and y
// differ in sign.
func xor(s Spec, rng *rand.Rand) *Table {
	return plane(s, rng, func() (x, y float64, class int) {
		x, y = float64(2*rng.Float64())-1, float64(2*rng.Float64())-1
		if (x > 0) != (y > 0) {
			class = 1
		}
		return x, y, class
	})
}
