package nn

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"descent/core/knob"
	"descent/core/tensor"
)

// Packed is a tensor as a small file holds it: integers of a few bits on a
// grid, with a scale for each group of rows, or float32.
type Packed struct {
	knob.Segment
	Bits   int       // of a number; 32 for float32
	Scale  []float64 // of each group of rows; nil for floats
	Zero   []float64 // the number that stands for 0, of each group; nil if it is Middle for all
	Middle float64
	Code   string // of floats of fewer bits, how: "bf16", "fp16", "fp8-e4m3", "fp8-e5m2"
	Kept   []bool // the others are 0 and left out; nil where all are kept

	// Numbers are those of all elements, kept or not: integers from 0 to
	// 2^Bits − 1, or floats.
	Numbers []float64
}

// Bytes is what it takes: numbers, scales, zero points and, where some are left
// out, a bit for each that says which.
func (p *Packed) Bytes() int {
	total := (p.Stored()*p.Bits+7)/8 + 4*(len(p.Scale)+len(p.Zero))
	if p.Kept != nil {
		total += (len(p.Numbers) + 7) / 8
	}
	return total
}

// Stored is how many numbers of it are stored.
func (p *Packed) Stored() int {
	if p.Kept != nil {
		return count(p.Kept)
	}
	return len(p.Numbers)
}

// packedKey is what the file's metadata call the network; its value is JSON.
const packedKey = "descent.packed"

// packedModel is the metadata: the network, and how each tensor lies.
type packedModel struct {
	Layers     []int                   `json:"layers,omitempty"`
	Activation string                  `json:"activation,omitempty"`
	Stack      []string                `json:"stack,omitempty"`
	Input      []int                   `json:"input,omitempty"`
	Tensors    map[string]packedTensor `json:"tensors"`
}

type packedTensor struct {
	Shape  []int   `json:"shape"`
	Bits   int     `json:"bits"`
	Middle float64 `json:"middle,omitempty"`
	Code   string  `json:"code,omitempty"`
	Groups int     `json:"groups,omitempty"`
	Zero   bool    `json:"zero,omitempty"`
	Sparse bool    `json:"sparse,omitempty"`
}

// EncodePacked writes a network as safetensors: of the tensor "0.weight" the
// numbers, one behind the other from the lowest bit on, as "0.weight.packed"
// (U8), "0.weight.scale" (F32), "0.weight.zero" (I32), and a bit for each
// element that is kept as "0.weight.kept" (U8); float32 as they are. What lies
// where is JSON under "descent.packed" in the metadata. state is written as F32.
func EncodePacked(s Spec, tensors []Packed, state ...knob.Buffer) []byte {
	model := packedModel{Layers: s.Layers, Activation: s.Activation, Stack: s.Stack, Input: s.Input, Tensors: map[string]packedTensor{}}
	var f tensor.File
	for _, p := range tensors {
		model.Tensors[p.Name] = packedTensor{
			Shape: p.Shape, Bits: p.Bits, Middle: p.Middle, Code: p.Code, Groups: len(p.Scale), Zero: p.Zero != nil, Sparse: p.Kept != nil,
		}
		if p.Bits == 32 && p.Kept == nil {
			f.Floats(p.Name, p.Shape, p.Numbers)
			continue
		}
		kept := p.Numbers
		if p.Kept != nil {
			kept = nil
			var mask bitWriter
			for i, k := range p.Kept {
				mask.put(map[bool]uint64{true: 1}[k], 1)
				if k {
					kept = append(kept, p.Numbers[i])
				}
			}
			f.Bytes(p.Name+".kept", mask.out)
		}
		var bits bitWriter
		for _, v := range kept {
			bits.put(p.code(v), p.Bits)
		}
		f.Bytes(p.Name+".packed", bits.out)
		if p.Scale != nil {
			f.Floats(p.Name+".scale", []int{len(p.Scale)}, p.Scale)
		}
		if p.Zero != nil {
			f.Integers(p.Name+".zero", p.Zero)
		}
	}
	for _, b := range state {
		f.Floats(b.Name, []int{len(b.Data)}, b.Data)
	}
	text, err := json.Marshal(model)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return f.Encode(map[string]string{packedKey: string(text)})
}

// code is the bits of a number.
func (p *Packed) code(v float64) uint64 {
	switch {
	case p.Bits == 32:
		return uint64(math.Float32bits(float32(v)))
	case p.Code != "":
		return floatForms[p.Code].encode(v)
	}
	return uint64(v)
}

