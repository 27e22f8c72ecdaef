package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/presets"
)

// imagesTOML holds a layer of most kinds; its rows are images of 6×6.
const imagesTOML = `
[data]
set = "linear-teacher"
samples = 40
inputs = 36
outputs = 2
validation = 0.25
[loss]
name = "mse"
[train]
batch = 8
[model]
input = [1, 6, 6]
[[model.layer]]
kind = "conv2d"
out = 3
kernel = 3
[[model.layer]]
kind = "batch-norm"
[[model.layer]]
kind = "residual"
of = ["tanh", "conv2d 3 kernel=3 padding=1"]
[[model.layer]]
kind = "avg-pool"
size = 2
[[model.layer]]
kind = "flatten"
[[model.layer]]
kind = "dropout"
p = 0.1
[[model.layer]]
kind = "dense"
out = 2
`

func TestLayersReportOnImages(t *testing.T) {
	var got []string
	for _, l := range trainer(t, imagesTOML).Layers() {
		got = append(got, fmt.Sprintf("%s %s %s %d", l.Name, l.Kind, l.Shape(), l.Params))
	}
	want := []string{
		"0 conv2d 1×6×6→3×4×4 30", "1 batch-norm 3×4×4 6", "2.0 tanh 3×4×4 0", "2.1 conv2d 3×4×4→3×4×4 84",
		"2 residual 3×4×4 0", "3 avg-pool 3×4×4→3×2×2 0", "4 flatten 3×2×2→12 0", "5 dropout 12 0", "6 dense 12→2 26",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAStackTrains(t *testing.T) {
	tr := trainer(t, imagesTOML, "optimizer.name=adam", "optimizer.lr=0.01")
	first := steps(tr, 1).Loss
	if last := steps(tr, 200).Loss; !(last < first/4) {
		t.Errorf("the loss goes from %v to %v", first, last)
	}
}

func TestMasksAndQuantizersActOnKernelsOnly(t *testing.T) {
	tr := trainer(t, imagesTOML, "prune.sparsity=0.5", "prune.scope=layer", "quant.bits=3")
	steps(tr, 3)
	w := slices.Clone(tr.Weights())
	for _, seg := range tr.Layout() {
		stored, effective := seg.Of(tr.Params()), seg.Of(w)
		zeros := 0
		for _, v := range effective {
			if v == 0 {
				zeros++
			}
		}
		switch {
		case seg.Role != knob.Kernel && !slices.Equal(stored, effective):
			t.Errorf("%s is %v, stored %v", seg.Name, effective, stored)
		case seg.Role == knob.Kernel && 2*zeros+1 < seg.Size():
			t.Errorf("%s has %d zeros of %d", seg.Name, zeros, seg.Size())
		}
	}
}

func TestAModelThatDoesNotFitIsRefusedWhereItStands(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"another shape", "[1, 6, 6]", "[1, 6, 5]", "test.toml:13:1: model.input 1×6×5 makes 30 inputs but the data has 36"},
		{"no shape", "input = [1, 6, 6]", "", "test.toml:14:3: layer 0 (conv2d) takes channels × height × width, not 36; give model.input = [channels, height, width]"},
		{"a wide kernel", "kernel = 3\n", "kernel = 7\n", "test.toml:14:3: layer 0 (conv2d) has a kernel of 7×7 for images of only 6×6 with their padding"},
		{"a block that changes the shape", "3 padding=1", "3", "test.toml:20:3: layer 2 (residual) adds what comes in, 3×4×4, to what its layers make of it, 3×2×2; the shapes must be equal"},
		{"no flatten", "\"flatten\"", "\"relu\"", "test.toml:31:3: layer 6 (dense) takes a flat row, not 3×2×2; put flatten before it"},
	} {
		r, err := presets.Decode("test.toml", []byte(strings.Replace(imagesTOML, c.from, c.to, 1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := core.New(r, presets.Files{}); err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.name, err, c.want)
		}
	}
}

// sequencesTOML holds the layers of sequences; its rows are sequences of 9 steps of 4.
const sequencesTOML = `
[data]
set = "linear-teacher"
samples = 40
inputs = 36
outputs = 2
validation = 0.25
[loss]
name = "mse"
[train]
batch = 8
[model]
input = [4, 9]
stack = ["conv1d 6 kernel=3 groups=2 bias=false", "group-norm 3", "relu", "max-pool 2 ceil=true", "transpose", "gru 5 return_sequences=true", "gru 3", "dense 2 bias=false"]
`

// A gru has two kernels, which prune, round and adapt as those of other layers do.
func TestSequencesAreCompressedAsAnythingElse(t *testing.T) {
	tr := trainer(t, sequencesTOML, "optimizer.name=adam", "optimizer.lr=0.01")
	first := steps(tr, 5).Loss
	if got := steps(tr, 60).Loss; !(got < first) {
		t.Errorf("the loss goes from %v to %v", first, got)
	}
	turn(t, tr, "prune.sparsity=0.5", "quant.bits=6", "quant.activations=8", "quant.step=learned", "finetune.lora_rank=2")
	steps(tr, 5)
	if b, shape := tensor(t, tr, "6.weight_hh_l0.lora_b"); !slices.Equal(shape, []int{9, 2}) || !slices.ContainsFunc(b, func(v float64) bool { return v != 0 }) {
		t.Errorf("the adapter of a state has the shape %v and holds %v", shape, b)
	}
	tensor(t, tr, "5.weight_ih_l0.step")
	saved := tr.Snapshot()
	hash := tr.Hash()
	steps(tr, 3)
	tr.Restore(saved)
	if tr.Hash() != hash {
		t.Error("it does not come back to where it was")
	}
	var gru core.LayerReport
	for _, l := range tr.Layers() {
		if l.Name == "5" {
			gru = l
		}
	}
	if params := 15*6 + 15*5 + 2*15; gru.Params != params || !(gru.Kept > 0.2 && gru.Kept < 1) || gru.Shape() != "4×6→4×5" {
		t.Errorf("%d parameters, %v kept, %s", gru.Params, gru.Kept, gru.Shape())
	}
	if work, want := tr.Size().DenseWork, 6*2*3*7+4*(15*6+15*5)+4*(9*5+9*3)+2*3; work != want {
		t.Errorf("%d multiply-adds, want %d", work, want)
	}
	s, err := tr.Compact()
	if err != nil {
		t.Fatal(err)
	}
	if !(s.Difference < 1e-5) {
		t.Errorf("outputs of the compact network differ by %v", s.Difference)
	}
}
