package nn

import (
	"fmt"
	"iter"

	"descent/core/kernel"
	"descent/core/knob"

	"gonum.org/v1/gonum/blas"
)

// Dense is y = x Wᵀ + b with W of shape [out, in], as torch.nn.Linear.
type Dense struct {
	In, Out int
	NoBias  bool // b is 0, and no parameter

	team *kernel.Team
	stop func() bool // asked between blocks of rows; nil for not
}

var denseKind = kind{
	name: "dense", help: "fully connected layer: y = x Wᵀ + b",
	options: []option{{name: "out", form: integer, min: 1, help: "number of output units"}, withBias},
	doc: knob.Doc{
		Formula: "y = x Wᵀ + b, W of [out, in]",
		Source:  "D. E. Rumelhart, G. E. Hinton, R. J. Williams, “Learning representations by back-propagating errors”, Nature 323, 1986",
		PyTorch: "torch.nn.Linear(in_features, out_features, bias=True)",
		When:    "For tables, and as the last layers of any network. bias = false where a norm with a shift of its own follows. For images put conv2d before it: a dense layer ignores which pixels are neighbours.",
		Range:   "16 to 512 units",
	},
	build: func(at site, e *Entry) (Layer, []int, error) {
		if len(at.in) != 1 {
			return nil, nil, fmt.Errorf("takes a flat row, not %s; put flatten before it", ShapeText(at.in))
		}
		d := &Dense{In: at.in[0], Out: e.integer("out"), NoBias: !e.flag("bias")}
		return d, []int{d.Out}, nil
	},
}

// Kind is "dense".
func (d *Dense) double() passes[float64] { return densePasses[float64]{d} }
func (d *Dense) single() passes[float32] { return densePasses[float32]{d} }

func (d *Dense) join(team *kernel.Team) { d.team = team }
func (d *Dense) watch(stop func() bool) { d.stop = stop }

// Kind is "dense".
func (*Dense) Kind() string { return "dense" }

// Width is the layer's own.
func (d *Dense) Width() (in, out int) { return d.In, d.Out }

// Params are the kernel and the bias, where there is one.
func (d *Dense) Params() []Param { return affineParams([]int{d.Out, d.In}, d.NoBias) }

// affineParams are a kernel of that shape, one row an output, and its bias.
func affineParams(shape []int, noBias bool) []Param {
	out := []Param{{Name: "weight", Role: knob.Kernel, Shape: shape}}
	if !noBias {
		out = append(out, Param{Name: "bias", Role: knob.Bias, Shape: shape[:1]})
	}
	return out
}

// densePasses are the passes of a dense layer.
type densePasses[T kernel.Float] struct{ *Dense }

func (d densePasses[T]) split(w []T) (weight kernel.Matrix[T], bias []T) {
	n := d.Out * d.In
	return plain(w, d.Out, d.In), w[n:]
}

// Forward starts every row from the bias and adds x Wᵀ.
func (d densePasses[T]) Forward(w []T, x, y kernel.Matrix[T], _ Pass) {
	weight, bias := d.split(w)
	for from, to := range d.blocks(x.Rows) {
		if d.NoBias {
			kernel.GemmBy(d.team, blas.NoTrans, blas.Trans, 1, rowsOf(x, from, to), weight, 0, rowsOf(y, from, to))
			continue
		}
		kernel.AffineBy(d.team, rowsOf(y, from, to), rowsOf(x, from, to), weight, bias)
	}
}

// blocks are rows from and to, as many at a time as take some milliseconds, until
// the pass is given up: all of them where nobody asks.
func (d *Dense) blocks(rows int) iter.Seq2[int, int] {
	return func(yield func(from, to int) bool) {
		at := rows
		if d.stop != nil {
			at = max(1<<26/max(d.In*d.Out, 1), 64)
		}
		for from := 0; from < rows; from += at {
			if !yield(from, min(from+at, rows)) || d.stop != nil && d.stop() {
				return
			}
		}
	}
}

// Backward is dW = dyᵀ x, db = Σ dy over the rows, dx = dy W.
func (d densePasses[T]) Backward(w, dw []T, x, _, dx, dy kernel.Matrix[T]) {
	weight, _ := d.split(w)
	dweight, dbias := d.split(dw)
	if !d.NoBias {
		kernel.ColumnSums(dbias, dy)
	}
	for from, to := range d.blocks(x.Rows) {
		dy, keep := rowsOf(dy, from, to), T(1)
		if from == 0 {
			keep = 0
		}
		kernel.GemmBy(d.team, blas.Trans, blas.NoTrans, 1, dy, rowsOf(x, from, to), keep, dweight)
		if dx.Data != nil {
			kernel.GemmBy(d.team, blas.NoTrans, blas.NoTrans, 1, dy, weight, 0, rowsOf(dx, from, to))
		}
	}
}
