package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

var spiralGenerator = generator{"spiral", "two spirals: 2 interleaved arms, 2 classes in the plane", spiral, knob.Doc{
	Formula: "class c: r (cos φ, sin φ), r = √u, φ = π (3r + c), u ~ U(0, 1), plus N(0, noise²)",
	Source:  "K. J. Lang, M. J. Witbrock, “Learning to Tell Two Spirals Apart”, Connectionist Models Summer School 1988",
	PyTorch: knob.None,
	When:    "A hard boundary for small networks: it shows differences between optimizers and activations that moons does not.",
	Range:   "noise 0 to 0.05",
}}

// spiral has two arms of one and a half turns within the unit circle.
func spiral(s Spec, rng *rand.Rand) *Table {
	return rounds(s, rng, 2, func(class int) (float64, float64) {
		radius := math.Sqrt(rng.Float64())
		angle := float64(math.Pi * (float64(3*radius) + float64(class)))
		return float64(radius * kernel.Cos(angle)), float64(radius * sine(angle))
	})
}
