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
// is Beside are integers from 0 to 255, as those of a mask are. With single those that
// lose nothing by it are F32.
func EncodeTensors(tensors []tensor.Tensor, single bool, metadata map[string]string) []byte {
	var f tensor.File
	for _, t := range tensors {
		small, narrow := len(t.Data) > 0 && strings.HasPrefix(t.Name, Beside), single
		for _, v := range t.Data {
			small = small && v >= 0 && v <= 255 && v == math.Trunc(v) && !math.Signbit(v)
			narrow = narrow && v == float64(float32(v))
		}
		switch {
		case small:
			b := make([]byte, len(t.Data))
			for i, v := range t.Data {
				b[i] = byte(v)
			}
			f.Add(t.Name, "U8", t.Shape, b)
		case narrow:
			f.Floats(t.Name, t.Shape, t.Data)
		default:
			doubles(&f, t.Name, t.Shape, t.Data)
		}
	}
	return f.Encode(metadata)
}

func doubles(f *tensor.File, name string, shape []int, v []float64) {
	b := make([]byte, 0, 8*len(v))
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	f.Add(name, "F64", shape, b)
}

// LoadWeights is MatchWeights for whom names do not matter.
func LoadWeights(w []float64, layout knob.Layout, file []byte, state ...knob.Buffer) error {
	_, err := MatchWeights(w, layout, file, state...)
	return err
}

// MatchWeights fills the flat vector w, and the state beside it, from a safetensors
// file or one that torch.save wrote: by name, without a prefix that all names share
// ("module." of DataParallel, "_orig_mod." of torch.compile), else by order and shape.
// Every tensor of the layout and of the state must be there with its shape and finite
// numbers, and no other but num_batches_tracked, which PyTorch's batch norms write and
// nothing here reads. Of a file that is refused w and state may hold a part.
func MatchWeights(w []float64, layout knob.Layout, file []byte, state ...knob.Buffer) (Matching, error) {
	tensors, metadata, notes, err := decode(file)
	if err != nil {
		return Matching{}, err
	}
	tensors, _ = beside(tensors)
	tensors, model, packed, err := unpacked(tensors, metadata)
	if err != nil {
		return Matching{}, err
	}
	if packed {
		if err := model.fits(layout); err != nil {
			return Matching{}, err
		}
	}
	var slots []slot
	for _, seg := range layout {
		slots = append(slots, slot{seg.Name, seg.Shape, seg.Of(w)})
	}
	for _, b := range state {
		slots = append(slots, slot{b.Name, []int{len(b.Data)}, b.Data})
	}
	found, m, err := assign(slots, tensors)
	if err != nil {
		return Matching{}, err
	}
	for i, s := range slots {
		t := found[i]
		if !slices.Equal(t.Shape, s.shape) {
			return Matching{}, fmt.Errorf("tensor %q has shape %v where the model has %v", t.Name, t.Shape, s.shape)
		}
		if !Finite(t.Data) {
			return Matching{}, fmt.Errorf("tensor %q holds NaN or an infinity", t.Name)
		}
		copy(s.into, t.Data)
	}
	m.Notes = notes
	return m, nil
}

// EncodeWeights writes the tensors of the flat vector w, and then the state
// beside it, as safetensors, F64.
func EncodeWeights(layout knob.Layout, w []float64, state ...knob.Buffer) []byte {
	return encodeWeights(doubles, layout, w, state)
}

// EncodeSingle is EncodeWeights rounded to F32.
func EncodeSingle(layout knob.Layout, w []float64, state ...knob.Buffer) []byte {
	return encodeWeights((*tensor.File).Floats, layout, w, state)
}

func encodeWeights(add func(f *tensor.File, name string, shape []int, v []float64), layout knob.Layout, w []float64, state []knob.Buffer) []byte {
	var f tensor.File
	for _, seg := range layout {
		add(&f, seg.Name, seg.Shape, seg.Of(w))
	}
	for _, b := range state {
		add(&f, b.Name, []int{len(b.Data)}, b.Data)
	}
	return f.Encode(nil)
}
