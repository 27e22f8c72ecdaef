// Package nn is the network: layers over one flat parameter vector, their
// activations and their initialisation.
package nn

import (
	"descent/core/knob"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Layer maps rows of one width to rows of another. A batch is a matrix of one
// example a row. A layer owns no parameters: it is handed its part of the flat
// vector, so that the same layer runs under the stored weights and under the
// pruned and quantized ones.
type Layer interface {
	Kind() string // "dense", "relu"
	Width() (in, out int)
	Params() []Param // in the order in which they lie in the flat vector
	// Forward writes y, rows×out, from x, rows×in.
	Forward(w []float64, x, y blas64.General, pass Pass)
	// Backward overwrites dw with the gradient of the parameters and dx with
	// that of the input; dx without data is not wanted. x and y are those of
	// the last Forward.
	Backward(w, dw []float64, x, y, dx, dy blas64.General)
}

// Param is one tensor of a layer.
type Param struct {
	Name  string // "weight"
	Role  string // knob.Kernel or knob.Bias
	Shape []int
}

// Pass says what a forward pass is for.
type Pass struct {
	Train     bool // training, as against evaluation
	Step, Try int  // which batch, and which of the evaluations an optimizer makes on it
}

// Dense is y = x Wᵀ + b with W of shape [out, in], as torch.nn.Linear.
type Dense struct{ In, Out int }

// Kind is "dense".
func (Dense) Kind() string { return "dense" }

// Width is the layer's own.
func (d Dense) Width() (in, out int) { return d.In, d.Out }

// Params are the kernel and the bias.
func (d Dense) Params() []Param {
	return []Param{
		{Name: "weight", Role: knob.Kernel, Shape: []int{d.Out, d.In}},
		{Name: "bias", Role: knob.Bias, Shape: []int{d.Out}},
	}
}

func (d Dense) split(w []float64) (kernel blas64.General, bias []float64) {
	n := d.Out * d.In
	return blas64.General{Rows: d.Out, Cols: d.In, Stride: d.In, Data: w[:n]}, w[n : n+d.Out]
}

// Forward starts every row from the bias and adds x Wᵀ.
func (d Dense) Forward(w []float64, x, y blas64.General, _ Pass) {
	kernel, bias := d.split(w)
	for r := range y.Rows {
		copy(y.Data[r*y.Stride:r*y.Stride+y.Cols], bias)
	}
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, x, kernel, 1, y)
}

// Backward is dW = dyᵀ x, db = Σ dy over the rows, dx = dy W.
func (d Dense) Backward(w, dw []float64, x, _, dx, dy blas64.General) {
	kernel, _ := d.split(w)
	dkernel, dbias := d.split(dw)
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, dy, x, 0, dkernel)
	clear(dbias)
	for r := range dy.Rows {
		for j, v := range dy.Data[r*dy.Stride : r*dy.Stride+dy.Cols] {
			dbias[j] += v
		}
	}
	if dx.Data != nil {
		blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, dy, kernel, 0, dx)
	}
}
