package nn

import (
	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// activation is one row of the catalogue: element-wise loops, the derivative
// expressed in the output y or the input x, whichever is cheaper.
type activation struct {
	name, help string
	forward    func(y, x []float64)
	backward   func(dx, dy, x, y []float64)
}

var activations = []activation{
	{
		"identity", "no activation: the stack stays linear",
		func(y, x []float64) { copy(y, x) },
		func(dx, dy, _, _ []float64) { copy(dx, dy) },
	},
	{
		"relu", "max(0, x): cheap, sparse, may die", // the slope at 0 is 0
		kernel.ReluAll,
		func(dx, dy, _, y []float64) { kernel.ReluBack(dx, dy, y) },
	},
	{"leaky_relu", "x, or 0.01 x below 0: a relu that cannot die", leakyRelu, leakyReluBack},
	{"elu", "x, or eˣ − 1 below 0: a relu with a smooth floor at −1", elu, eluBack},
	{"gelu", "x Φ(x) with the normal distribution Φ: a smooth relu that dips below 0", gelu, geluBack},
	{"silu", "x / (1 + e⁻ˣ), also called swish: a smooth relu that dips below 0", silu, siluBack},
	{"softplus", "log(1 + eˣ): a smooth relu, above 0 everywhere", softplus, softplusBack},
	{"hard-swish", "x · min(max(x + 3, 0), 6) / 6: swish in pieces, cheap", hardSwish, hardSwishBack},
	{
		"tanh", "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ): smooth, centred, saturates at ±1",
		kernel.TanhAll,
		func(dx, dy, _, y []float64) { kernel.TanhBack(dx, dy, y) },
	},
	{
		"sigmoid", "1 / (1 + e⁻ˣ): smooth, saturates at 0 and 1",
		kernel.SigmoidAll,
		func(dx, dy, _, y []float64) {
			for i, v := range y {
				dx[i] = dy[i] * v * (1 - v)
			}
		},
	},
}

// Activations are the names a recipe may use, with their help.
func Activations() []knob.Option {
	out := make([]knob.Option, len(activations))
	for i, a := range activations {
		out[i] = knob.Option{Name: a.name, Help: a.help}
	}
	return out
}

// elementwise is an activation as a layer of some width.
type elementwise struct {
	activation
	width int
}

func (e elementwise) Kind() string      { return e.name }
func (e elementwise) Width() (int, int) { return e.width, e.width }
func (elementwise) Params() []Param     { return nil }

func (e elementwise) Forward(_ []float64, x, y blas64.General, _ Pass) {
	e.forward(y.Data[:y.Rows*y.Cols], x.Data[:x.Rows*x.Cols])
}

func (e elementwise) Backward(_, _ []float64, x, y, dx, dy blas64.General) {
	if dx.Data == nil {
		return
	}
	n := y.Rows * y.Cols
	e.backward(dx.Data[:n], dy.Data[:n], x.Data[:n], y.Data[:n])
}
