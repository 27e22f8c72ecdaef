package compress

import (
	"math"

	"descent/core/knob"
)

// scheme is a catalogue row: how weights that share a scale are rounded. It sees
// those that are kept, at least one.
type scheme struct {
	name, help string
	bits       int  // of a weight, where it is not quant.bits
	extra      int  // bits beside the weights for each scale
	observed   bool // the observer gives its range
	round      func(w []float64, bits int) grid
	doc        knob.Doc
}

// bySymmetric is the scheme whose steps can be learned.
const bySymmetric = "symmetric"

var schemes = []scheme{
	{bySymmetric, "symmetric: integer multiples of one scale, zero point 0", 0, 32, true, symmetric, knob.Doc{
		Formula: "w ← Δ · round(w/Δ), Δ = max|w| / (2^(b−1) − 1), clamped to the observed range; 1 bit: w ← mean|w| · sign(w)",
		Source:  "R. Krishnamoorthi, “Quantizing deep convolutional networks for efficient inference: A whitepaper”, arXiv 1806.08342, 2018, section 2",
		PyTorch: "torch.per_tensor_symmetric, torch.per_channel_symmetric, whose observers divide by (2^b − 1)/2 (at 8 bits by 127.5, here by 127)",
		When:    "For weights, whose distribution is about symmetric around 0: without a zero point, integer products need no correction. For non-negative values such as outputs of relu half of the range is lost.",
		Range:   "8 bits, nearly without loss; 4 with quantization-aware training",
	}},
	{"affine", "affine (asymmetric): a scale and a zero point for the range of values", 0, 64, true, affine, knob.Doc{
		Formula: "w ← Δ (clamp(round(w/Δ) + z, 0, 2^b − 1) − z), Δ = (max − min)/(2^b − 1), z = round(−min/Δ); the range is widened to hold 0",
		Source:  jacob + ", equation 1",
		PyTorch: "torch.per_tensor_affine, torch.per_channel_affine",
		When:    "For values that are not symmetric around 0, above all activations, and at few bits, where each level counts.",
		Range:   "8 bits, nearly without loss; 4 with quantization-aware training",
	}},
	{"ternary", "ternary: −s, 0 and s, where s is the mean absolute weight (BitNet b1.58)", 2, 32, false, ternary, knob.Doc{
		Formula: "w ← s · clamp(round(w/s), −1, 1), s = mean|w|",
		Source:  "S. Ma et al., “The Era of 1-bit LLMs: All Large Language Models are in 1.58 Bits”, arXiv 2402.17764, 2024, equations 1 to 3",
		PyTorch: knob.None,
		When:    "For the smallest networks that still train well; products become additions. Needs quantization-aware training, best from the start.",
		Range:   "2 bits stored, log₂ 3 ≈ 1.58 of information",
	}},
	{"binary", "binary: −s and s, where s is the mean absolute weight (XNOR-Net)", 1, 32, false, func(w []float64, _ int) grid { return symmetric(w, 1) }, knob.Doc{
		Formula: "w ← s · sign(w), s = mean|w|; 0 stays 0",
		Source:  "M. Rastegari, V. Ordonez, J. Redmon, A. Farhadi, “XNOR-Net: ImageNet Classification Using Binary Convolutional Neural Networks”, ECCV 2016, section 3.1",
		PyTorch: knob.None,
		When:    "The extreme of quantization: wide layers tolerate it, narrow ones do not. Give the first and the last layer more bits by quant.layers.",
		Range:   "1 bit",
	}},
	{"bf16", "bfloat16: the range of float32 with 8 significant bits", 16, 0, false, floating(7, -126, 0x1.fep127), knob.Doc{
		Formula: "w ← (−1)^s · 2^(e−127) · 1.m, 8 bits of exponent and 7 of mantissa, half to even",
		Source:  "D. Kalamkar et al., “A Study of BFLOAT16 for Deep Learning Training”, arXiv 1905.12322, 2019",
		PyTorch: "torch.bfloat16",
		When:    "Half the size of float32 with the same range, so that nothing overflows. Precision is low: small updates are lost if the weights themselves are stored in it.",
		Range:   "up to 3.4e38, relative error at most 2⁻⁸",
	}},
	{"fp16", "float16: IEEE half precision; values beyond ±65504 are clipped", 16, 0, false, floating(10, -14, 65504), knob.Doc{
		Formula: "w ← (−1)^s · 2^(e−15) · 1.m, 5 bits of exponent and 10 of mantissa, half to even",
		Source:  "IEEE 754-2008, binary16; P. Micikevicius et al., “Mixed Precision Training”, ICLR 2018",
		PyTorch: "torch.float16",
		When:    "Half the size of float32, practically without loss: weights lie well within its range.",
		Range:   "6e-8 to 65504, relative error at most 2⁻¹¹",
	}},
	{"fp8-e4m3", "FP8 E4M3: 4 bits of exponent, 3 of mantissa, clipped at ±448", 8, 0, false, floating(3, -6, 448), knob.Doc{
		Formula: "w ← (−1)^s · 2^(e−7) · 1.m, 4 bits of exponent and 3 of mantissa, half to even",
		Source:  "P. Micikevicius et al., “FP8 Formats for Deep Learning”, arXiv 2209.05433, 2022, table 1",
		PyTorch: "torch.float8_e4m3fn",
		When:    "8-bit weights on hardware that has it: the spacing of its values grows with the magnitude, so that outliers cost less than in int8. There is no scale here, so weights should not be tiny.",
		Range:   "2⁻⁹ to 448, relative error at most 2⁻⁴",
	}},
	{"fp8-e5m2", "FP8 E5M2: 5 bits of exponent, 2 of mantissa, clipped at ±57344", 8, 0, false, floating(2, -14, 57344), knob.Doc{
		Formula: "w ← (−1)^s · 2^(e−15) · 1.m, 5 bits of exponent and 2 of mantissa, half to even",
		Source:  "P. Micikevicius et al., “FP8 Formats for Deep Learning”, arXiv 2209.05433, 2022, table 1",
		PyTorch: "torch.float8_e5m2",
		When:    "Where range counts more than precision, as for gradients; for weights E4M3 is usually better.",
		Range:   "2⁻¹⁶ to 57344, relative error at most 2⁻³",
	}},
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
		w[i] = g.Dequantize(g.Quantize(v))
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
