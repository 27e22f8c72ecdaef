package nn_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/nn"
)

// file is a safetensors file of that header and so many bytes of zeros.
func file(header string, size int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, size)...)
}

func TestWeightsRoundTripToTheBit(t *testing.T) {
	m, w := build(t, "relu", 3, 4, 2)
	w[0], w[1], w[2], w[3] = math.Copysign(0, -1), math.SmallestNonzeroFloat64, -math.MaxFloat64, math.Nextafter(1, 2)
	got := make([]float64, len(w))
	if err := nn.LoadWeights(got, m.Layout(), nn.EncodeWeights(m.Layout(), w)); err != nil {
		t.Fatal(err)
	}
	for i := range w {
		if math.Float64bits(got[i]) != math.Float64bits(w[i]) {
			t.Errorf("weight %d: %v came back as %v", i, w[i], got[i])
		}
	}
}

func TestTheDataIsAlignedAndInLayoutOrder(t *testing.T) {
	m, w := build(t, "relu", 3, 4, 2)
	b := nn.EncodeWeights(m.Layout(), w)
	if size := binary.LittleEndian.Uint64(b); size%8 != 0 {
		t.Errorf("header of %d bytes", size)
	}
	tensors, err := nn.DecodeTensors(b)
	if err != nil {
		t.Fatal(err)
	}
	for i, seg := range m.Layout() {
		if tensors[i].Name != seg.Name || !slices.Equal(tensors[i].Shape, seg.Shape) {
			t.Errorf("tensor %d is %s %v, want %s %v", i, tensors[i].Name, tensors[i].Shape, seg.Name, seg.Shape)
		}
	}
}

// The fixture lists its tensors in another order and carries metadata.
func TestFloat32FilesAreRead(t *testing.T) {
	content, err := os.ReadFile("../testdata/classes_f32.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../testdata/classes_f32.json")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	m, w := build(t, "tanh", 3, 8, 3)
	if err := nn.LoadWeights(w, m.Layout(), content); err != nil {
		t.Fatal(err)
	}
	for _, seg := range m.Layout() {
		if !slices.Equal(seg.Of(w), want[seg.Name]) {
			t.Errorf("%s is %v, want %v", seg.Name, seg.Of(w), want[seg.Name])
		}
	}
}

func TestEveryTruncationIsRefused(t *testing.T) {
	m, w := build(t, "relu", 2, 3, 1)
	whole := nn.EncodeWeights(m.Layout(), w)
	for n := range whole {
		if err := nn.LoadWeights(w, m.Layout(), whole[:n]); err == nil {
			t.Errorf("%d of %d bytes are accepted", n, len(whole))
		}
	}
}

