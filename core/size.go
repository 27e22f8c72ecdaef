package core

import (
	"descent/core/knob"
)

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
	s := Size{Bits: t.WeightBits(), Trains: len(t.params)}
	for _, m := range t.open {
		s.Trains -= int(1 - m)
	}
	mask := t.parts.View.Mask()
	for _, p := range t.of.parts() {
		places := 1
		if len(p.to) == 3 {
			places = p.to[1] * p.to[2]
		}
		for _, seg := range t.network {
			if seg.Layer != p.name {
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
				s.Work += kept * places
				s.DenseWork += n * places
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
