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

// scheme is a catalogue row: how a row of weights that share a scale is rounded.
type scheme struct {
	name, help string
	bits       int // of a weight, where it is not quant.bits
	extra      int // bits beside the weights for each scale
	round      func(w []float64, bits int)
}

var schemes = []scheme{
	{"symmetric", "whole multiples of one scale, as many below 0 as above", 0, 32, symmetric},
	{"affine", "a grid from the least weight to the largest, on which 0 lies exactly", 0, 64, affine},
	{"ternary", "−s, 0 and s, s being the mean magnitude", 2, 32, ternary},
	{"binary", "−s and s, s being the mean magnitude", 1, 32, func(w []float64, _ int) { symmetric(w, 1) }},
	{"bf16", "16 bits: as wide as float32, 8 bits of it", 16, 0, floating(7, -126, 0x1.fep127)},
	{"fp16", "16 bits: IEEE half precision; what is beyond 65504 stays there", 16, 0, floating(10, -14, 65504)},
	{"fp8-e4m3", "8 bits, 3 of them for precision; up to 448", 8, 0, floating(3, -6, 448)},
	{"fp8-e5m2", "8 bits, 2 of them for precision; up to 57344", 8, 0, floating(2, -14, 57344)},
}

// scheme is the row that is chosen.
func (q *Quant) scheme() scheme {
	for _, s := range schemes {
		if s.name == q.Scheme {
			return s
		}
	}
	panic("compress: no scheme " + q.Scheme)
}

// Weight is the number of bits of a weight, 0 for float.
func (q *Quant) Weight() int {
	if q.Bits == 0 {
		return 0
	}
	if own := q.scheme().bits; own > 0 {
		return own
	}
	return q.Bits
}

// ScaleBits is what the scales of a kernel of so many outputs take.
func (q *Quant) ScaleBits(rows int) int {
	if q.Granularity == "tensor" {
		rows = 1
	}
	return rows * q.scheme().extra
}

// Knobs are the [quant] table, bound to q.
func (q *Quant) Knobs() []knob.Knob {
	options := make([]knob.Option, len(schemes))
	for i, s := range schemes {
		options[i] = knob.Option{Name: s.name, Help: s.help}
	}
	return []knob.Knob{
		knob.Int("quant.bits", &q.Bits, 0, 16, "bits of each kernel weight; schemes with a number of their own are only switched on by it").WithZero("off"),
		knob.OneOf("quant.scheme", &q.Scheme, options, "how the grid lies"),
		knob.OneOf("quant.granularity", &q.Granularity, []knob.Option{
			{Name: "tensor", Help: "one scale for each kernel"},
			{Name: "channel", Help: "one scale for each output"},
		}, "what shares a scale"),
	}
}

// aware tells whether training sees the quantized weights.
func (q *Quant) aware() bool { return q.Bits != 0 }

// learned tells whether the scales are parameters.
func (q *Quant) learned() bool { return false }

// groups is how many scales a kernel of so many outputs has.
func (q *Quant) groups(rows int) int {
	if q.Granularity == "tensor" {
		return 1
	}
	return rows
}

// begin fills the learned steps of a kernel.
func (q *Quant) begin(_ knob.Segment, _, _ []float64) {}

// backward turns the gradient of a kernel's rounded weights into that of w, the
// weights before rounding.
func (q *Quant) backward(_ knob.Segment, _, _, _, _ []float64) {}

// round replaces a kernel by its quantized values.
func (q *Quant) round(seg knob.Segment, w, _ []float64) {
	rows := q.groups(seg.Shape[0])
	width := len(w) / rows
	s := q.scheme()
	for r := range rows {
		s.round(w[r*width:(r+1)*width], q.Bits)
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

// affine widens the range to hold 0: scale = (max − min) / (2^bits − 1), zero
// point z = round(−min / scale), w ← scale · (clamp(round(w / scale) + z, 0,
// 2^bits − 1) − z). Jacob et al. 2018, eq. 1.
func affine(w []float64, bits int) {
	low, high := 0.0, 0.0
	for _, v := range w {
		low, high = min(low, v), max(high, v)
	}
	levels := float64(int(1)<<bits - 1)
	scale := (high - low) / levels
	if scale == 0 || math.IsNaN(scale) || math.IsInf(scale, 0) {
		return
	}
	zero := math.RoundToEven(-low / scale)
	for i, v := range w {
		w[i] = scale * (min(max(math.RoundToEven(v/scale)+zero, 0), levels) - zero)
	}
}

// ternary: s = mean|w|, w ← s · round(clamp(w / s, −1, 1)).
// Ma et al. 2024 ("1.58 bits"), eq. 1 to 3.
func ternary(w []float64, _ int) {
	sum := 0.0
	for _, v := range w {
		sum += math.Abs(v)
	}
	scale := sum / float64(len(w))
	if scale == 0 {
		return
	}
	for i, v := range w {
		w[i] = scale * math.RoundToEven(min(max(v/scale, -1), 1))
	}
}

// floating rounds to a float of so many bits after the leading one, half to
// even; below 2^least numbers lie evenly, as subnormals do; beyond most they
// stay at most.
func floating(precision, least int, most float64) func(w []float64, bits int) {
	return func(w []float64, _ int) {
		for i, v := range w {
			if v == 0 || math.IsNaN(v) {
				continue
			}
			_, e := math.Frexp(v)
			step := math.Ldexp(1, max(e-1, least)-precision)
			w[i] = min(max(step*math.RoundToEven(v/step), -most), most)
		}
	}
}
