package core

import (
	"descent/core/compress"
	"descent/core/data"
	"descent/core/knob"
)

// Dense are the weights as they are evaluated, but for masks and rounding;
// valid until the next call.
func (t *Trainer) Dense() []float64 { return t.parts.View.Dense(t.averaged()) }

// Masked overwrites dst with the weights as they are evaluated, but for
// rounding, and returns it.
func (t *Trainer) Masked(dst []float64) []float64 {
	dst = append(dst[:0], t.Dense()...)
	t.parts.View.Gate(dst)
	return dst
}

// MeasureWith is Measure under other weights of the network.
func (t *Trainer) MeasureWith(w []float64, p data.Part) (value, accuracy float64) {
	n := t.of.(*network)
	return n.over(w, p)
}

// MeasureDense is Measure without masks and without rounding, of weights and of
// what goes into layers.
func (t *Trainer) MeasureDense(p data.Part) (value, accuracy float64) {
	n := t.of.(*network)
	n.model.Round(nil)
	defer n.model.Round(t.parts.View.Inputs())
	return n.over(t.Dense(), p)
}

// HasAccuracy tells whether answers are right or wrong.
func (t *Trainer) HasAccuracy() bool {
	n, ok := t.of.(*network)
	return ok && n.judges()
}

// Kernels are the tensors that are pruned and rounded.
func (t *Trainer) Kernels() knob.Layout {
	var out knob.Layout
	for _, seg := range t.network {
		if seg.Role == knob.Kernel {
			out = append(out, seg)
		}
	}
	return out
}

// CutAlone prunes one kernel of weights by magnitude, and leaves the others.
func (t *Trainer) CutAlone(w []float64, k knob.Segment, sparsity float64) {
	compress.CutKernel(k.Of(w), sparsity)
}

// RoundAlone rounds one kernel of weights, by the scheme and granularity that
// are chosen, and leaves the others.
func (t *Trainer) RoundAlone(w []float64, k knob.Segment, bits int) {
	t.parts.View.Quant.RoundKernel(k, k.Of(w), bits)
}

// SchemeBits are the bits of a weight where the scheme of rounding says so
// itself, 0 where quant.bits does.
func (t *Trainer) SchemeBits() int { return t.parts.View.Quant.OwnBits() }

// WeightBits are the bits of a kernel weight as it is stored: 0 for float,
// Mixed where layers differ.
func (t *Trainer) WeightBits() int {
	bits := -2 // of none yet
	for _, k := range t.Kernels() {
		b := t.parts.View.Quant.Weight(k.Layer)
		if bits >= 0 && b != bits {
			return Mixed
		}
		bits = b
	}
	return max(bits, 0)
}

// Mixed stands for bits that differ from layer to layer.
const Mixed = -1
