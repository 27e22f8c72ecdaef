package compress

import (
	"math"

	"descent/core/nn"
)

// Papers that several entries of the catalogues go back to.
const (
	jacob = "B. Jacob et al., “Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference”, CVPR 2018"
	nagel = "M. Nagel et al., “A White Paper on Neural Network Quantization”, arXiv 2106.08295, 2021"
)

// span is a range of numbers.
type span struct{ low, high float64 }

// unclipped holds every number.
var unclipped = span{math.Inf(-1), math.Inf(1)}

// clipGradient zeroes the gradient of the numbers that lie outside.
func (s span) clipGradient(dv, v []float64) {
	if s == unclipped {
		return
	}
	for i, x := range v {
		if x < s.low || x > s.high {
			dv[i] = 0
		}
	}
}

// extent is from the least, or 0, to the largest, or 0. NaN wins.
func extent(v []float64) span {
	var s span
	for _, x := range v {
		s.low, s.high = min(s.low, x), max(s.high, x)
	}
	return s
}

// gridOf is the grid of so many bits over a range that holds 0.
func gridOf(s span, symmetric bool, bits int) nn.Grid {
	if symmetric {
		return symmetricGrid(s.high, bits)
	}
	return affineGrid(s.low, s.high, bits)
}

// grid is what the weights that share a scale were rounded to. A scale of 0
// stands for no grid of equal steps: weights of 0, or floats.
type grid struct {
	nn.Grid
	clip span
}

// kept appends to the weights that a mask keeps.
func kept(to, w, mask []float64) []float64 {
	for i, m := range mask {
		if m != 0 {
			to = append(to, w[i])
		}
	}
	return to
}

// levels is how many stops a symmetric grid has on either side of 0.
func levels(bits int) float64 { return float64(int(1)<<(bits-1) - 1) }

// symmetricGrid spans ±top: scale = top / (2^(bits−1) − 1).
func symmetricGrid(top float64, bits int) nn.Grid {
	n := levels(bits)
	return nn.Grid{Scale: top / n, Low: -n, High: n}
}

// affineGrid spans low ≤ 0 to high ≥ 0: scale = (high − low) / (2^bits − 1),
// zero point z = round(−low / scale).
func affineGrid(low, high float64, bits int) nn.Grid {
	n := float64(int(1)<<bits - 1)
	scale := (high - low) / n
	return nn.Grid{Scale: scale, Zero: math.RoundToEven(-low / scale), High: n}
}
