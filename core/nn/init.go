package nn

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

// An initialisation fills a kernel and its bias; fan is the number of inputs
// of one output.
type initialisation struct {
	name, help string
	kernel     func(w []float64, seg knob.Segment, rng *rand.Rand)
	bias       func(w []float64, fan float64, rng *rand.Rand)
}

var inits = []initialisation{
	{
		"torch", "as torch.nn.Linear: kernel and bias uniform in ±1/√fan_in",
		func(w []float64, seg knob.Segment, rng *rand.Rand) {
			in, _ := fans(seg)
			torchBias(w, in, rng)
		},
		torchBias,
	},
	{
		// He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, eq. 10.
		"he", "normal with deviation √(2/fan_in), bias 0: keeps the scale through relu",
		func(w []float64, seg knob.Segment, rng *rand.Rand) {
			in, _ := fans(seg)
			normal(w, math.Sqrt(2/in), rng)
		},
		noBias,
	},
	{
		// LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998, section 4.6.
		"lecun", "normal with deviation 1/√fan_in, bias 0: keeps the scale where the slope is 1",
		func(w []float64, seg knob.Segment, rng *rand.Rand) {
			in, _ := fans(seg)
			normal(w, 1/math.Sqrt(in), rng)
		},
		noBias,
	},
	{
		// Glorot, Bengio, "Understanding the difficulty of training deep
		// feedforward neural networks", 2010, eq. 16.
		"xavier", "uniform in ±√(6/(fan_in + fan_out)), bias 0: keeps the scale through tanh, both ways",
		func(w []float64, seg knob.Segment, rng *rand.Rand) {
			in, out := fans(seg)
			uniform(w, math.Sqrt(6/(in+out)), rng)
		},
		noBias,
	},
	{
		"orthogonal", "perpendicular rows of length 1, bias 0: keeps lengths through many layers",
		orthogonal, noBias,
	},
	{
		"zero", "all weights 0: every neuron of a layer then learns the same, or nothing",
		func(w []float64, _ knob.Segment, _ *rand.Rand) { clear(w) },
		noBias,
	},
	{
		"constant", "all weights model.init_value, bias 0: to see that equal neurons stay equal",
		nil, noBias,
	},
}

// fans are how many inputs an output of a kernel has, and how many outputs an
// input; shape is [out, in, ...].
func fans(seg knob.Segment) (in, out float64) {
	in = float64(seg.Size() / seg.Shape[0])
	out = float64(seg.Size())
	if len(seg.Shape) > 1 {
		out /= float64(seg.Shape[1])
	}
	return in, out
}

// torchBias is uniform in ±1/√fan, which kaiming_uniform_ with a = √5 is too.
func torchBias(w []float64, fan float64, rng *rand.Rand) { uniform(w, 1/math.Sqrt(fan), rng) }

func noBias(w []float64, _ float64, _ *rand.Rand) { clear(w) }

func uniform(w []float64, bound float64, rng *rand.Rand) {
	for i := range w {
		w[i] = (float64(2*rng.Float64()) - 1) * bound
	}
}

func normal(w []float64, deviation float64, rng *rand.Rand) {
	for i := range w {
		w[i] = kernel.Normal(rng) * deviation
	}
}

// Inits are the names a recipe may use, with their help.
func Inits() []knob.Option {
	out := make([]knob.Option, len(inits))
	for i, in := range inits {
		out[i] = knob.Option{Name: in.name, Help: in.help}
	}
	return out
}
