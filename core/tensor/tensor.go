// Package tensor reads and writes named tensors, as files of weights hold them.
package tensor

// Tensor is one entry of a file of tensors.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float64 // row-major
}
