package knob

import "slices"

// Buffer is named state of a part, beside the parameters. Data is live: a snapshot
// copies it.
type Buffer struct {
	Name string // "adam/square mean": what follows the last slash is its meaning
	Data []float64

	ByTensor bool // one number for each tensor of the layout, or one for all of them
}

// Copies are the same buffers with memory of their own.
func Copies(of []Buffer) []Buffer {
	out := slices.Clone(of)
	for i := range out {
		out[i].Data = slices.Clone(out[i].Data)
	}
	return out
}
