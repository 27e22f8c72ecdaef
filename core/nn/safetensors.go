package nn

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
	"strings"
	"unicode/utf8"

	"descent/core/foreign"
	"descent/core/knob"
)

// Tensor is one entry of a safetensors file.
type Tensor struct {
	Name  string
	Shape []int
	Data  []float64 // row-major
}

// The safetensors format: 8 bytes little-endian length of the header, the
// header as JSON (name → dtype, shape, data_offsets), then the data.
// https://github.com/huggingface/safetensors#format
type tensorHeader struct {
	DType   string   `json:"dtype"`
	Shape   []int    `json:"shape"`
	Offsets [2]int64 `json:"data_offsets"`
}

const maxTensorHeader = 100 << 20 // the format's own limit

// tensorFile is a safetensors file on its way.
type tensorFile struct {
	header map[string]any
	data   []byte
}

func (f *tensorFile) add(name, kind string, shape []int, data []byte) {
	if f.header == nil {
		f.header = map[string]any{}
	}
	start := int64(len(f.data))
	f.data = append(f.data, data...)
	f.header[name] = tensorHeader{DType: kind, Shape: shape, Offsets: [2]int64{start, int64(len(f.data))}}
}

func (f *tensorFile) bytes(name string, b []byte) { f.add(name, "U8", []int{len(b)}, b) }

func (f *tensorFile) floats(name string, shape []int, v []float64) {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(x)))
	}
	f.add(name, "F32", shape, b)
}

func (f *tensorFile) whole(name string, v []float64) {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(x)))
	}
	f.add(name, "I32", []int{len(v)}, b)
}

func (f *tensorFile) encode(metadata map[string]string) []byte {
	if metadata != nil {
		f.header["__metadata__"] = metadata
	}
	head, err := json.Marshal(f.header) // map keys are written in order
	if err != nil {
		panic(err) // strings and whole numbers only
	}
	for len(head)%8 != 0 {
		head = append(head, ' ')
	}
	out := binary.LittleEndian.AppendUint64(make([]byte, 0, 8+len(head)+len(f.data)), uint64(len(head)))
	return append(append(out, head...), f.data...)
}

