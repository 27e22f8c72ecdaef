// Package loss is what training lowers: the value of a batch and its gradient
// with respect to the network's outputs.
package loss

import (
	"fmt"

	"descent/core/knob"

	"gonum.org/v1/gonum/blas/blas64"
)

// Loss is a mean over the batch.
type Loss interface {
	Knobs() []knob.Knob
	// Eval returns the loss of the outputs out, rows×outputs, and overwrites
	// grad, of the same shape, with its gradient. A grad without data is not wanted.
	Eval(grad, out blas64.General, target Target) float64
}

// Weighted is a loss whose mean is not over the rows but over their weights.
// The loss of several batches together is the mean by these.
type Weighted interface {
	Weight(target Target) float64
}

// Target is what the outputs of a batch should be.
type Target struct {
	Classes []int          // the class of each row; nil for regression
	Values  blas64.General // rows×outputs: numbers, or classes one-hot
}

// Task is what is known of the targets, for a loss to say whether it fits.
type Task struct {
	Outputs int
	Classes bool // each row has one class
	Binary  bool // every value is 0 or 1
	Simplex bool // each row is a distribution: no value below 0, their sum 1
}

// pointwise is a loss that is a mean over every element: f returns the value
// and the slope at the difference or pair.
func pointwise(grad, out, target blas64.General, f func(out, target float64) (value, slope float64)) float64 {
	checkValues(out, target)
	sum, scale := 0.0, 1/float64(out.Rows*out.Cols)
	for r := range out.Rows {
		o, t := row(out, r), row(target, r)
		if grad.Data == nil {
			for j := range o {
				value, _ := f(o[j], t[j])
				sum += value
			}
			continue
		}
		g := row(grad, r)
		for j := range o {
			value, slope := f(o[j], t[j])
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
