package nn

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

// withEpsilon is the option of the norms.
var withEpsilon = option{name: "eps", form: number, max: 1, fallback: "1e-5", help: "ε, added to the variance"}

// batchNorm shifts and scales every channel to mean 0 and variance 1 over the
// batch (and over the places of an image), then by its own gain γ and shift β:
//
//	y = γ (x − E[x]) / √(Var[x] + ε) + β
//
// with ε = 1e-5 unless eps says otherwise. In evaluation the running mean and variance take the place of
// the batch's; the first pass of a training step moves each by
// the momentum, 0.1, of the way, the variance being biased in the batch and unbiased in the running one, as
// torch.nn.BatchNorm1d and 2d. A batch with a single number a channel has no
// unbiased variance and does not move it. While its parameters are frozen it
// runs on the running statistics and keeps them, as in PyTorch after eval().
// Ioffe, Szegedy, "Batch Normalization: Accelerating Deep Network Training by
// Reducing Internal Covariate Shift", 2015, algorithm 1.
type batchNorm struct {
	channels, places  int
	epsilon, momentum float64

	runningMean, runningVar []float64
	mean, inverse           []float64 // E[x] and 1/√(Var[x] + ε) of the last pass
	frozen                  bool      // it neither measures batches nor moves what it has measured
	measured                bool      // the last pass was by the statistics of its batch
}

var batchNormKind = kind{
	name: "batch-norm", help: "batch normalization: channels to mean 0 and variance 1 over the batch",
	options: []option{
		{name: "momentum", form: number, max: 1, fallback: "0.1", help: "how far a step moves the running averages"},
		withEpsilon,
	},
	doc: knob.Doc{
		Formula: "y = γ (x − E[x]) / √(Var[x] + ε) + β, ε = 1e-5, E and Var (of n, not n − 1) over the batch and the pixels of a channel\n" +
			"in evaluation running averages of E and of Var (of n − 1), which move by the momentum, 0.1, a step",
		Source:  "S. Ioffe, C. Szegedy, “Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift”, ICML 2015, algorithm 1",
		PyTorch: "torch.nn.BatchNorm1d(num_features, eps=1e-05, momentum=0.1), torch.nn.BatchNorm2d of images",
		When:    "After convolutions and dense layers, before the activation: allows larger learning rates. Poor with batches below about 16; use layer-norm there.",
		Range:   "batches of 16 and more",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		n := at.in[0]
		b := &batchNorm{
			channels: n, places: size(at.in) / n, epsilon: e.number("eps"), momentum: e.number("momentum"),
			runningMean: make([]float64, n), runningVar: make([]float64, n),
			mean: make([]float64, n), inverse: make([]float64, n),
		}
		fill(b.runningVar, 1)
		return b, at.in, nil
	},
}

func (*batchNorm) Kind() string { return "batch-norm" }

func (b *batchNorm) freeze(frozen bool) { b.frozen = frozen }
func (b *batchNorm) needsRows() bool    { return b.places == 1 }

func (b *batchNorm) Width() (in, out int) { return b.channels * b.places, b.channels * b.places }

func (b *batchNorm) Params() []Param { return normParams([]int{b.channels}) }

func normParams(shape []int) []Param {
	return []Param{
		{Name: "weight", Role: Gain, Shape: shape},
		{Name: "bias", Role: Shift, Shape: shape},
	}
}

func (b *batchNorm) State() []knob.Buffer {
	return []knob.Buffer{
		{Name: "running_mean", Data: b.runningMean},
		{Name: "running_var", Data: b.runningVar},
	}
}

// channel is the part of a row that belongs to channel c.
func (b batchNormPasses[T]) channel(row []T, c int) []T {
	return row[c*b.places : (c+1)*b.places]
}

func (b *batchNorm) double() passes[float64] { return batchNormPasses[float64]{b} }
func (b *batchNorm) single() passes[float32] { return batchNormPasses[float32]{b} }

// batchNormPasses are the passes of a layer of its kind. What they measure is float64.
type batchNormPasses[T kernel.Float] struct{ *batchNorm }

