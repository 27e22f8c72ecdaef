package nn

import "math"

// Grid has a stop at Scale · (q − Zero) for every integer q from Low to
// High. Jacob et al., "Quantization and Training of Neural Networks for
// Efficient Integer-Arithmetic-Only Inference", 2018, eq. 1.
type Grid struct{ Scale, Zero, Low, High float64 }

// Quantize is the number of the stop nearest to x, half to even; NaN stays NaN.
func (g Grid) Quantize(x float64) float64 {
	q := math.RoundToEven(x/g.Scale) + g.Zero
	if q < g.Low {
		return g.Low
	}
	if q > g.High {
		return g.High
	}
	return q
}

// Dequantize is where stop q lies.
func (g Grid) Dequantize(q float64) float64 { return float64(g.Scale * (q - g.Zero)) }

// Offset is what is taken from the number of a stop so that those of a grid of
// 256 fit into 8 bits with a sign.
func (g Grid) Offset() float64 { return math.Floor((g.Low + g.High + 1) / 2) }

// IntegerKernel is the kernel of one layer in integers. With the layer's input x
// on the grid Input as q, it gives
//
//	y[o] = Input.Scale · Scale[o] · (Σ (Q[o, i] − Zero[o]) (q[i] − Input.Zero) + Bias[o])
//
// the sum being of 32 bits. Jacob et al. 2018, eq. 4 to 9.
type IntegerKernel struct {
	Q     []int8    // out×in, in row-major order
	Scale []float64 // of each output
	Zero  []int32   // of each output
	Bias  []int32   // of each output
	Input Grid      // of at most 256 stops
}
