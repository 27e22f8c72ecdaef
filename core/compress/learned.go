package compress

import (
	"math"

	"descent/core/nn"
)

// Learned steps: LSQ. With Q = 2^(bits−1) − 1 on both sides of 0,
//
//	w ← s · round(clamp(w / s, −Q, Q)),
//
// and the gradient of s goes straight through the rounding. A step is taken by
// its magnitude, so that the grid has one whatever an update makes of it.
// Esser, McKinstry, Bablani, Appuswamy, Modha, "Learned Step Size Quantization",
// 2020, eq. 1 to 5. There Q is one more below 0.

const esser = "S. K. Esser, J. L. McKinstry, D. Bablani, R. Appuswamy, D. S. Modha, “Learned Step Size Quantization”, ICLR 2020"

// leastStep is how small the step of a grid can get.
const leastStep = 0x1p-500

func stepSize(step float64) float64 { return max(math.Abs(step), leastStep) }

// beginSteps fills the learned steps of a kernel: 2 mean|w| / √Q (section 2.1) of the
// weights that the mask, if any, keeps, and 1/Q where those are all 0.
func beginSteps(steps, w, mask []float64, bits int) {
	top := levels(bits)
	width := len(w) / len(steps)
	for r := range steps {
		row := w[r*width : (r+1)*width]
		if mask != nil {
			row = kept(nil, row, mask[r*width:(r+1)*width])
		}
		sum := 0.0
		for _, v := range row {
			sum += math.Abs(v)
		}
		steps[r] = 2 * (sum / float64(len(row))) / math.Sqrt(top)
		if sum == 0 {
			steps[r] = 1 / top
		}
	}
}

// roundLearned rounds weights that share a scale.
func roundLearned(w []float64, bits int, step float64) grid {
	s, top := stepSize(step), levels(bits)
	for i, v := range w {
		w[i] = s * min(max(math.RoundToEven(v/s), -top), top)
	}
	return grid{nn.Grid{Scale: s, Low: -top, High: top}, unclipped}
}

// backLearned zeroes the gradient of the weights that are clipped and returns
// that of the step, (eq. 3)
//
//	ds = g Σ dw · { −Q, round(w/s) − w/s, Q }
//
// for w/s below, within and above ±Q, with g = 1/√(n Q), n being the number of
// weights that share it.
func backLearned(dw, w []float64, bits int, step float64) float64 {
	s, top, sum := stepSize(step), levels(bits), 0.0
	for i, v := range w {
		u := v / s
		switch {
		case u <= -top:
			sum -= float64(top * dw[i])
			dw[i] = 0
		case u >= top:
			sum += float64(top * dw[i])
			dw[i] = 0
		default:
			sum += float64((math.RoundToEven(u) - u) * dw[i])
		}
	}
	return math.Copysign(1, step) * (sum / math.Sqrt(float64(len(w))*top))
}
