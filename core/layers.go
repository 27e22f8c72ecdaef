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
	grad, update := t.method().Trace()
	w, mask := t.parts.View.Effective(t.live()), t.parts.View.Mask()
	var out []LayerReport
	for _, p := range t.of.Parts() {
		r := LayerReport{
			Name: p.Name, Kind: p.Kind, In: p.In, Out: p.Out, From: p.From, To: p.To,
			Kept: 1, Grad: math.NaN(), Ratio: math.NaN(),
		}
		var weight, g, u float64
		var kernel knob.Segment // of a layer with several, all of them, which lie side by side
		for _, seg := range t.layout {
			if seg.Layer != r.Name {
				continue
			}
			if seg.Offset < t.network.Size() {
				r.Params += seg.Size()
			}
			weight += square(seg.Of(t.live()))
			g += square(seg.Of(grad))
			u += square(seg.Of(update))
			if seg.Role != knob.Kernel {
				continue
			}
			if kernel.Shape == nil {
				kernel = knob.Segment{Shape: []int{0}, Offset: seg.Offset}
			}
			kernel.Shape[0] += seg.Size()
		}
		if kernel.Shape != nil {
			r.Bits = t.parts.View.Quant.Weight(p.Name)
			if mask != nil {
				r.Kept = sum(kernel.Of(mask)) / float64(kernel.Size())
			}
			r.Histogram = histogram(kernel.Of(w))
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

// Size is what a network costs to keep and to run as it is compressed now,
// beside what it costs dense in float32.
type Size struct {
	Params, Kept    int
	Bytes, Dense    int // to store: weights, scales, what layers keep, and a bit for each weight where some are cut
	Work, DenseWork int // multiply-adds of one row, those of cut weights left out
	Bits            int // of a kernel weight: 0 for float, Mixed where layers differ
	Trains          int // parameters that move now, those of adapters and learned steps among them
}

// Size adds it up. Biases and the like are kept in float32.
func (t *Trainer) Size() Size {
	s := Size{Bits: t.WeightBits(), Trains: len(t.live())}
	for _, m := range t.open {
		s.Trains -= int(1 - m)
	}
	mask := t.parts.View.Mask()
	for _, p := range t.of.Parts() {
		for _, seg := range t.network {
			if seg.Layer != p.Name {
				continue
			}
			n := seg.Size()
			s.Params += n
			s.Dense += 4 * n
			kept, bits, whole := n, 32, seg.Role == knob.Kernel
			if whole && mask != nil {
				kept = int(sum(seg.Of(mask)))
			}
			extra := 0
			if whole {
				if b := t.parts.View.Quant.Weight(seg.Layer); b > 0 {
					bits = b
					extra = t.parts.View.Quant.ScaleBits(seg.Shape[0])
				}
				if kept < n {
					extra += n // which weights are there
				}
				s.Work += kept * p.Shared
				s.DenseWork += n * p.Shared
			}
			s.Kept += kept
			s.Bytes += (kept*bits+7)/8 + (extra+7)/8
		}
	}
	kept := stateBytes(t.Statistics())
	s.Bytes += kept
	s.Dense += kept
	return s
}

// stateBytes is what it takes to store what layers keep, in float32.
func stateBytes(of []knob.Buffer) (bytes int) {
	for _, b := range of {
		bytes += 4 * len(b.Data)
	}
	return bytes
}

// WeightBits are the bits of a kernel weight as it is stored: 0 for float,
// Mixed where layers differ.
func (t *Trainer) WeightBits() int {
	bits := -2 // of none yet
	for _, k := range t.network.Kernels() {
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
