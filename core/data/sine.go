package data

import (
	"math"
	"math/rand/v2"

	"descent/core/knob"
)

var sineGenerator = generator{"sine", "sine wave: regression of sin x on [−π, π]", sineWave, knob.Doc{
	Formula: "y = sin x + N(0, noise²), x ~ U(−π, π)",
	Source:  "C. M. Bishop, “Pattern Recognition and Machine Learning”, 2006, section 1.1 (sinusoidal data)",
	PyTorch: knob.None,
	When:    "The simplest regression that is not linear: underfitting and overfitting can be seen in the fitted curve.",
	Range:   "noise 0.05 to 0.3",
}}

// sineWave is y = sin x + noise for x anywhere from −π to π.
func sineWave(s Spec, rng *rand.Rand) *Table {
	return curve(s, rng, func(int) (float64, float64) {
		x := float64(math.Pi * (float64(2*rng.Float64()) - 1))
		return x, sine(x)
	})
}
