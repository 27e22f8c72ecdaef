package nn

import (
	"math/rand/v2"

	"descent/core/knob"
)

// start fills a tensor of one of these roles and tells whether it was one.
func start(w []float64, role string, rng *rand.Rand) bool {
	switch role {
	case Gain:
		fill(w, 1)
	case Shift:
		clear(w)
	case Vector:
		normal(w, 1, rng)
	default:
		return false
	}
	return true
}

// Init fills the flat vector w by the initialisation that the spec names,
// tensor by tensor in layout order, drawing from rng.
func Init(w []float64, layout knob.Layout, s Spec, rng *rand.Rand) {
	for _, in := range inits {
		if in.name != s.Init {
			continue
		}
		fan := 1.0
		for _, seg := range layout {
			if start(seg.Of(w), seg.Role, rng) {
				continue
			}
			if seg.Role == knob.Kernel {
				fan = torchFan(seg)
				if in.kernel == nil {
					fill(seg.Of(w), s.InitValue)
					continue
				}
				in.kernel(seg.Of(w), seg, rng)
			} else {
				in.bias(seg.Of(w), fan, rng)
			}
		}
		return
	}
	panic("nn: no initialisation " + s.Init)
}