func TestWeightsThatDoNotFitTheModelAreRefused(t *testing.T) {
	m, w := build(t, "relu", 2, 3, 1)
	other := func(activation string, layers ...int) []byte {
		m, w := build(t, activation, layers...)
		return nn.EncodeWeights(m.Layout(), w)
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"a tensor missing", other("relu", 2, 3), `there is no tensor "2.weight" of shape [1 3] (the file holds [0.weight 0.bias])`},
		{"a tensor too many", other("relu", 2, 3, 1, 1), `tensor "4.weight" of shape [1 1] has no place in the model`},
		{"another width", other("relu", 2, 4, 1), `tensor "0.weight" has shape [4 2] where the model has [3 2]`},
		{"an infinity", func() []byte {
			w := slices.Clone(w)
			w[7] = math.Inf(1)
			return nn.EncodeWeights(m.Layout(), w)
		}(), `tensor "0.bias" holds NaN or an infinity`},
	} {
		if err := nn.LoadWeights(slices.Clone(w), m.Layout(), c.file); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// renamed is a file of the model's weights under other names.
func renamed(m *nn.Model, w []float64, names ...string) []byte {
	layout := slices.Clone(m.Layout())
	for i := range layout {
		layout[i].Name = names[i]
	}
	return nn.EncodeWeights(layout, w)
}

func TestAPrefixOfAllNamesFallsAway(t *testing.T) {
	m, w := build(t, "relu", 2, 3, 1)
	for _, prefix := range []string{"module.", "model.", "_orig_mod.", "_orig_mod.module.net."} {
		into := make([]float64, len(w))
		content := renamed(m, w, prefix+"0.weight", prefix+"0.bias", prefix+"2.weight", prefix+"2.bias")
		if err := nn.LoadWeights(into, m.Layout(), content); err != nil || !slices.Equal(into, w) {
			t.Errorf("%s: %v", prefix, err)
		}
	}
}

func TestWeightsOfOtherNamesAreMatchedByOrderAndShape(t *testing.T) {
	m, w := build(t, "relu", 2, 3, 3, 3, 1)
	for _, c := range []struct {
		names string // of the file, in the order of the model
		want  string // the beginning of what is said of it
	}{
		{"fc1.weight fc1.bias fc2.weight fc2.bias fc3.weight fc3.bias out.weight out.bias", "matched by order and shape: fc1.weight → 0.weight, fc1.bias → 0.bias, fc2.weight → 2.weight, fc2.bias → 2.bias, fc3.weight → 4.weight, fc3.bias → 4.bias, out.weight → 6.weight, out.bias → 6.bias"},
		{"0.weight 0.bias 3.weight 3.bias 6.weight 6.bias 9.weight 9.bias", "matched by order and shape: 0.weight → 0.weight, 0.bias → 0.bias, 3.weight → 2.weight"},
		{"a.kernel a.bias b.kernel b.bias c.kernel c.bias d.kernel d.bias", "matched by order and shape: a.kernel → 0.weight"},
		{"z.weight z.bias y.weight y.bias x.weight x.bias w.weight w.bias", "matched by order and shape: z.weight → 0.weight, z.bias → 0.bias, y.weight → 2.weight"},
		{"0 1 2 3 4 5 6 7", "matched by order and shape: 0 → 0.weight, 1 → 0.bias"},
		{"n.2.weight n.2.bias n.4.weight n.4.bias n.6.weight n.6.bias n.8.weight n.8.bias", "matched by order and shape: n.2.weight → 0.weight"},
	} {
		into := make([]float64, len(w))
		got, err := nn.MatchWeights(into, m.Layout(), renamed(m, w, strings.Fields(c.names)...))
		if err != nil || !slices.Equal(into, w) || !strings.HasPrefix(got.String(), c.want) {
			t.Errorf("%s: %v, %q", c.names, err, got)
		}
	}
}

// safetensors.torch writes tensors in the order of their names: layer10 before layer2.
func TestTensorsInAlphabeticalOrderAreTakenInThatOfTheirNumbers(t *testing.T) {
	widths := []int{2}
	for range 11 {
		widths = append(widths, 2)
	}
	m, w := build(t, "relu", widths...)
	layout := slices.Clone(m.Layout())
	for i := range layout {
		layout[i].Name = fmt.Sprintf("layer%d.%s", i/2+1, []string{"weight", "bias"}[i%2])
	}
	slices.SortFunc(layout, func(a, b knob.Segment) int { return strings.Compare(a.Name, b.Name) })
	var sorted []float64
	at := 0
	for i := range layout {
		sorted = append(sorted, layout[i].Of(w)...)
		layout[i].Offset, at = at, at+layout[i].Size()
	}
	into := make([]float64, len(w))
	if err := nn.LoadWeights(into, m.Layout(), nn.EncodeWeights(layout, sorted)); err != nil || !slices.Equal(into, w) {
		t.Error(err)
	}
}

func TestStatisticsGoByTheirSorts(t *testing.T) {
	m, w := stacked(t, []int{2}, "dense 3", "batch-norm", "dense 3", "batch-norm")
	for i, b := range m.State() {
		b.Data[1] = float64(i + 5)
	}
	layout := slices.Clone(m.Layout())
	for i := range layout {
		layout[i].Name = "net." + []string{"fc.weight", "fc.bias", "bn.weight", "bn.bias", "fc2.weight", "fc2.bias", "bn2.weight", "bn2.bias"}[i]
	}
	state := knob.Copies(m.State())
	for i := range state {
		state[i].Name = "net." + []string{"bn.running_mean", "bn.running_var", "bn2.running_mean", "bn2.running_var"}[i]
	}
	other, v := stacked(t, []int{2}, "dense 3", "batch-norm", "dense 3", "batch-norm")
	if err := nn.LoadWeights(v, other.Layout(), nn.EncodeWeights(layout, w, state...), other.State()...); err != nil {
		t.Fatal(err)
	}
	for i, b := range other.State() {
		if b.Data[1] != float64(i+5) {
			t.Errorf("%s is %v", b.Name, b.Data)
		}
	}
}

func TestShapesThatDoNotFitAreNamed(t *testing.T) {
	m, w := build(t, "relu", 2, 3, 1)
	for _, c := range []struct {
		widths []int
		names  string
		want   string
	}{
		{[]int{2, 4, 1}, "a.weight a.bias b.weight b.bias", `tensor "a.weight" has shape [4 2] where the model's 0.weight has [3 2]`},
		{[]int{2, 3, 2}, "a.weight a.bias b.weight b.bias", `tensor "b.weight" has shape [2 3] where the model's 2.weight has [1 3]`},
		{[]int{2, 3, 1, 1}, "a.weight a.bias b.weight b.bias c.weight c.bias", `tensor "c.weight" of shape [1 1] has no place in the model`},
		{[]int{2, 3}, "a.weight a.bias", `there is no tensor "2.weight" of shape [1 3] (the file holds [a.weight a.bias])`},
	} {
		other, v := build(t, "relu", c.widths...)
		err := nn.LoadWeights(slices.Clone(w), m.Layout(), renamed(other, v, strings.Fields(c.names)...))
		if err == nil || err.Error() != c.want {
			t.Errorf("%v: %v, want %q", c.widths, err, c.want)
		}
	}
}

func TestFilesOfPyTorchAreWeightsToo(t *testing.T) {
	content, err := os.ReadFile("../tensor/pickle/testdata/checkpoint.pt")
	if err != nil {
		t.Fatal(err)
	}
	m, w := stacked(t, []int{1, 4, 4}, "conv2d out=2 kernel=3", "batch-norm", "relu", "flatten", "dense 3")
	got, err := nn.MatchWeights(w, m.Layout(), content, m.State()...)
	if err != nil || got.String() != `the weights are those under "model_state_dict" of the file` {
		t.Error(got, err)
	}
}

// packed is the first tensor of a layout in several forms.
func packed(layout knob.Layout) []nn.Packed {
	n := layout[0].Size()
	numbers, kept := make([]float64, n), make([]bool, n)
	for i := range n {
		numbers[i], kept[i] = float64(i%3), i%2 == 0
	}
	return []nn.Packed{
		{Segment: layout[0], Bits: 32, Numbers: numbers},
		{Segment: layout[0], Bits: 32, Numbers: numbers, Kept: kept},
		{Segment: layout[0], Bits: 3, Scale: []float64{0.5}, Middle: 3, Numbers: numbers, Kept: kept},
		{Segment: layout[0], Bits: 2, Scale: []float64{0.5, 2}, Zero: []float64{1, 0}, Numbers: numbers},
		{Segment: layout[0], Bits: 8, Code: "fp8-e4m3", Numbers: numbers},
	}
}

// What is packed comes back as what it stands for.
func TestPackedTensorsComeBack(t *testing.T) {
	m, _ := build(t, "relu", 2, 4)
	for i, p := range packed(m.Layout()) {
		tensors, err := nn.DecodeTensors(nn.EncodePacked(nn.Spec{Layers: []int{2, 4}}, []nn.Packed{p}))
		if err != nil || len(tensors) != 1 || tensors[0].Name != "0.weight" || !slices.Equal(tensors[0].Shape, p.Shape) {
			t.Fatalf("form %d: %v, %v", i, tensors, err)
		}
		for k, got := range tensors[0].Data {
			want := p.Numbers[k]
			if p.Scale != nil {
				g := k * len(p.Scale) / len(p.Numbers)
				middle := p.Middle
				if p.Zero != nil {
					middle = p.Zero[g]
				}
				want = p.Scale[g] * (want - middle)
			}
			if p.Kept != nil && !p.Kept[k] {
				want = 0
			}
			if got != want {
				t.Errorf("form %d, element %d: %v, want %v", i, k, got, want)
			}
		}
	}
}

// Whatever the bytes, reading ends in tensors or in an error.
func FuzzDecodeTensors(f *testing.F) {
	m, w := build(f, "relu", 2, 2)
	f.Add(nn.EncodeWeights(m.Layout(), w))
	f.Add(file(`{"__metadata__":{"a":"b"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, 4))
	f.Add(file(`{"a":{"dtype":"F64","shape":[0,9],"data_offsets":[0,0]}}`, 0))
	f.Add([]byte("short"))
	for _, p := range packed(m.Layout()) {
		f.Add(nn.EncodePacked(nn.Spec{Layers: []int{2, 2}}, []nn.Packed{p}))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tensors, err := nn.DecodeTensors(b)
		if err != nil {
			return
		}
		for _, x := range tensors {
			n := 1
			for _, d := range x.Shape {
				n *= d
			}
			if n != len(x.Data) {
				t.Errorf("%s of shape %v has %d numbers", x.Name, x.Shape, len(x.Data))
			}
		}
	})
}

func TestRunningStatisticsGoWithTheWeights(t *testing.T) {
	m, w := stacked(t, []int{2}, "dense 3", "batch-norm")
	m.State()[0].Data[1], m.State()[1].Data[2] = 5, 7
	file := nn.EncodeWeights(m.Layout(), w, m.State()...)
	other, v := stacked(t, []int{2}, "dense 3", "batch-norm")
	if err := nn.LoadWeights(v, other.Layout(), file, other.State()...); err != nil {
		t.Fatal(err)
	}
	if other.State()[0].Data[1] != 5 || other.State()[1].Data[2] != 7 || !slices.Equal(v, w) {
		t.Errorf("state %v", other.State())
	}
	if err := nn.LoadWeights(v, other.Layout(), nn.EncodeWeights(m.Layout(), w), other.State()...); err == nil {
		t.Error("a file without them is accepted")
	}
}

func TestPyTorchsCountOfBatchesIsPassedOver(t *testing.T) {
	m, w := stacked(t, []int{1}, "batch-norm")
	content := file(`{"0.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"0.bias":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},`+
		`"0.running_mean":{"dtype":"F32","shape":[1],"data_offsets":[8,12]},"0.running_var":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},`+
		`"0.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[16,24]}}`, 24)
	if err := nn.LoadWeights(w, m.Layout(), content, m.State()...); err != nil {
		t.Error(err)
	}
}
