package compress

import (
	"math"
	"slices"

	"descent/core/knob"
	"descent/core/nn"
)

// Pack is every tensor of the network under the weights w, which Effective gave
// last, as a small file holds it.
func (v *View) Pack(w []float64) []nn.Packed {
	kernels := map[string]added{}
	for _, x := range v.added() {
		kernels[x.kernel.Name] = x
	}
	out := make([]nn.Packed, 0, len(v.network))
	for _, seg := range v.network {
		p := nn.Packed{Segment: seg, Bits: 32, Numbers: append([]float64(nil), seg.Of(w)...)}
		if x, ok := kernels[seg.Name]; ok {
			v.pack(&p, x)
		}
		out = append(out, p)
	}
	return out
}

// pack turns a kernel's weights into integers, where they lie on a grid.
func (v *View) pack(p *nn.Packed, x added) {
	if v.mask != nil {
		for _, m := range x.kernel.Of(v.mask) {
			p.Kept = append(p.Kept, m != 0)
		}
	}
	bits := v.Quant.Weight(x.kernel.Layer)
	if bits == 0 {
		return
	}
	p.Bits = bits
	if nn.FloatForm(v.Quant.Scheme) {
		p.Code = v.Quant.Scheme
		return
	}
	affine := v.Quant.Scheme == "affine"
	signs := bits == 1 && !affine
	low := 0.0 // the number behind 0
	switch {
	case v.Quant.Scheme == "ternary":
		low = -1
	case !affine && !signs:
		low = -levels(bits)
	}
	p.Middle = -low
	if signs { // ±½ of twice the magnitude
		p.Middle = 0.5
	}
	width := len(p.Numbers) / len(x.grids)
	for r, g := range x.grids {
		row := p.Numbers[r*width : (r+1)*width]
		scale := g.Scale
		if scale == 0 && !affine { // of one magnitude, if any
			scale = largest(row)
		}
		for i, w := range row {
			switch {
			case signs && w == 0 && scale > 0: // of which no sign tells
				leaveOut(p, r*width+i)
			case signs:
				row[i] = 0
				if w > 0 {
					row[i] = 1
				}
			case scale == 0:
				row[i] = g.Zero - low
			default:
				row[i] = math.RoundToEven(w/scale) + g.Zero - low
			}
		}
		if signs {
			scale *= 2
		}
		p.Scale = append(p.Scale, scale)
		if affine {
			p.Zero = append(p.Zero, g.Zero)
		}
	}
}

// leaveOut stores nothing of an element, which is then 0.
func leaveOut(p *nn.Packed, i int) {
	if p.Kept == nil {
		p.Kept = slices.Repeat([]bool{true}, len(p.Numbers))
	}
	p.Kept[i] = false
}

func largest(v []float64) float64 {
	top := 0.0
	for _, x := range v {
		top = max(top, math.Abs(x))
	}
	return top
}

// Select is the part of a packed tensor that a smaller network keeps: those of
// its elements, in order, for a segment of rows of the same groups.
func Select(p nn.Packed, seg knob.Segment, elements []int) nn.Packed {
	out := p
	out.Segment, out.Numbers, out.Kept = seg, nil, nil
	for _, i := range elements {
		out.Numbers = append(out.Numbers, p.Numbers[i])
		if p.Kept != nil {
			out.Kept = append(out.Kept, p.Kept[i])
		}
	}
	if len(p.Scale) > 1 { // a scale for each row
		out.Scale, out.Zero = nil, nil
		width, from := len(elements)/seg.Shape[0], len(p.Numbers)/len(p.Scale)
		for r := range seg.Shape[0] {
			at := elements[r*width] / from
			out.Scale = append(out.Scale, p.Scale[at])
			if p.Zero != nil {
				out.Zero = append(out.Zero, p.Zero[at])
			}
		}
	}
	for _, k := range out.Kept {
		if !k {
			return out
		}
	}
	out.Kept = nil // nothing of it is left out
	return out
}