// EncodeWeights writes the tensors of the flat vector w, and then the state
// beside it, as safetensors, F64.
func EncodeWeights(layout knob.Layout, w []float64, state ...knob.Buffer) []byte {
	w = w[:layout.Size():layout.Size()]
	for _, b := range state {
		layout = append(layout[:len(layout):len(layout)], knob.Segment{Name: b.Name, Shape: []int{len(b.Data)}, Offset: len(w)})
		w = append(w, b.Data...)
	}
	var f tensorFile
	for _, seg := range layout {
		var b []byte
		for _, v := range seg.Of(w) {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		f.add(seg.Name, "F64", seg.Shape, b)
	}
	return f.encode(nil)
}

// DecodeTensors reads every tensor of a safetensors file, F64, F32, I64, I32 or
// U8, in the order in which they lie in the file; those of a packed network
// (EncodePacked) as what they stand for.
func DecodeTensors(b []byte) ([]Tensor, error) {
	tensors, metadata, err := decodeTensors(b)
	if err != nil {
		return nil, err
	}
	tensors, _, _, err = unpacked(tensors, metadata)
	return tensors, err
}

func decodeTensors(b []byte) ([]Tensor, map[string]string, error) {
	if err := foreign.Check(b, foreign.Weights); err != nil {
		return nil, nil, err
	}
	if len(b) < 8 {
		return nil, nil, errors.New("this is no safetensors file: it is shorter than its header")
	}
	size := binary.LittleEndian.Uint64(b)
	if size > maxTensorHeader || size > uint64(len(b)-8) {
		if utf8.Valid(b[:min(len(b), 256)]) && !bytes.ContainsFunc(b[:min(len(b), 256)], func(r rune) bool { return r < '\t' }) {
			return nil, nil, errors.New("this is no safetensors file: it is text")
		}
		return nil, nil, fmt.Errorf("this is no safetensors file: its header claims %d bytes of %d", size, len(b)-8)
	}
	head, data := b[8:8+size], b[8+size:]
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(head, &raw); err != nil {
		return nil, nil, fmt.Errorf("the safetensors header is damaged: %w", err)
	}
	var metadata map[string]string
	if text, ok := raw["__metadata__"]; ok {
		_ = json.Unmarshal(text, &metadata) // somebody else's may be anything
	}
	delete(raw, "__metadata__")
	headers := make(map[string]tensorHeader, len(raw))
	names := slices.Sorted(maps.Keys(raw))
	for _, name := range names {
		var h tensorHeader
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
func (h tensorHeader) decode(name string, data []byte) (Tensor, error) {
	width := map[string]int64{"F64": 8, "F32": 4, "I64": 8, "I32": 4, "U8": 1}[h.DType]
	if width == 0 {
		return Tensor{}, fmt.Errorf("tensor %q is of type %s; save it as F64 or F32", name, h.DType)
	}
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
	for i := range t.Data {
		at := data[start+int64(i)*width:]
		switch h.DType {
		case "F64":
			t.Data[i] = math.Float64frombits(binary.LittleEndian.Uint64(at))
		case "F32":
			t.Data[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(at)))
		case "I64":
			t.Data[i] = float64(int64(binary.LittleEndian.Uint64(at)))
		case "I32":
			t.Data[i] = float64(int32(binary.LittleEndian.Uint32(at)))
		case "U8":
			t.Data[i] = float64(at[0])
		}
	}
	return t, nil
}

// LoadWeights fills the flat vector w, and the state beside it, from a
// safetensors file. A prefix that all names share falls away ("module." of
// DataParallel, "_orig_mod." of torch.compile, "model."). Every tensor of the layout and of the state must be there
// with its shape and finite numbers, and no other but num_batches_tracked,
// which PyTorch's batch norms write and nothing here reads.
func LoadWeights(w []float64, layout knob.Layout, file []byte, state ...knob.Buffer) error {
	tensors, metadata, err := decodeTensors(file)
	if err != nil {
		return err
	}
	tensors, model, packed, err := unpacked(tensors, metadata)
	if err != nil {
		return err
	}
	if packed {
		if err := model.fits(layout); err != nil {
			return err
		}
	}
	if !packed {
		unprefix(layout, tensors)
	}
	byName := make(map[string]Tensor, len(tensors))
	known := make([]string, 0, len(tensors))
	for _, t := range tensors {
		byName[t.Name] = t
		known = append(known, t.Name)
	}
	take := func(name string, shape []int, into []float64) error {
		t, ok := byName[name]
		if !ok {
			return fmt.Errorf("there is no tensor %q of shape %v (the file holds %v)%s", name, shape, few(known), renaming(layout, tensors))
		}
		if !slices.Equal(t.Shape, shape) {
			return fmt.Errorf("tensor %q has shape %v where the model wants %v", name, t.Shape, shape)
		}
		if !Finite(t.Data) {
			return fmt.Errorf("tensor %q holds NaN or an infinity", name)
		}
		copy(into, t.Data)
		delete(byName, name)
		return nil
	}
	for _, seg := range layout {
		if err := take(seg.Name, seg.Shape, seg.Of(w)); err != nil {
			return err
		}
	}
	for _, b := range state {
		if err := take(b.Name, []int{len(b.Data)}, b.Data); err != nil {
			return err
		}
	}
	for _, t := range tensors {
		if _, left := byName[t.Name]; left && !strings.HasSuffix(t.Name, ".num_batches_tracked") {
			return fmt.Errorf("tensor %q has no place in the model", t.Name)
		}
	}
	return nil
}

// unprefix takes a prefix off the names of all tensors where without it the first
// is one of the model.
func unprefix(layout knob.Layout, tensors []Tensor) {
	if len(layout) == 0 {
		return
	}
	for _, t := range tensors {
		prefix, ok := strings.CutSuffix(t.Name, layout[0].Name)
		if !ok || !strings.HasSuffix(prefix, ".") {
			continue
		}
		if slices.ContainsFunc(tensors, func(t Tensor) bool { return !strings.HasPrefix(t.Name, prefix) }) {
			continue
		}
		for i := range tensors {
			tensors[i].Name = strings.TrimPrefix(tensors[i].Name, prefix)
		}
		return
	}
}

// few is names as a list, the first of them if they are many.
func few(names []string) string {
	const most = 24
	if len(names) <= most {
		return fmt.Sprint(names)
	}
	return fmt.Sprintf("%s and %d more]", strings.TrimSuffix(fmt.Sprint(names[:most]), "]"), len(names)-most)
}

// renaming says which names would make the tensors those of the model, if they
// have its shapes in the same order, weights and biases each; else "".
func renaming(layout knob.Layout, tensors []Tensor) string {
	last := func(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
	left := map[string][]Tensor{}
	for _, t := range tensors {
		left[last(t.Name)] = append(left[last(t.Name)], t)
	}
	var pairs []string
	for _, seg := range layout {
		of := left[last(seg.Name)]
		if len(of) == 0 || !slices.Equal(of[0].Shape, seg.Shape) {
			return ""
		}
		if of[0].Name != seg.Name {
			pairs = append(pairs, fmt.Sprintf("%s to %s", of[0].Name, seg.Name))
		}
		left[last(seg.Name)] = of[1:]
	}
	for _, of := range left {
		if len(of) > 0 && !strings.HasSuffix(of[0].Name, ".num_batches_tracked") {
			return ""
		}
	}
	const most = 6
	if len(pairs) > most {
		pairs = append(pairs[:most], "and so on")
	}
	return "; the shapes are those of the model in the same order: rename " + strings.Join(pairs, ", ")
}
