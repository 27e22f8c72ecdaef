package compress

import (
	"math"

	"descent/core/knob"
)

// CutKernel zeroes the round(sparsity · n) weights of smallest |w| of a single
// kernel, as magnitude pruning does in a layer.
func CutKernel(w []float64, sparsity float64) {
	all := make([]int, len(w))
	for i := range all {
		all[i] = i
	}
	cut(w, all, sparsity, func(i int) float64 { return math.Abs(w[i]) })
}

// RoundKernel rounds a single kernel w with the scheme, granularity and observer
// chosen, to so many bits where the scheme asks for them. A weight of 0 counts as
// pruned. Steps that would be learned are those of the weights' range.
func (q Quant) RoundKernel(k knob.Segment, w []float64, bits int) {
	mask := make([]float64, len(w))
	for i, v := range w {
		if v != 0 {
			mask[i] = 1
		}
	}
	q.round(make([]grid, q.groups(k.Shape[0])), bits, w, mask, nil)
}

// OwnBits are those of a weight where the scheme itself says so, 0 where
// quant.bits does.
func (q *Quant) OwnBits() int { return q.scheme().bits }
