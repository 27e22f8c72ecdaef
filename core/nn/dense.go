package nn

import (
	"fmt"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Dense is y = x Wᵀ + b with W of shape [out, in], as torch.nn.Linear.
type Dense struct {
	In, Out int

	team *kernel.Team
}

var denseKind = kind{
	name: "dense", help: "y = x Wᵀ + b: every output sees every input",
	options: []option{{name: "out", form: whole, min: 1, help: "outputs"}},
	build: func(at site, e *Entry) (Layer, []int, error) {
		if len(at.in) != 1 {
			return nil, nil, fmt.Errorf("takes a flat row, not %s; put flatten before it", ShapeText(at.in))
		}
		d := Dense{In: at.in[0], Out: e.whole("out")}
		return d, []int{d.Out}, nil
	},
}

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

func (d Dense) split(w []float64) (weight blas64.General, bias []float64) {
	n := d.Out * d.In
	return blas64.General{Rows: d.Out, Cols: d.In, Stride: d.In, Data: w[:n]}, w[n : n+d.Out]
}

// Forward starts every row from the bias and adds x Wᵀ.
func (d Dense) Forward(w []float64, x, y blas64.General, _ Pass) {
	weight, bias := d.split(w)
	d.team.Affine(y, x, weight, bias)
}

// Backward is dW = dyᵀ x, db = Σ dy over the rows, dx = dy W.
func (d Dense) Backward(w, dw []float64, x, _, dx, dy blas64.General) {
	weight, _ := d.split(w)
	dweight, dbias := d.split(dw)
	d.team.Gemm(blas.Trans, blas.NoTrans, 1, dy, x, 0, dweight)
	kernel.ColumnSums(dbias, dy)
	if dx.Data != nil {
		d.team.Gemm(blas.NoTrans, blas.NoTrans, 1, dy, weight, 0, dx)
	}
}
