package compress

import (
	"math"

	"descent/core/knob"
)

// Quant says to which grid the kernels are rounded.
type Quant struct {
	Bits                int // 0 is off
	Scheme, Granularity string
}

func newQuant() Quant { return Quant{Scheme: "symmetric", Granularity: "tensor"} }

// Knobs are the [quant] table, bound to q.
func (q *Quant) Knobs() []knob.Knob {
	return []knob.Knob{
		knob.Int("quant.bits", &q.Bits, 0, 16, "bits of each kernel weight").WithZero("off"),
		knob.OneOf("quant.scheme", &q.Scheme, []knob.Option{
			{Name: "symmetric", Help: "whole multiples of one scale, as many below 0 as above"},
		}, "how the grid lies"),
		knob.OneOf("quant.granularity", &q.Granularity, []knob.Option{
			{Name: "tensor", Help: "one scale for each kernel"},
			{Name: "channel", Help: "one scale for each output"},
		}, "what shares a scale"),
	}
}

// round replaces a kernel of so many output rows by its quantized values.
func (q *Quant) round(w []float64, rows int) {
	if q.Granularity == "tensor" {
		rows = 1
	}
	width := len(w) / rows
	for r := range rows {
		symmetric(w[r*width:(r+1)*width], q.Bits)
	}
}

// symmetric: scale = max|w| / (2^(bits−1) − 1), w ← scale · round(w / scale),
// half to even. One bit is binary: scale = mean|w|, w ← ±scale, and 0 stays 0.
// A row of zeros stays zeros.
func symmetric(w []float64, bits int) {
	top, sum := 0.0, 0.0
	for _, v := range w {
		a := math.Abs(v)
		sum += a
		if a > top || a != a {
			top = a
		}
	}
	if top == 0 {
		return
	}
	if bits == 1 {
		scale := sum / float64(len(w))
		for i, v := range w {
			if v != 0 {
				w[i] = math.Copysign(scale, v)
			}
		}
		return
	}
	scale := top / float64(int(1)<<(bits-1)-1)
	if scale == 0 { // weights of 1e-320: no number is fine enough for a grid
		return
	}
	for i, v := range w {
		w[i] = scale * math.RoundToEven(v/scale)
	}
}
