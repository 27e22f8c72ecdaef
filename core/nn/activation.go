package nn

import (
	"math"

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
		func(y, x []float64) {
			for i, v := range x {
				if v <= 0 { // written so that NaN passes
					v = 0
				}
				y[i] = v
			}
		},
		func(dx, dy, _, y []float64) {
			for i, v := range y {
				if v <= 0 {
					dx[i] = 0
				} else {
					dx[i] = dy[i]
				}
			}
		},
	},
	{
		"tanh", "(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ): smooth, centred, saturates at ±1",
		func(y, x []float64) {
			for i, v := range x {
				y[i] = math.Tanh(v)
			}
		},
		func(dx, dy, _, y []float64) {
			for i, v := range y {
				dx[i] = dy[i] * (1 - v*v)
			}
		},
	},
	{
		"sigmoid", "1 / (1 + e⁻ˣ): smooth, saturates at 0 and 1",
		func(y, x []float64) {
			for i, v := range x {
				y[i] = 1 / (1 + math.Exp(-v))
			}
		},
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
