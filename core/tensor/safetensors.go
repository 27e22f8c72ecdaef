package tensor

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"unicode/utf8"

	"descent/core/foreign"
)

// The safetensors format: 8 bytes little-endian length of the header, the
// header as JSON (name → dtype, shape, data_offsets), then the data.
// https://github.com/huggingface/safetensors#format
type header struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

const maxHeader = 100 << 20 // the format's own limit

// File is a safetensors file that is being put together; the zero value is empty.
type File struct {
	headers map[string]any
	data    []byte
}

// Add puts a tensor behind those that are there; kind is its type, as in "F64", and
// data its elements, row-major, little-endian.
func (f *File) Add(name, kind string, shape []int, data []byte) {
	if f.headers == nil {
		f.headers = map[string]any{}
	}
	start := int64(len(f.data))
	f.data = append(f.data, data...)
	f.headers[name] = header{DType: kind, Shape: shape, Offsets: [2]int64{start, int64(len(f.data))}}
}

// Bytes adds a vector of type U8.
func (f *File) Bytes(name string, b []byte) { f.Add(name, "U8", []int{len(b)}, b) }

// Floats adds a tensor of type F32.
func (f *File) Floats(name string, shape []int, v []float64) {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
	}
	f.Add(name, "F32", shape, b)
}

// Integers adds a vector of type I32.
func (f *File) Integers(name string, v []float64) {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(x)))
	}
	f.Add(name, "I32", []int{len(v)}, b)
}

// Encode is the file; metadata may be nil.
func (f *File) Encode(metadata map[string]string) []byte {
	if metadata != nil {
		f.headers["__metadata__"] = metadata
	}
	head, err := json.Marshal(f.headers) // map keys are written in order
	if err != nil {
		panic(err) // strings and integers only
	}
	for len(head)%8 != 0 {
		head = append(head, ' ')
	}
	out := binary.LittleEndian.AppendUint64(make([]byte, 0, 8+len(head)+len(f.data)), uint64(len(head)))
	return append(append(out, head...), f.data...)
}

// splitFile is the header of a safetensors file, its metadata and the data behind it.
func splitFile(b []byte) (raw map[string]json.RawMessage, metadata map[string]string, data []byte, err error) {
	if err := foreign.Check(b, foreign.Weights); err != nil {
		return nil, nil, nil, err
	}
	if len(b) < 8 {
		return nil, nil, nil, errors.New("this is no safetensors file: it is shorter than its header")
	}
	size := binary.LittleEndian.Uint64(b)
	if size > maxHeader || size > uint64(len(b)-8) {
		if utf8.Valid(b[:min(len(b), 256)]) && !bytes.ContainsFunc(b[:min(len(b), 256)], func(r rune) bool { return r < '\t' }) {
			return nil, nil, nil, errors.New("this is no safetensors file: it is text")
		}
		return nil, nil, nil, fmt.Errorf("this is no safetensors file: its header claims %d bytes of %d", size, len(b)-8)
	}
	if err := json.Unmarshal(b[8:8+size], &raw); err != nil {
		return nil, nil, nil, fmt.Errorf("the safetensors header is damaged: %w", err)
	}
	if text, ok := raw["__metadata__"]; ok {
		_ = json.Unmarshal(text, &metadata) // somebody else's may be anything
	}
	delete(raw, "__metadata__")
	return raw, metadata, b[8+size:], nil
}

// Decode reads every tensor of a safetensors file, in the order in which they lie in
// it, and the metadata.
func Decode(b []byte) ([]Tensor, map[string]string, error) {
	raw, metadata, data, err := splitFile(b)
	if err != nil {
		return nil, nil, err
	}
	headers := make(map[string]header, len(raw))
	names := slices.Sorted(maps.Keys(raw))
	for _, name := range names {
		var h header
		if err := json.Unmarshal(raw[name], &h); err != nil {
			return nil, nil, fmt.Errorf("the safetensors header of %q is damaged: %w", name, err)
		}
		headers[name] = h
	}
	slices.SortStableFunc(names, func(a, b string) int {
		x, y := headers[a].Offsets, headers[b].Offsets
		return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
	})
	var out []Tensor
	end := int64(0) // of the tensors so far; the format allows neither gap nor overlap
	for _, name := range names {
		h := headers[name]
		t, err := h.decode(name, data)
		if err != nil {
			return nil, nil, err
		}
		if start := h.Offsets[0]; start != end {
			return nil, nil, fmt.Errorf("tensor %q starts at byte %d of the data, but the one before it ends at byte %d", name, start, end)
		}
		end = h.Offsets[1]
		out = append(out, t)
	}
	if end != int64(len(data)) {
		return nil, nil, fmt.Errorf("the tensors end at byte %d of the data, but it has %d", end, len(data))
	}
	return out, metadata, nil
}

// decode reads the tensor from its place in the data.
func (h header) decode(name string, data []byte) (Tensor, error) {
	kind, ok := FindDType(h.DType)
	if !ok {
		return Tensor{}, fmt.Errorf("tensor %q is of type %s; save it as F64 or F32", name, h.DType)
	}
	width := int64(kind.Width)
	count := int64(1)
	for _, d := range h.Shape {
		if d < 0 || d > 0 && count > math.MaxInt64/width/int64(d) {
			return Tensor{}, fmt.Errorf("tensor %q has an impossible shape %v", name, h.Shape)
		}
		count *= int64(d)
	}
	start, end := h.Offsets[0], h.Offsets[1]
	if start < 0 || end < start || end > int64(len(data)) || end-start != count*width {
		text := fmt.Sprintf("tensor %q of shape %v does not fit its place in the file (bytes %d to %d of %d)", name, h.Shape, start, end, len(data))
		if start >= 0 && end-start == count*width {
			text += "; the file is cut off: copy or download it again"
		}
		return Tensor{}, errors.New(text)
	}
	t := Tensor{Name: name, Shape: h.Shape, Data: make([]float64, count)}
	if i := kind.Decode(t.Data, data[start:]); i >= 0 {
		return Tensor{}, Inexact(name, kind)
	}
	return t, nil
}

// Inexact says that a tensor holds a number that float64 does not.
func Inexact(name string, kind DType) error {
	return fmt.Errorf("tensor %q of type %s holds an integer beyond 2^53, which float64 rounds; save it as F64 or F32", name, kind.Name)
}
