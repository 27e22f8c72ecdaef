package core

import (
	"math"
	"slices"

	"descent/core/knob"
	"descent/core/nn"
)

// LayerReport is what one layer looks like after the last step.
type LayerReport struct {
	Name, Kind      string  // "2", or "2.0" within a residual block; "dense"
	In, Out, Params int     // without those of adapters
	From, To        []int   // the shapes of a row that goes in and comes out
	Weight          float64 // ‖w‖ of the stored parameters
	Grad            float64 // ‖g‖ of the last step; NaN before one
	Ratio           float64 // ‖Δw‖ / ‖w‖ of the last step; NaN before one
	Kept            float64 // share of the kernel's weights that is not pruned
	Bits            int     // of the kernel's weights, 0 for float
	Histogram       []int   // of the effective kernel without zeros, in 16 equal bins over ±max|w|
}

// Shape reads "64→32" or "1×28×28→8×26×26", and "64" or "8×26×26" for a layer
// without a kernel that keeps the shape.
func (l LayerReport) Shape() string {
	from, to := l.From, l.To
	if from == nil {
		from, to = []int{l.In}, []int{l.Out}
	}
	if slices.Equal(from, to) && (l.Params == 0 || l.From != nil && l.Histogram == nil) {
		return nn.ShapeText(to)
	}
	return nn.ShapeText(from) + "→" + nn.ShapeText(to)
}

// Layers reports on every layer of the network, those of a residual block
// before the block itself.
func (t *Trainer) Layers() []LayerReport {
	grad, update := t.parts.Method.Trace()
	w, mask := t.parts.View.Effective(t.params), t.parts.View.Mask()
	var out []LayerReport
	for _, p := range t.of.parts() {
		r := LayerReport{
			Name: p.name, Kind: p.kind, In: p.in, Out: p.out, From: p.from, To: p.to,
			Kept: 1, Grad: math.NaN(), Ratio: math.NaN(),
		}
		var weight, g, u float64
		for _, seg := range t.layout {
			if seg.Layer != r.Name {
				continue
			}
			if seg.Offset < t.network.Size() {
				r.Params += seg.Size()
			}
			weight += square(seg.Of(t.params))
			g += square(seg.Of(grad))
			u += square(seg.Of(update))
			if seg.Role != knob.Kernel {
				continue
			}
			r.Bits = t.parts.View.Quant.Weight(seg.Layer)
			if mask != nil {
				r.Kept = sum(seg.Of(mask)) / float64(seg.Size())
			}
			r.Histogram = histogram(seg.Of(w))
		}
		r.Weight = math.Sqrt(weight)
		if t.traced && r.Params > 0 {
			r.Grad, r.Ratio = math.Sqrt(g), math.Sqrt(u)/r.Weight
		}
		out = append(out, r)
	}
	return out
}

func square(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += float64(x * x)
	}
	return s
}

func sum(v []float64) float64 {
	s := 0.0
	for _, x := range v {
		s += x
	}
	return s
}

const bins = 16

func histogram(w []float64) []int {
	top := 0.0
	for _, v := range w {
		top = max(top, math.Abs(v))
	}
	out := make([]int, bins)
	if top == 0 || math.IsNaN(top) || math.IsInf(top, 0) {
		return out
	}
	for _, v := range w {
		if v == 0 {
			continue // pruned, or rounded away
		}
		out[min(int((v/top+1)/2*bins), bins-1)]++
	}
	return out
}
