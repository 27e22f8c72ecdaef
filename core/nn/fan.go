package nn

import (
	"strings"

	"descent/core/knob"
)

// recurrent is the name of the kernel of a recurrent layer that reads its own state.
const recurrent = "weight_hh_l0"

// fans are how many inputs an output of a kernel has, and how many outputs an
// input; shape is [out, in, ...].
func fans(seg knob.Segment) (in, out float64) {
	in = float64(seg.Size() / seg.Shape[0])
	out = float64(seg.Size())
	if len(seg.Shape) > 1 {
		out /= float64(seg.Shape[1])
	}
	return in, out
}

// torchFan is what PyTorch's defaults call the fan of a kernel: that of its inputs or,
// in a gru with its three gates, the number of hidden units.
func torchFan(seg knob.Segment) float64 {
	if strings.HasSuffix(seg.Name, "_l0") {
		return float64(seg.Shape[0]) / 3
	}
	in, _ := fans(seg)
	return in
}
