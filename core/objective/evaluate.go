package objective

import (
	"math"

	"descent/core/data"
	"descent/core/loss"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// over is the loss and the number of right answers over a whole part, a
// block of rows at a time. A log-odds is right where its sign is. The outputs of each
// block are told to seen, unless it is nil.
func (c *criterion) over(params []float64, part data.Part, stopped func() bool, seen func(out blas64.General)) (value, accuracy float64) {
	right, answers, counted := 0, 0, 0.0
	ignores, _ := c.loss.(loss.Ignorer)
	for from := 0; from < part.Rows(); from += evalRows {
		if stopped() {
			return math.NaN(), 0
		}
		block := part.Block(&c.rows, from, min(from+evalRows, part.Rows()))
		out := c.model.Forward(params, block.X, nn.Pass{Again: from > 0, Bare: true})
		if seen != nil {
			seen(out)
		}
		counts := float64(block.Rows())
		c.weights = block.Weights
		if w, ok := c.loss.(loss.Weighted); ok {
			counts = w.Weight(target(block))
		}
		if c.weights != nil {
			counts = loss.WeightRows(c.loss, target(block), c.weights)
		}
		if counts > 0 {
			value += float64(c.plain(blas64.General{}, out, target(block)) * counts)
			counted += counts
		}
		switch {
		case block.Classes != nil:
			for r, class := range block.Classes {
				if ignores != nil && ignores.Ignores(class) {
					continue
				}
				answers++
				if Argmax(out.Data[r*out.Stride:r*out.Stride+out.Cols]) == class {
					right++
				}
			}
		case c.reads() == loss.LogOdds:
			answers += len(block.Values.Data)
			for i, y := range block.Values.Data {
				if (out.Data[i] > 0) == (y > 0.5) {
					right++
				}
			}
		}
	}
	return value / counted, float64(right) / float64(max(answers, 1))
}

// Argmax is the first of the largest; −1 where there is a NaN.
func Argmax(v []float64) int {
	best := 0
	for i, x := range v {
		if x != x {
			return -1
		}
		if x > v[best] {
			best = i
		}
	}
	return best
}