func (b batchNormPasses[T]) Forward(w []T, x, y kernel.Matrix[T], pass Pass) {
	b.measured = pass.Train && !b.frozen
	if b.measured {
		b.measure(x, pass.moves())
	} else {
		copy(b.mean, b.runningMean)
		for c, v := range b.runningVar {
			b.inverse[c] = 1 / math.Sqrt(v+b.epsilon)
		}
	}
	gain, shift := w[:b.channels], w[b.channels:]
	for r := range x.Rows {
		in, out := rowOf(x, r), rowOf(y, r)
		for c := range b.channels {
			mean, inverse, g, s := T(b.mean[c]), T(b.inverse[c]), gain[c], shift[c]
			dst := b.channel(out, c)
			for i, v := range b.channel(in, c) {
				dst[i] = T(T((v-mean)*inverse)*g) + s
			}
		}
	}
}

// constant is what channel c makes of a number in evaluation, to the bit as
// Forward does.
func (b *batchNorm) constant(w []float64, c int, v float64) float64 {
	inverse := 1 / math.Sqrt(b.runningVar[c]+b.epsilon)
	return float64(float64((v-b.runningMean[c])*inverse)*w[c]) + w[b.channels+c]
}

// measure finds the batch's statistics and moves the running ones if asked.
func (b batchNormPasses[T]) measure(x kernel.Matrix[T], move bool) {
	n := float64(x.Rows * b.places)
	clear(b.mean)
	for r := range x.Rows {
		row := rowOf(x, r)
		for c := range b.channels {
			for _, v := range b.channel(row, c) {
				b.mean[c] += float64(v)
			}
		}
	}
	for c := range b.mean {
		b.mean[c] /= n
	}
	square := b.inverse
	clear(square)
	for r := range x.Rows {
		row := rowOf(x, r)
		for c, mean := range b.mean {
			for _, v := range b.channel(row, c) {
				d := float64(v) - mean
				square[c] += float64(d * d)
			}
		}
	}
	for c, s := range square {
		if move {
			b.runningMean[c] = float64((1-b.momentum)*b.runningMean[c]) + float64(b.momentum*b.mean[c])
			if n > 1 {
				b.runningVar[c] = float64((1-b.momentum)*b.runningVar[c]) + float64(b.momentum*(s/(n-1)))
			}
		}
		b.inverse[c] = 1 / math.Sqrt(s/n+b.epsilon)
	}
}

// Backward is, with x̂ the normalized input, dγ = Σ dy x̂, dβ = Σ dy and
// dx = γ/√(Var + ε) (dy − mean(dy) − x̂ mean(dy x̂)); after a pass of
// evaluation the statistics are constants and the means drop out.
func (b batchNormPasses[T]) Backward(w, dw []T, x, _, dx, dy kernel.Matrix[T]) {
	dgain, dshift := dw[:b.channels], dw[b.channels:]
	b.slopes(dgain, dshift, x, dy)
	if dx.Data == nil {
		return
	}
	n := T(x.Rows * b.places)
	for r := range x.Rows {
		in, din, dout := rowOf(x, r), rowOf(dx, r), rowOf(dy, r)
		for c := range b.channels {
			mean, inverse := T(b.mean[c]), T(b.inverse[c])
			scale := w[c] * inverse
			meanD, meanDX := dshift[c]/n, dgain[c]/n
			if !b.measured {
				meanD, meanDX = 0, 0
			}
			d, dst := b.channel(dout, c), b.channel(din, c)
			for i, v := range b.channel(in, c) {
				dst[i] = scale * (d[i] - meanD - T(T((v-mean)*inverse)*meanDX))
			}
		}
	}
}

// slopes overwrites the gradients of gain and shift, summed in float64.
func (b batchNormPasses[T]) slopes(dgain, dshift []T, x, dy kernel.Matrix[T]) {
	for c := range b.channels {
		gain, shift, mean, inverse := 0.0, 0.0, b.mean[c], b.inverse[c]
		for r := range x.Rows {
			d := b.channel(rowOf(dy, r), c)
			for i, v := range b.channel(rowOf(x, r), c) {
				gain += float64(float64(d[i]) * float64((float64(v)-mean)*inverse))
				shift += float64(d[i])
			}
		}
		dgain[c], dshift[c] = T(gain), T(shift)
	}
}
