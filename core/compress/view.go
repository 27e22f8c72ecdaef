// Package compress makes a network smaller without losing it: masks and
// quantizers as a view, effective = quantize(mask ⊙ params), that can be
// switched off again.
package compress

import "descent/core/knob"

// View is the compression as its knobs stand. The stored parameters are never
// changed; gradients of the effective weights are used for the stored ones
// (straight-through: Bengio, Léonard, Courville 2013).
type View struct {
	Prune Prune
	Quant Quant

	layout    knob.Layout
	mask      []float64 // 1 keeps, 0 prunes; nil while nothing is pruned
	masked    []float64 // the mask's memory, kept while it is off
	effective []float64
}

// NewView holds the defaults: both off.
func NewView(layout knob.Layout) *View {
	n := layout.Size()
	return &View{
		Prune: newPrune(), Quant: newQuant(),
		layout: layout, masked: make([]float64, n), effective: make([]float64, n),
	}
}

// Knobs are those of the pruning and of the quantizer, bound to the view.
func (v *View) Knobs() []knob.Knob { return append(v.Prune.Knobs(), v.Quant.Knobs()...) }

// Remask chooses anew what is pruned, by the parameters as they are after a
// step. It is called when a prune knob turns and when Due, not at each step.
func (v *View) Remask(params []float64, step int) {
	sparsity := v.Prune.at(step)
	if sparsity == 0 {
		v.mask = nil
		return
	}
	v.mask = v.masked
	v.Prune.mask(v.mask, params, v.layout, sparsity)
}

// Due tells whether pruning goes on after so many steps.
func (v *View) Due(step int) bool { return v.Prune.due(step) }

// Seed is what chance is derived from.
func (v *View) Seed(seed uint64) { v.Prune.seed = seed }

// Mask has a 1 for each weight kept and a 0 for each pruned; nil while nothing is pruned.
func (v *View) Mask() []float64 { return v.mask }

// On tells whether the effective weights differ from the stored ones.
func (v *View) On() bool { return v.mask != nil || v.Quant.Bits != 0 }

// Effective are the weights that the network runs under: params itself while
// the view is off, else the view's own buffer, overwritten by the next call.
func (v *View) Effective(params []float64) []float64 {
	if !v.On() {
		return params
	}
	copy(v.effective, params)
	v.Gate(v.effective)
	if v.Quant.Bits != 0 {
		for _, seg := range v.layout {
			if seg.Role == knob.Kernel {
				v.Quant.round(seg.Of(v.effective), seg.Shape[0])
			}
		}
	}
	return v.effective
}

// Gate zeroes what belongs to pruned weights.
func (v *View) Gate(values []float64) {
	for i, m := range v.mask {
		values[i] *= m
	}
}

// State is the mask, which cannot be computed again from the knobs alone.
func (v *View) State() []knob.Buffer {
	if v.mask == nil {
		return nil
	}
	return []knob.Buffer{{Name: "prune/mask", Data: v.mask}}
}

// Restore takes the mask from a snapshot's buffers, or none if they hold none.
func (v *View) Restore(state []knob.Buffer) {
	v.mask = nil
	for _, b := range state {
		if b.Name == "prune/mask" {
			v.mask = v.masked
			copy(v.mask, b.Data)
		}
	}
}
