package core

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/blas/blas64"

	"descent/core/compress"
	"descent/core/knob"
	"descent/core/nn"
	"descent/core/objective"
	"descent/core/recipe"
	"descent/core/tensor"
)

// CompactNetwork is a network cut down to what is left of it, and packed.
type CompactNetwork struct {
	Spec   nn.Spec
	Cut    int      // neurons and channels that are gone
	Params int      // that are stored
	Of     int      // parameters of the network as it was
	Bytes  int      // of what is packed; the file has a header besides
	Dense  int      // bytes of the network as it was, in float32
	File   []byte   // safetensors, see nn.EncodePacked
	Notes  []string // what could not be cut, a sentence each

	// What comes back from the file beside the network that it is of, on the
	// rows that it is judged by, without rounding of the inputs of layers.
	Difference float64 // the largest of an output
	Rows, Same int     // where a row has a class: how many there are, and come out as the same
}

// Compact cuts out what is removed, packs what is left, and reads it back to
// compare. Scales, biases and weights that are not quantized are kept in
// float32, which is what the outputs then differ by.
func (t *Trainer) Compact() (*CompactNetwork, error) {
	s, w, err := t.packed()
	if err != nil {
		return nil, err
	}
	n, _ := t.Network()
	return s, compare(n, s, w)
}

// FileBytes is the size of the file that Compact makes, with its header; 0 where
// it makes none.
func (t *Trainer) FileBytes() int {
	s, _, err := t.packed()
	if err != nil {
		return 0
	}
	return len(s.File)
}

// packed is Compact without the comparison, and the weights that it is of.
func (t *Trainer) packed() (*CompactNetwork, []float64, error) {
	n, ok := t.Network()
	if !ok {
		return nil, nil, errors.New("a test surface has no network to compact")
	}
	w := slices.Clone(t.Weights())
	if !nn.Finite(w) {
		return nil, nil, errors.New("the weights are not finite")
	}
	packed := t.parts.View.Pack(w)
	c := n.Model().Compact(n.Spec(), w)
	s := &CompactNetwork{Spec: c.Spec, Cut: c.Cut, Of: t.network.Size(), Dense: 4 * t.network.Size(), Notes: c.Notes}
	var tensors []nn.Packed
	for i, seg := range c.Layout {
		from := t.network[i] // cutting leaves every tensor, if smaller
		var elements []int
		folded := false
		for _, at := range c.From[seg.Offset : seg.Offset+seg.Size()] {
			elements = append(elements, at-from.Offset)
			folded = folded || at < 0
		}
		p := nn.Packed{Segment: seg, Bits: 32, Numbers: seg.Of(c.Weights)}
		if !folded {
			p = compress.Select(packed[i], seg, elements)
		}
		tensors = append(tensors, p)
		s.Bytes += p.Bytes()
		s.Params += p.Stored()
	}
	s.Bytes += stateBytes(c.State)
	s.Dense += stateBytes(n.Model().State())
	s.File = nn.EncodePacked(c.Spec, tensors, c.State...)
	return s, w, nil
}

// compareRows is how many rows are compared at a time.
const compareRows = 256

// compare runs the network and what its file holds on the rows that it is
// judged by.
func compare(n *objective.Network, s *CompactNetwork, w []float64) error {
	was, err := nn.New(n.Spec())
	if err != nil {
		return err
	}
	was.Restore(n.Model().State())
	small, err := nn.New(s.Spec)
	if err != nil {
		return err
	}
	read := make([]float64, small.Layout().Size())
	if err := nn.LoadWeights(read, small.Layout(), s.File, small.State()...); err != nil {
		return fmt.Errorf("the compact network does not come back from its file: %w", err)
	}
	rows := n.Data().Held()
	for from := 0; from < rows.Rows(); from += compareRows {
		x := rows.Cut(from, min(from+compareRows, rows.Rows())).X
		a, b := was.Forward(w, x, nn.Pass{}), small.Forward(read, x, nn.Pass{})
		for r := range a.Rows {
			first, second := a.Data[r*a.Stride:r*a.Stride+a.Cols], b.Data[r*b.Stride:r*b.Stride+b.Cols]
			for j, v := range first {
				s.Difference = max(s.Difference, math.Abs(v-second[j]))
			}
			if !n.Task().Classes {
				continue
			}
			s.Rows++
			if objective.Argmax(first) == objective.Argmax(second) {
				s.Same++
			}
		}
	}
	return nil
}

// Agreement says how the network and what comes back from the file differ.
func (s *CompactNetwork) Agreement() string {
	text := fmt.Sprintf("outputs differ by at most %.2g", s.Difference)
	if s.Rows > 0 {
		text = fmt.Sprintf("%d of %d rows come out the same, ", s.Same, s.Rows) + text
	}
	return text
}

// String says it in a sentence.
func (s *CompactNetwork) String() string {
	text := fmt.Sprintf("compact: %s, %d of %d parameters in %d bytes (float32 dense: %d), a file of %d bytes with its header", s.Spec.Shape(), s.Params, s.Of, s.Bytes, s.Dense, len(s.File))
	if s.Cut > 0 {
		text += fmt.Sprintf(", %d neurons removed", s.Cut)
	}
	text += "; read back, " + s.Agreement()
	for _, n := range s.Notes {
		text += "; " + n
	}
	return text
}

// IntegerNetwork is a quantized network as a small processor would run it, in whole
// numbers, and the same network simulated in float64. It holds for the state in
// which it was made, until the trainer is turned or trains on.
type IntegerNetwork struct {
	whole   *nn.Integer
	model   *nn.Model
	weights []float64 // effective, with biases as integer arithmetic has them
}

