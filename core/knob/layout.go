package knob

// Segment is the place of one tensor in the flat parameter vector.
type Segment struct {
	Name   string // "2.weight", as PyTorch's nn.Sequential names it
	Layer  string // "2"
	Role   string // Kernel, Bias, Adapter or Step
	Shape  []int  // [out, in] of a dense kernel; row-major
	Offset int    // of its first element
}

// The roles of a segment. Masks and quantizers act on kernels.
const (
	Kernel = "kernel"
	Bias   = "bias"

	// Of the parameters that compression adds behind those of the network.
	Adapter = "adapter" // of low rank, beside a kernel
	Step    = "step"    // of a quantizer that learns its scales
)

// Size is the number of elements.
func (s Segment) Size() int {
	n := 1
	for _, d := range s.Shape {
		n *= d
	}
	return n
}

// Of returns the segment's part of a flat vector, not a copy.
func (s Segment) Of(v []float64) []float64 {
	end := s.Offset + s.Size()
	return v[s.Offset:end:end]
}

// Layout is the tensors of the flat parameter vector, in order and without gaps.
type Layout []Segment

// Size is the length of the flat vector.
func (l Layout) Size() int {
	n := 0
	for _, s := range l {
		n += s.Size()
	}
	return n
}

// Kernels are the tensors that masks and quantizers act on.
func (l Layout) Kernels() Layout {
	var out Layout
	for _, seg := range l {
		if seg.Role == Kernel {
			out = append(out, seg)
		}
	}
	return out
}
