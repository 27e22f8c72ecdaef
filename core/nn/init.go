package nn

import (
	"math"
	"math/rand/v2"

	"descent/core/knob"
)

// An initialisation fills a kernel and its bias; fan is the number of inputs
// of one output.
type initialisation struct {
	name, help string
	kernel     func(w []float64, fan float64, rng *rand.Rand)
	bias       func(w []float64, fan float64, rng *rand.Rand)
}

var inits = []initialisation{
	{
		"torch", "as torch.nn.Linear: kernel and bias uniform in ±1/√fan_in",
		uniform, uniform,
	},
	{
		// He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", 2015, eq. 10.
		"he", "normal with deviation √(2/fan_in), bias 0: keeps the scale through relu",
		func(w []float64, fan float64, rng *rand.Rand) {
			for i := range w {
				w[i] = rng.NormFloat64() * math.Sqrt(2/fan)
			}
		},
		func(w []float64, _ float64, _ *rand.Rand) { clear(w) },
	},
}

// uniform is kaiming_uniform_ with a = √5, that is ±1/√fan.
func uniform(w []float64, fan float64, rng *rand.Rand) {
	bound := 1 / math.Sqrt(fan)
	for i := range w {
		w[i] = (2*rng.Float64() - 1) * bound
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

// Init fills the flat vector w by the named initialisation, tensor by tensor
// in layout order, drawing from rng.
func Init(w []float64, layout knob.Layout, name string, rng *rand.Rand) {
	for _, in := range inits {
		if in.name != name {
			continue
		}
		fan := 1.0
		for _, seg := range layout {
			if seg.Role == knob.Kernel {
				fan = float64(seg.Size() / seg.Shape[0])
				in.kernel(seg.Of(w), fan, rng)
			} else {
				in.bias(seg.Of(w), fan, rng)
			}
		}
		return
	}
	panic("nn: no initialisation " + name)
}
