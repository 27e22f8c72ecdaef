package compress

import (
	"math"

	"descent/core/knob"
	"descent/core/nn"
)

// The observers: what range a grid spans.
const (
	byExtent     = "min-max"
	byAverage    = "moving average"
	byPercentile = "percentile"
	byError      = "mse"
)

var observers = []knob.Option{
	{Name: byExtent, Help: "min-max: from the smallest value to the largest ever seen", Doc: knob.Doc{
		Formula: "[min x, max x]; symmetric ±max|x|; of activations over all batches",
		Source:  "R. Krishnamoorthi, “Quantizing deep convolutional networks for efficient inference: A whitepaper”, arXiv 1806.08342, 2018",
		PyTorch: "torch.ao.quantization.observer.MinMaxObserver",
		When:    "For weights at 8 bits: nothing is clipped. A single outlier makes the scale coarse for all others, the more so the fewer bits there are.",
		Range:   knob.None,
	}},
	{Name: byAverage, Help: "moving average of the minimum and maximum of each batch, for activations", Doc: knob.Doc{
		Formula: "min ← min + 0.01 (min x − min), max likewise, a batch at a time; of weights as min-max",
		Source:  jacob + ", section 3.1",
		PyTorch: "torch.ao.quantization.observer.MovingAverageMinMaxObserver(averaging_constant=0.01)",
		When:    "For activations in quantization-aware training, whose ranges change as the network trains: single outlying batches count little.",
		Range:   knob.None,
	}},
	{Name: byPercentile, Help: "percentile: values beyond quant.percentile are clipped", Doc: knob.Doc{
		Formula: "symmetric ±Q_p(|x|); affine [Q_{1−p}(x), Q_p(x)], widened to hold 0",
		Source:  "H. Wu, P. Judd, X. Zhang, M. Isaev, P. Micikevicius, “Integer Quantization for Deep Learning Inference: Principles and Empirical Evaluation”, arXiv 2004.09602, 2020",
		PyTorch: knob.None,
		When:    "Where a few outliers stretch the range: they are clipped, and all others get a finer scale.",
		Range:   "0.99 to 0.9999",
	}},
	{Name: byError, Help: "MSE: the range of least mean squared quantization error", Doc: knob.Doc{
		Formula: "argmin over α of Σ (x − Q(x; α · [min x, max x]))², α = 0.01, 0.02, …, 1",
		Source:  nagel + ", section 3.1",
		PyTorch: "torch.ao.quantization.observer.HistogramObserver, which minimizes the error on a histogram",
		When:    "Best at 4 bits and fewer in post-training quantization. It takes up to a hundred passes over the values.",
		Range:   knob.None,
	}},
}

// candidates is of how many ranges the MSE observer takes the best.
const candidates = 100

// observer finds the range of a grid in one of these ways.
type observer struct {
	by         string
	percentile float64
	scratch    *[]float64 // memory of its own
}

// clips tells whether the observer leaves numbers out.
func (o observer) clips() bool { return o.by == byPercentile || o.by == byError }

// observe is the range that a grid for v spans; it holds 0. A symmetric one
// is ±top.
//
//	min-max, moving average: all of v
//	percentile: top is the p-quantile of |v|; an affine range reaches from the
//	(1 − p)- to the p-quantile of v; between two numbers lies their line
//	mse: of the fractions 1, 0.99, ..., 0.01 of all of v, the widest of least
//	squared error
//
// NaN among v gives a range with NaN in it for the first, and no clipping for
// the others.
func (o observer) observe(v []float64, symmetric bool, bits int) span {
	all := extent(v)
	if symmetric {
		top := max(-all.low, all.high)
		all = span{-top, top}
	}
	switch {
	case !o.clips() || len(v) == 0:
		return all
	case math.IsNaN(all.low) || math.IsNaN(all.high):
		return unclipped
	case o.by == byError:
		return leastError(v, all, symmetric, bits)
	}
	*o.scratch = append((*o.scratch)[:0], v...)
	u := *o.scratch
	if symmetric {
		for i, x := range u {
			u[i] = math.Abs(x)
		}
		top := quantile(u, o.percentile)
		return span{-top, top}
	}
	return span{min(quantile(u, 1-o.percentile), 0), max(quantile(u, o.percentile), 0)}
}

// leastError takes the best of the candidates, fractions of a range.
func leastError(v []float64, all span, symmetric bool, bits int) span {
	best, least := all, math.Inf(1)
	for i := candidates; i > 0; i-- {
		part := float64(i) / candidates
		s := span{float64(part * all.low), float64(part * all.high)}
		g := gridOf(s, symmetric, bits)
		if !(g.Scale > 0) || math.IsInf(g.Scale, 0) {
			break
		}
		if e := squaredError(v, g, least); e < least {
			best, least = s, e
		}
	}
	return best
}

// squaredError is Σ (v − rounded v)², or the part of the sum that has reached
// enough.
func squaredError(v []float64, g nn.Grid, enough float64) float64 {
	const block = 16 // less than a row of a small layer
	sum := 0.0
	for len(v) > 0 && sum < enough {
		n := min(block, len(v))
		for _, x := range v[:n] {
			d := x - g.Dequantize(g.Quantize(x))
			sum += float64(d * d)
		}
		v = v[n:]
	}
	return sum
}

// quantile is what a fraction p of the numbers lies below, on the line between the
// two that are nearest: place p (n − 1) in their order. It reorders v.
func quantile(v []float64, p float64) float64 {
	at := float64(p * float64(len(v)-1))
	i := int(at)
	low := smallest(v, i)
	if i+1 == len(v) {
		return low
	}
	high := v[i+1] // all behind place i are at least as large
	for _, x := range v[i+2:] {
		high = min(high, x)
	}
	return low + float64((at-float64(i))*(high-low))
}

// smallest puts the number that has place k, from 0, in the order there, no
// larger one before it and no smaller one behind it. Hoare, "Find", 1961.
func smallest(v []float64, k int) float64 {
	from, to := 0, len(v)-1
	for from < to {
		pivot := v[from+(to-from)/2]
		i, j := from, to
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for pivot < v[j] {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			to = j
		case k >= i:
			from = i
		default:
			return v[k]
		}
	}
	return v[k]
}
