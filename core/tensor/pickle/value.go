// Package pickle reads and writes the files of torch.save: the subset of Python's
// pickle that tensors, containers, numbers and strings need. Nothing that a file
// names is run; whatever is not in that subset is refused by its name.
package pickle

import (
	"fmt"

	"descent/core/tensor"
)

// Values of a file are nil, bool, int64, float64, string, Bytes, Long, Tuple, *List,
// *Dict, *Tensor, DType, Device and Size.
type (
	// Bytes is a string of bytes.
	Bytes []byte
	// Long is an integer of more than 64 bits, little-endian, two's complement.
	Long []byte
	// Tuple is a tuple.
	Tuple []any
	// Size is a torch.Size.
	Size []int
	// Device is a torch.device, as in "cpu".
	Device string
	// DType is a torch.dtype, as in "float32".
	DType string
)

// List is a list, or a set.
type List struct{ Items []any }

// Dict is a dictionary, in its order. A key that is set again stands twice: the last
// counts.
type Dict struct{ Keys, Values []any }

// Set adds a key.
func (d *Dict) Set(key, value any) {
	d.Keys = append(d.Keys, key)
	d.Values = append(d.Values, value)
}

// Of is the value of a key, if it is there.
func (d *Dict) Of(key string) (any, bool) {
	for i := len(d.Keys) - 1; i >= 0; i-- {
		if d.Keys[i] == any(key) {
			return d.Values[i], true
		}
	}
	return nil, false
}

// Tensor is a view of a storage: element (i, j, ...) lies at Offset + i·Strides[0] +
// j·Strides[1] + ..., counted in elements.
type Tensor struct {
	DType          tensor.DType
	Offset         int
	Shape, Strides []int
	storage        *storage
}

// storage is what a tensor, or several, are views of.
type storage struct {
	kind  tensor.DType
	bytes bool   // untyped: size is in bytes, and a tensor says its type
	size  int    // elements
	key   string // where it lies in the file
	data  []byte // nil while it is not there
}

// Size is the number of elements.
func (t *Tensor) Size() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// check says what is impossible about a view, before anything is made of it.
func (t *Tensor) check() error {
	const most = 1 << 48
	n, last := 1, t.Offset
	if len(t.Shape) != len(t.Strides) || len(t.Shape) > 64 || t.Offset < 0 || t.Offset > most {
		return fmt.Errorf("a tensor has the impossible shape %v with strides %v from element %d", t.Shape, t.Strides, t.Offset)
	}
	empty := false
	for i, d := range t.Shape {
		stride := t.Strides[i]
		if d < 0 || d > most || stride < 0 || stride > most {
			return fmt.Errorf("a tensor has the impossible shape %v with strides %v", t.Shape, t.Strides)
		}
		empty = empty || d == 0
		if d == 0 {
			continue
		}
		if n > most/d || stride > 0 && d-1 > (most-last)/stride {
			return fmt.Errorf("a tensor has the impossible shape %v with strides %v", t.Shape, t.Strides)
		}
		n *= d
		last += (d - 1) * stride
	}
	if elements := t.storage.elements(t.DType); !empty && last >= elements {
		return fmt.Errorf("a tensor of shape %v with strides %v from element %d goes beyond its storage of %d elements", t.Shape, t.Strides, t.Offset, elements)
	}
	return nil
}

// elements is how many elements of a type a storage has room for.
func (s *storage) elements(of tensor.DType) int {
	if s.bytes {
		return s.size / of.Width
	}
	return s.size
}

// numbers are the elements, row-major.
func (t *Tensor) numbers(name string) ([]float64, error) {
	n := t.Size()
	out := make([]float64, n)
	if n == 0 {
		return out, nil
	}
	if t.contiguous() {
		if t.DType.Decode(out, t.storage.data[t.Offset*t.DType.Width:]) >= 0 {
			return nil, tensor.Inexact(name, t.DType)
		}
		return out, nil
	}
	at, place := t.Offset, make([]int, len(t.Shape))
	for i := range out {
		v, exact := t.DType.At(t.storage.data, at)
		if !exact {
			return nil, tensor.Inexact(name, t.DType)
		}
		out[i] = v
		for d := len(place) - 1; d >= 0; d-- {
			place[d]++
			at += t.Strides[d]
			if place[d] < t.Shape[d] {
				break
			}
			at -= place[d] * t.Strides[d]
			place[d] = 0
		}
	}
	return out, nil
}

func (t *Tensor) contiguous() bool {
	next := 1
	for d := len(t.Shape) - 1; d >= 0; d-- {
		if t.Shape[d] != 1 && t.Strides[d] != next {
			return false
		}
		next *= t.Shape[d]
	}
	return true
}
