package compress

import "math"

// scheme is a catalogue row: how weights that share a scale are rounded. It sees
// those that are kept, at least one.
type scheme struct {
	name, help string
	bits       int  // of a weight, where it is not quant.bits
	extra      int  // bits beside the weights for each scale
	observed   bool // the observer gives its range
	round      func(w []float64, bits int) grid
}

// bySymmetric is the scheme whose steps can be learned.
const bySymmetric = "symmetric"

var schemes = []scheme{
	{bySymmetric, "whole multiples of one scale, as many below 0 as above", 0, 32, true, symmetric},
	{"affine", "a grid from the least weight to the largest, on which 0 lies exactly", 0, 64, true, affine},
	{"ternary", "−s, 0 and s, s being the mean magnitude of the weights kept", 2, 32, false, ternary},
	{"binary", "−s and s, s being the mean magnitude of the weights kept", 1, 32, false, func(w []float64, _ int) grid { return symmetric(w, 1) }},
	{"bf16", "16 bits: as wide as float32, 8 bits of it", 16, 0, false, floating(7, -126, 0x1.fep127)},
	{"fp16", "16 bits: IEEE half precision; what is beyond 65504 stays there", 16, 0, false, floating(10, -14, 65504)},
	{"fp8-e4m3", "8 bits, 3 of them for precision; up to 448", 8, 0, false, floating(3, -6, 448)},
	{"fp8-e5m2", "8 bits, 2 of them for precision; up to 57344", 8, 0, false, floating(2, -14, 57344)},
}

// symmetric: scale = max|w| / (2^(bits−1) − 1), w ← scale · round(w / scale),
// half to even. One bit is binary: scale = mean|w|, w ← ±scale, and 0 stays 0.
// A row of zeros stays zeros.
func symmetric(w []float64, bits int) grid {
	top, sum := 0.0, 0.0
	for _, v := range w {
		a := math.Abs(v)
		sum += a
		if a > top || a != a {
			top = a
		}
	}
	if top == 0 {
		return grid{clip: unclipped}
	}
	if bits == 1 {
		scale := sum / float64(len(w))
		for i, v := range w {
			if v != 0 {
				w[i] = math.Copysign(scale, v)
			}
		}
		return grid{clip: unclipped}
	}
	g := symmetricGrid(top, bits)
	if g.Scale == 0 { // weights of 1e-320: no number is fine enough for a grid
		return grid{clip: unclipped}
	}
	scale := g.Scale
	for i, v := range w {
		w[i] = scale * math.RoundToEven(v/scale)
	}
	return grid{g, unclipped}
}

// affine widens the range to hold 0: scale = (max − min) / (2^bits − 1), zero
// point z = round(−min / scale), w ← scale · (clamp(round(w / scale) + z, 0,
// 2^bits − 1) − z). Jacob et al. 2018, eq. 1.
func affine(w []float64, bits int) grid {
	all := extent(w)
	g := affineGrid(all.low, all.high, bits)
	if g.Scale == 0 || math.IsNaN(g.Scale) || math.IsInf(g.Scale, 0) {
		return grid{clip: unclipped}
	}
	for i, v := range w {
		w[i] = g.Value(g.Whole(v))
	}
	return grid{g, unclipped}
}

// ternary: s = mean|w|, w ← s · round(clamp(w / s, −1, 1)). The gradient of
// every weight goes straight through, also of those beyond ±s.
// Ma et al. 2024 ("1.58 bits"), eq. 1 to 3; its code is w + (q(w) − w).detach().
func ternary(w []float64, _ int) grid {
	sum := 0.0
	for _, v := range w {
		sum += math.Abs(v)
	}
	scale := sum / float64(len(w))
	if scale == 0 {
		return grid{clip: unclipped}
	}
	for i, v := range w {
		w[i] = scale * math.RoundToEven(min(max(v/scale, -1), 1))
	}
	return grid{clip: unclipped}
}

// floating rounds to a float of so many bits after the leading one, half to
// even; below 2^least numbers lie evenly, as subnormals do; beyond most they
// stay at most.
func floating(precision, least int, most float64) func(w []float64, bits int) grid {
	return func(w []float64, _ int) grid {
		for i, v := range w {
			if v == 0 || math.IsNaN(v) {
				continue
			}
			_, e := math.Frexp(v)
			step := math.Ldexp(1, max(e-1, least)-precision)
			w[i] = min(max(step*math.RoundToEven(v/step), -most), most)
		}
		return grid{clip: span{-most, most}}
	}
}
