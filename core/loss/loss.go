// Package loss holds the loss functions: the value on a batch and its gradient with
// respect to the outputs of the network.
package loss

import (
	"fmt"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// Loss is a loss function with mean reduction.
type Loss interface {
	Knobs() []knob.Knob
	// Eval returns the loss of the outputs out, rows×outputs, and overwrites grad, of
	// the same shape, with its gradient, unless grad has no data. It panics if the
	// target has another shape. NaN in out gives NaN.
	Eval(grad, out blas64.General, target Target) float64
}

// Weighted is a loss whose mean is weighted by row. The loss of several batches
// together is the mean weighted by these.
type Weighted interface {
	// Weight returns the total weight of the rows of a batch.
	Weight(target Target) float64
}

// Quantile is a loss that estimates a quantile of the targets.
type Quantile interface {
	// Quantile returns which one: the fraction of targets below it.
	Quantile() float64
}

// Target is the target of a batch.
type Target struct {
	Classes []int          // the class of each row; nil for regression
	Values  blas64.General // rows×outputs: numbers, or classes one-hot
}

// Task describes the targets, so that a loss can say whether it suits them.
type Task struct {
	Outputs int
	Classes bool // every row has one class
	Binary  bool // every value is 0 or 1
	Simplex bool // every row is a distribution: no value below 0, sum 1
}

// pointwise evaluates a loss that is a mean over all elements: f returns the value of
// an element, the i-th of the batch, and its derivative with respect to the output.
func pointwise(grad, out, target blas64.General, f func(i int, out, target float64) (value, slope float64)) float64 {
	checkValues(out, target)
	sum, scale := 0.0, 1/float64(out.Rows*out.Cols)
	for r := range out.Rows {
		o, t := row(out, r), row(target, r)
		if grad.Data == nil {
			for j := range o {
				value, _ := f(r*out.Cols+j, o[j], t[j])
				sum += value
			}
			continue
		}
		g := row(grad, r)
		for j := range o {
			value, slope := f(r*out.Cols+j, o[j], t[j])
			sum += value
			g[j] = slope * scale
		}
	}
	return sum * scale
}

func row(m blas64.General, r int) []float64 { return m.Data[r*m.Stride : r*m.Stride+m.Cols] }

func checkValues(out, target blas64.General) {
	if out.Rows != target.Rows || out.Cols != target.Cols {
		panic(fmt.Sprintf("loss: outputs %d×%d against targets %d×%d", out.Rows, out.Cols, target.Rows, target.Cols))
	}
}