// Integer makes it of the weights as they are evaluated, or says in a sentence
// which knob stands in the way: it wants quant.bits and quant.activations from 2
// to 8, in all layers.
func (t *Trainer) Integer() (*IntegerNetwork, error) {
	n, ok := t.Network()
	if !ok {
		return nil, errors.New("a surface has no layers to run in integer arithmetic")
	}
	if err := n.Model().Integral(); err != nil {
		return nil, err
	}
	w := slices.Clone(t.Weights())
	kernels, err := t.parts.View.Integers(w)
	if err != nil {
		return nil, err
	}
	whole, err := nn.NewInteger(n.Model(), w, kernels)
	if err != nil {
		return nil, err
	}
	return &IntegerNetwork{whole, n.Model(), w}, nil
}

// Forward runs rows×inputs in integer arithmetic. The outputs are valid until the
// next call.
func (n *IntegerNetwork) Forward(x blas64.General) blas64.General { return n.whole.Forward(x) }

// Simulate runs the same in float64, weights, inputs and biases rounded to the
// same grids. The outputs are valid until the next pass of the trainer.
func (n *IntegerNetwork) Simulate(x blas64.General) (out blas64.General) {
	n.model.Exactly(func() { out = n.model.Forward(n.weights, x, nn.Pass{}) })
	return out
}

// Encode is weights of the network, the effective or the stored ones, and its running
// statistics as safetensors: F64, and where training keeps weights in float32 F32 for what
// loses nothing by it.
func (t *Trainer) Encode(weights []float64) []byte {
	var tensors []tensor.Tensor
	for _, seg := range t.network {
		tensors = append(tensors, tensor.Tensor{Name: seg.Name, Shape: seg.Shape, Data: seg.Of(weights)})
	}
	for _, b := range t.Statistics() {
		tensors = append(tensors, tensor.Tensor{Name: b.Name, Shape: []int{len(b.Data)}, Data: b.Data})
	}
	return nn.EncodeTensors(tensors, t.parts.Train.Precision == recipe.Float32, nil)
}

// What a file holds beside the effective weights, where these do not tell how to train
// on: the stored parameters, before masks, rounding and adapters, by the names of
// Tensors; and masks, ranges of inputs and a teacher, by the names of their buffers.
const (
	StoredTensor = nn.Beside + "stored."
	StateTensor  = nn.Beside + "state."
)

// Beside is what a file of the effective weights lacks for training to go on from it
// with the same network: nothing where weights are as they are stored.
func (t *Trainer) Beside() []tensor.Tensor {
	var out []tensor.Tensor
	stored, effective := slices.Clone(t.averaged()), t.Weights()
	for _, seg := range t.layout {
		of := seg.Of(stored)
		if seg.Offset < len(effective) && sameBits(of, seg.Of(effective)) {
			continue
		}
		out = append(out, tensor.Tensor{Name: StoredTensor + seg.Name, Shape: seg.Shape, Data: of})
	}
	for _, b := range t.besideState() {
		out = append(out, tensor.Tensor{Name: StateTensor + b.Name, Shape: []int{len(b.Data)}, Data: slices.Clone(b.Data)})
	}
	return out
}

// besideState is the state that a network is evaluated with, but for that of its layers.
func (t *Trainer) besideState() []knob.Buffer {
	state := t.parts.View.State()
	if n, ok := t.Network(); ok {
		state = append(state, n.State()[len(n.Model().State()):]...)
	}
	return state
}

func sameBits(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}

// makes tells whether the effective weights are those of a file: to the bit, or to the
// rounding of stored ones where these are kept in float32.
func (t *Trainer) makes(effective []float64) bool {
	if t.parts.Train.Precision != recipe.Float32 {
		return sameBits(t.Weights(), effective)
	}
	const rounding = 1.0 / (1 << 22)
	return slices.EqualFunc(t.Weights(), effective, func(a, b float64) bool { return math.Abs(a-b) <= rounding*math.Abs(b) })
}

// adopt goes on from what Beside gave, where under these settings that makes the
// effective weights which the file holds; else the trainer stays as it is, and begins
// with those.
func (t *Trainer) adopt(beside []tensor.Tensor, effective []float64) {
	if len(beside) == 0 {
		return
	}
	before := t.Snapshot()
	s := *before
	s.Params = make([]float64, len(t.live()))
	copy(s.Params, effective)
	named := map[string]tensor.Tensor{}
	s.State = slices.Clone(t.method().State())
	if n, ok := t.Network(); ok {
		s.State = append(s.State, n.Model().State()...)
	}
	s.State = copies(s.State)
	for _, b := range beside {
		if !nn.Finite(b.Data) {
			return
		}
		if name, ok := strings.CutPrefix(b.Name, StateTensor); ok {
			s.State = append(s.State, knob.Buffer{Name: name, Data: b.Data})
		} else if name, ok := strings.CutPrefix(b.Name, StoredTensor); ok {
			named[name] = b
		}
	}
	for _, seg := range t.layout {
		b, ok := named[seg.Name]
		switch {
		case !ok && seg.Offset < len(effective):
			continue
		case !ok || !slices.Equal(b.Shape, seg.Shape):
			return
		}
		copy(seg.Of(s.Params), b.Data)
		delete(named, seg.Name)
	}
	if len(named) > 0 || t.Sound(&s) != nil {
		return
	}
	t.Restore(&s)
	if !t.makes(effective) {
		t.Restore(before)
	}
}
