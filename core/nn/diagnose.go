package nn

import (
	"fmt"
	"math"
)

// NonFinite looks for NaN and infinities along the last pass and names the
// first place: a layer's weights, its output, or (from the back) its gradient.
// It returns "" if all is finite.
func (m *Model) NonFinite(w, dw []float64) string {
	name := func(i int) string { return fmt.Sprintf("layer %d (%s)", i, m.layers[i].Kind()) }
	for i := range m.layers {
		if !Finite(m.part(i, w)) {
			return "the weights of " + name(i)
		}
		if !Finite(m.act(i).Data) {
			return "the output of " + name(i)
		}
	}
	for i := len(m.layers) - 1; i >= 0; i-- {
		if !Finite(m.part(i, dw)) {
			return "the gradient of " + name(i)
		}
	}
	return ""
}

// LargestOutput is the layer whose output was largest in the last pass, and
// that magnitude.
func (m *Model) LargestOutput() (layer int, magnitude float64) {
	for i := range m.layers {
		for _, v := range m.act(i).Data {
			if a := math.Abs(v); a > magnitude {
				layer, magnitude = i, a
			}
		}
	}
	return layer, magnitude
}

// Finite tells whether v holds neither NaN nor an infinity.
func Finite(v []float64) bool {
	var s0, s1, s2, s3 float64 // x − x is 0 for every finite x, NaN otherwise
	for len(v) >= 4 {
		s0 += v[0] - v[0]
		s1 += v[1] - v[1]
		s2 += v[2] - v[2]
		s3 += v[3] - v[3]
		v = v[4:]
	}
	for _, x := range v {
		s0 += x - x
	}
	return !math.IsNaN(s0 + s1 + s2 + s3)
}
