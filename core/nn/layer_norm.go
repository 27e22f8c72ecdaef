package nn

import (
	"math"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

// layerNorm shifts and scales every row to mean 0 and variance 1 over all of
// its numbers, then each by its own gain γ and shift β:
//
//	y = γ (x − E[x]) / √(Var[x] + ε) + β
//
// with ε = 1e-5 unless eps says otherwise and the biased variance, as torch.nn.LayerNorm over the whole
// shape of a row. Ba, Kiros, Hinton, "Layer Normalization", 2016.
type layerNorm struct {
	shape         []int
	width         int
	epsilon       float64
	mean, inverse []float64 // of each row in the last pass
}

var layerNormKind = kind{
	name: "layer-norm", help: "layer normalization: each row to mean 0 and variance 1",
	options: []option{withEpsilon},
	doc: knob.Doc{
		Formula: "y = γ (x − E[x]) / √(Var[x] + ε) + β, ε = 1e-5, E and Var (of n, not n − 1) over all numbers of a row",
		Source:  "J. L. Ba, J. R. Kiros, G. E. Hinton, “Layer Normalization”, arXiv 1607.06450, 2016, section 3",
		PyTorch: "torch.nn.LayerNorm(normalized_shape, eps=1e-05)",
		When:    "With small batches, and in residual networks and transformers: it does not depend on the other rows, and is the same in training and evaluation.",
		Range:   knob.None,
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		return &layerNorm{shape: slices.Clone(at.in), width: size(at.in), epsilon: e.number("eps")}, at.in, nil
	},
}

func (*layerNorm) Kind() string           { return "layer-norm" }
func (l *layerNorm) Width() (in, out int) { return l.width, l.width }
func (l *layerNorm) Params() []Param      { return normParams(l.shape) }

func (l *layerNorm) Reserve(rows int) {
	if rows > len(l.mean) {
		l.mean, l.inverse = make([]float64, rows), make([]float64, rows)
	}
}

func (l *layerNorm) double() passes[float64] { return layerNormPasses[float64]{l} }
func (l *layerNorm) single() passes[float32] { return layerNormPasses[float32]{l} }

// layerNormPasses are the passes of a layer of its kind. What they measure is float64.
type layerNormPasses[T kernel.Float] struct{ *layerNorm }

func (l layerNormPasses[T]) Forward(w []T, x, y kernel.Matrix[T], _ Pass) {
	gain, shift := w[:l.width], w[l.width:]
	n := float64(l.width)
	for r := range x.Rows {
		in, out := rowOf(x, r), rowOf(y, r)
		mean, square := sum(in)/n, 0.0
		for _, v := range in {
			d := float64(v) - mean
			square += float64(d * d)
		}
		inverse := 1 / math.Sqrt(square/n+l.epsilon)
		for i, v := range in {
			out[i] = T(T((v-T(mean))*T(inverse))*gain[i]) + shift[i]
		}
		l.mean[r], l.inverse[r] = mean, inverse
	}
}

// Backward is, with x̂ the normalized row and d = γ dy, dγ = Σ dy x̂ and
// dβ = Σ dy over the rows, dx = (d − mean(d) − x̂ mean(d x̂)) / √(Var + ε).
func (l layerNormPasses[T]) Backward(w, dw []T, x, _, dx, dy kernel.Matrix[T]) {
	gain, dgain, dshift := w[:l.width], dw[:l.width], dw[l.width:]
	clear(dw)
	for r := range x.Rows {
		in, dout := rowOf(x, r), rowOf(dy, r)
		mean, inverse := l.mean[r], l.inverse[r]
		meanD, meanDX := 0.0, 0.0
		for i, v := range in {
			hat := float64((float64(v) - mean) * inverse)
			dgain[i] += T(float64(dout[i]) * hat)
			dshift[i] += dout[i]
			d := float64(float64(gain[i]) * float64(dout[i]))
			meanD += d
			meanDX += float64(d * hat)
		}
		if dx.Data == nil {
			continue
		}
		meanD /= float64(l.width)
		meanDX /= float64(l.width)
		din := rowOf(dx, r)
		for i, v := range in {
			hat := float64((float64(v) - mean) * inverse)
			din[i] = T(inverse * (float64(float64(gain[i])*float64(dout[i])) - meanD - float64(hat*meanDX)))
		}
	}
}
