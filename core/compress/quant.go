package compress

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
)

// Quant says to which grids the kernels, and what goes into their layers, are
// rounded, and when.
type Quant struct {
	Bits                int // of a weight; 0 is off
	Scheme, Granularity string
	Observer            string
	Percentile          float64
	Layers              []string // "0:8": the bits of one layer instead
	When, Step          string
	Activations         int // bits of what goes into a layer with a kernel; 0 is off

	scratch []float64 // of the observers
	kept    []float64 // of the weights that share a scale, those that are not pruned
}

func newQuant() Quant {
	return Quant{Scheme: bySymmetric, Granularity: "tensor", Observer: byExtent, Percentile: 0.999, When: whenAware, Step: "range"}
}

// The choices of quant.when, and of quant.step the one that adds parameters.
const (
	whenAware   = "aware"
	whenAfter   = "after"
	stepLearned = "learned"
)

const mostBits = 16

// Check says which entry of quant.layers means nothing for a network of that
// layout.
func (q *Quant) Check(layout knob.Layout) error {
	var known, seen []string
	for _, seg := range layout {
		if seg.Role == knob.Kernel && !slices.Contains(known, seg.Layer) {
			known = append(known, seg.Layer)
		}
	}
	for _, entry := range q.Layers {
		layer, bits, ok := strings.Cut(entry, ":")
		if n, err := strconv.Atoi(bits); !ok || err != nil || n < 0 || n > mostBits {
			return fmt.Errorf("quant.layers takes a layer and its bits from 0 to %d, such as %q, not %q", mostBits, "0:8", entry)
		}
		if len(known) == 0 {
			return fmt.Errorf("quant.layers: there is no layer %q; nothing here has a kernel", layer)
		}
		if !slices.Contains(known, layer) {
			return fmt.Errorf("quant.layers: there is no layer %q with a kernel; there are %s", layer, strings.Join(known, ", "))
		}
		if slices.Contains(seen, layer) {
			return fmt.Errorf("quant.layers names layer %s twice", layer)
		}
		seen = append(seen, layer)
	}
	return nil
}

// inert says why turning a knob would do nothing now, "" if it does something.
func (q *Quant) inert(path string) string {
	gridded := q.scheme().observed
	signs := q.Scheme == bySymmetric && q.most() == 1
	switch {
	case path == "quant.granularity" && q.scheme().extra == 0:
		return q.Scheme + " has no scale to share"
	case path == "quant.step" && q.Scheme != bySymmetric:
		return "only the symmetric scheme can learn its scale"
	case path == "quant.step" && q.When == whenAfter:
		return "under post-training quantization no scale can be learned"
	case path == "quant.step" && signs:
		return "1 bit is a sign; a scale is learned from 2 bits on"
	case path == "quant.percentile" && q.Observer != byPercentile:
		return "only the percentile observer uses it"
	case path == "quant.observer" && q.Activations == 0 && !gridded:
		return q.Scheme + " has a fixed range"
	case path == "quant.observer" && q.Activations == 0 && signs:
		return "1 bit has no range, but the mean magnitude"
	case path == "quant.observer" && q.Activations == 0 && q.learned():
		return "the scales are learned"
	}
	return ""
}

// scheme is the row that is chosen.
func (q *Quant) scheme() *scheme {
	for i := range schemes {
		if schemes[i].name == q.Scheme {
			return &schemes[i]
		}
	}
	panic("compress: no scheme " + q.Scheme)
}

// LayerBits is what quant.layers or else quant.bits says of a layer, 0 for off.
func (q *Quant) LayerBits(layer string) int {
	for _, entry := range q.Layers {
		if name, bits, _ := strings.Cut(entry, ":"); name == layer {
			n, _ := strconv.Atoi(bits) // checked
			return n
		}
	}
	return q.Bits
}

// Weight is the number of bits of a weight of a layer, 0 for float.
func (q *Quant) Weight(layer string) int {
	bits := q.LayerBits(layer)
	if own := q.scheme().bits; own > 0 && bits > 0 {
		return own
	}
	return bits
}

// ScaleBits is what the scales of a kernel of so many outputs take.
func (q *Quant) ScaleBits(rows int) int { return q.groups(rows) * q.scheme().extra }

// most is the largest of quant.bits and those of quant.layers.
func (q *Quant) most() int {
	most := q.Bits
	for _, entry := range q.Layers {
		_, bits, _ := strings.Cut(entry, ":")
		n, _ := strconv.Atoi(bits) // checked
		most = max(most, n)
	}
	return most
}

// on tells whether any weight is rounded.
func (q *Quant) on() bool { return q.most() > 0 }

// aware tells whether training sees the quantized weights.
func (q *Quant) aware() bool { return q.When == whenAware && q.on() }

// learned tells whether the steps are parameters, of weights of at least 2 bits.
func (q *Quant) learned() bool {
	return q.Step == stepLearned && q.Scheme == bySymmetric && q.aware()
}

// observer is the one that is chosen.
func (q *Quant) observer() observer { return observer{q.Observer, q.Percentile, &q.scratch} }

// symmetricInputs tells whether the grids of inputs are.
func (q *Quant) symmetricInputs() bool { return q.Scheme == bySymmetric && q.Activations > 1 }

// groups is how many scales a kernel of so many outputs has.
func (q *Quant) groups(rows int) int {
	if q.Granularity == "tensor" {
		return 1
	}
	return rows
}

// round replaces a kernel by its quantized values of so many bits and fills in
// the grids. The weights that the mask, if any, prunes have no say in a grid and stay 0.
func (q *Quant) round(grids []grid, bits int, w, mask, steps []float64) {
	if bits == 0 {
		return
	}
	width := len(w) / len(grids)
	for r := range grids {
		row := w[r*width : (r+1)*width]
		if steps != nil {
			grids[r] = roundLearned(row, bits, steps[r])
			continue
		}
		if mask == nil {
			grids[r] = q.roundRow(row, bits)
			continue
		}
		mask := mask[r*width : (r+1)*width]
		q.kept = kept(q.kept[:0], row, mask)
		grids[r] = q.roundRow(q.kept, bits)
		at := 0
		for i, m := range mask {
			if m != 0 {
				row[i] = q.kept[at]
				at++
			}
		}
	}
}

// roundRow rounds weights that share a scale, within the range that the
// observer gives them.
func (q *Quant) roundRow(w []float64, bits int) grid {
	s := q.scheme()
	if len(w) == 0 {
		return grid{clip: unclipped}
	}
	if !s.observed || !q.observer().clips() || s.name == bySymmetric && bits == 1 {
		return s.round(w, bits)
	}
	clip := q.observer().observe(w, s.name == bySymmetric, bits)
	for i, v := range w {
		w[i] = min(max(v, clip.low), clip.high)
	}
	g := s.round(w, bits) // the clipped weights reach to both ends
	g.clip = clip
	return g
}

// backward turns the gradient of a kernel's rounded weights into that of w, the
// weights before rounding, as round has left the grids: it is 0 where a weight
// was clipped by an observer, a learned step or the largest number of a float.
// dsteps are overwritten.
func (q *Quant) backward(grids []grid, bits int, w, dw, steps, dsteps []float64) {
	if bits == 0 {
		return
	}
	width := len(w) / len(grids)
	for r, g := range grids {
		row, drow := w[r*width:(r+1)*width], dw[r*width:(r+1)*width]
		if steps != nil {
			dsteps[r] = backLearned(drow, row, bits, steps[r])
			continue
		}
		g.clip.clipGradient(drow, row)
	}
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