// unpacked reads a packed network back as plain tensors; ok is false for a file
// that holds none.
func unpacked(tensors []tensor.Tensor, metadata map[string]string) (out []tensor.Tensor, model packedModel, ok bool, err error) {
	text, ok := metadata[packedKey]
	if !ok {
		return tensors, model, false, nil
	}
	if err := json.Unmarshal([]byte(text), &model); err != nil {
		return nil, model, true, fmt.Errorf("the network in the safetensors metadata is damaged: %w", err)
	}
	byName := map[string]tensor.Tensor{}
	for _, t := range tensors {
		byName[t.Name] = t
	}
	for _, t := range tensors {
		name, part := t.Name, ""
		for _, suffix := range []string{".packed", ".scale", ".zero", ".kept"} {
			if base, found := strings.CutSuffix(t.Name, suffix); found && model.Tensors[base].Bits > 0 {
				name, part = base, suffix
			}
		}
		if part == "" {
			out = append(out, t)
			continue
		}
		if part != ".packed" {
			continue
		}
		read, err := model.Tensors[name].unpack(name, byName)
		if err != nil {
			return nil, model, true, err
		}
		out = append(out, read)
	}
	return out, model, true, nil
}

func (p packedTensor) unpack(name string, tensors map[string]tensor.Tensor) (tensor.Tensor, error) {
	out := tensor.Tensor{Name: name, Shape: p.Shape}
	n := product(p.Shape)
	impossible := func(d int) bool { return d < 1 }
	if len(p.Shape) == 0 || slices.ContainsFunc(p.Shape, impossible) || n > MaxParams || p.Bits < 1 || p.Bits > 32 {
		return out, fmt.Errorf("tensor %q is packed in an impossible way", name)
	}
	short := func(what string) error {
		return fmt.Errorf("tensor %q: its %s do not fit its shape %v", name, what, p.Shape)
	}
	kept := int(n)
	var mask []float64
	if p.Sparse {
		mask = tensors[name+".kept"].Data
		if len(mask) != (kept+7)/8 {
			return out, short("bits of what is kept")
		}
		kept = 0
		for i := range int(n) {
			kept += int(mask[i/8]) >> (i % 8) & 1
		}
	}
	numbers := bitReader{in: tensors[name+".packed"].Data}
	if len(numbers.in) != (kept*p.Bits+7)/8 {
		return out, short("numbers")
	}
	out.Data = make([]float64, int(n)) // of a size that the file bears out
	scale, zero := tensors[name+".scale"].Data, tensors[name+".zero"].Data
	if len(scale) != p.Groups || p.Groups > 0 && p.Shape[0]%p.Groups != 0 || p.Zero && len(zero) != p.Groups {
		return out, short("scales")
	}
	form, floats := floatForms[p.Code]
	if p.Code != "" && !floats {
		return out, fmt.Errorf("tensor %q is of the unknown code %q", name, p.Code)
	}
	if p.Groups == 0 && p.Bits < 32 && !floats {
		return out, short("scales")
	}
	for i := range out.Data {
		if mask != nil && int(mask[i/8])>>(i%8)&1 == 0 {
			continue
		}
		bits := numbers.take(p.Bits)
		switch {
		case floats:
			out.Data[i] = form.decode(bits)
		case p.Bits == 32 && p.Groups == 0:
			out.Data[i] = float64(math.Float32frombits(uint32(bits)))
		default:
			g := i * p.Groups / len(out.Data)
			middle := p.Middle
			if p.Zero {
				middle = zero[g]
			}
			out.Data[i] = float64(scale[g] * (float64(bits) - middle))
		}
	}
	return out, nil
}

// fits says that the file holds another network than is wanted.
func (m packedModel) fits(layout knob.Layout) error {
	for _, seg := range layout {
		if t, ok := m.Tensors[seg.Name]; ok && product(t.Shape) == product(seg.Shape) {
			continue
		}
		if len(m.Layers) > 0 {
			widths := make([]string, len(m.Layers))
			for i, n := range m.Layers {
				widths[i] = strconv.Itoa(n)
			}
			return fmt.Errorf("it holds a network of other widths; give model.layers = [%s] and model.activation = %q", strings.Join(widths, ", "), m.Activation)
		}
		return errors.New("it holds another network; its layers are " + strings.Join(m.Stack, "; "))
	}
	return nil
}
