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
