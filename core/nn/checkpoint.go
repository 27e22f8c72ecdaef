package nn

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"descent/core/knob"
	"descent/core/tensor"
	"descent/core/tensor/pickle"
)

// decode reads the tensors of a safetensors file, or of one that torch.save wrote.
// Notes are what the file leaves open, a sentence each.
func decode(b []byte) (tensors []tensor.Tensor, metadata map[string]string, notes []string, err error) {
	if pickle.Is(b) {
		tensors, notes, err = pickle.Weights(b)
		return tensors, nil, notes, err
	}
	tensors, metadata, err = tensor.Decode(b)
	return tensors, metadata, nil, err
}

// DecodeTensors reads every tensor of a safetensors file, or of one that torch.save
// wrote, in the order in which they lie in the file; those of a packed network
// (EncodePacked) as what they stand for.
func DecodeTensors(b []byte) ([]tensor.Tensor, error) {
	tensors, metadata, _, err := decode(b)
	if err != nil {
		return nil, err
	}
	tensors, _, _, err = unpacked(tensors, metadata)
	return tensors, err
}

// Beside begins the names of tensors that a file of weights holds for descent alone,
// beside those of the network. Whoever loads weights passes them over.
const Beside = "descent."

// beside splits off the tensors whose names begin with Beside.
func beside(tensors []tensor.Tensor) (own, others []tensor.Tensor) {
	for _, t := range tensors {
		if strings.HasPrefix(t.Name, Beside) {
			others = append(others, t)
		} else {
			own = append(own, t)
		}
	}
	return own, others
}

// DecodeBeside reads the tensors of a safetensors file whose names begin with Beside.
func DecodeBeside(b []byte) ([]tensor.Tensor, error) {
	tensors, _, err := tensor.Decode(b)
	_, tensors = beside(tensors)
	return tensors, err
}

// EncodeTensors writes tensors as safetensors: F64, or U8 where all numbers of one that
// is Beside are integers from 0 to 255, as those of a mask are.
func EncodeTensors(tensors []tensor.Tensor, metadata map[string]string) []byte {
	var f tensor.File
	for _, t := range tensors {
		small := len(t.Data) > 0 && strings.HasPrefix(t.Name, Beside)
		for _, v := range t.Data {
			small = small && v >= 0 && v <= 255 && v == math.Trunc(v) && !math.Signbit(v)
		}
		var b []byte
		for _, v := range t.Data {
			if small {
				b = append(b, byte(v))
			} else {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
			}
		}
		f.Add(t.Name, map[bool]string{true: "U8", false: "F64"}[small], t.Shape, b)
	}
	return f.Encode(metadata)
}

// LoadWeights fills the flat vector w, and the state beside it, from a
// safetensors file or one that torch.save wrote. A prefix that all names share falls away ("module." of
// DataParallel, "_orig_mod." of torch.compile, "model."). Every tensor of the layout and of the state must be there
// with its shape and finite numbers, and no other but num_batches_tracked,
// which PyTorch's batch norms write and nothing here reads.
func LoadWeights(w []float64, layout knob.Layout, file []byte, state ...knob.Buffer) error {
	tensors, metadata, _, err := decode(file)
	if err != nil {
		return err
	}
	tensors, _ = beside(tensors)
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
	byName := make(map[string]tensor.Tensor, len(tensors))
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
			return fmt.Errorf("tensor %q has shape %v where the model has %v", name, t.Shape, shape)
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
func unprefix(layout knob.Layout, tensors []tensor.Tensor) {
	if len(layout) == 0 {
		return
	}
	for _, t := range tensors {
		prefix, ok := strings.CutSuffix(t.Name, layout[0].Name)
		if !ok || !strings.HasSuffix(prefix, ".") {
			continue
		}
		if slices.ContainsFunc(tensors, func(t tensor.Tensor) bool { return !strings.HasPrefix(t.Name, prefix) }) {
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
func renaming(layout knob.Layout, tensors []tensor.Tensor) string {
	last := func(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }
	left := map[string][]tensor.Tensor{}
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

// EncodeWeights writes the tensors of the flat vector w, and then the state
// beside it, as safetensors, F64.
func EncodeWeights(layout knob.Layout, w []float64, state ...knob.Buffer) []byte {
	w = w[:layout.Size():layout.Size()]
	for _, b := range state {
		layout = append(layout[:len(layout):len(layout)], knob.Segment{Name: b.Name, Shape: []int{len(b.Data)}, Offset: len(w)})
		w = append(w, b.Data...)
	}
	var f tensor.File
	for _, seg := range layout {
		var b []byte
		for _, v := range seg.Of(w) {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		f.Add(seg.Name, "F64", seg.Shape, b)
	}
	return f.Encode(nil)
}
