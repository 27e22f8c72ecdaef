package nn_test

import (
	"fmt"
	"slices"
	"testing"

	"descent/core/nn"
)

func TestEachLayerNamesItsTensorsAndRoles(t *testing.T) {
	m, _ := stacked(t, []int{1, 4, 4},
		"conv2d 2 kernel=3", "batch-norm", "relu", "residual { relu; conv2d 2 kernel=3 padding=1 }", "flatten", "layer-norm", "dense 3")
	var got []string
	for _, seg := range m.Layout() {
		got = append(got, fmt.Sprintf("%s of %s: %s %v", seg.Name, seg.Layer, seg.Role, seg.Shape))
	}
	want := []string{
		"0.weight of 0: kernel [2 1 3 3]", "0.bias of 0: bias [2]",
		"1.weight of 1: gain [2]", "1.bias of 1: shift [2]",
		"3.1.weight of 3.1: kernel [2 2 3 3]", "3.1.bias of 3.1: bias [2]",
		"5.weight of 5: gain [8]", "5.bias of 5: shift [8]",
		"6.weight of 6: kernel [3 8]", "6.bias of 6: bias [3]",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	var places []string
	for _, p := range m.Places() {
		places = append(places, fmt.Sprintf("%s %s %s", p.Name, p.Layer.Kind(), nn.ShapeText(p.Out)))
	}
	want = []string{
		"0 conv2d 2×2×2", "1 batch-norm 2×2×2", "2 relu 2×2×2", "3.0 relu 2×2×2", "3.1 conv2d 2×2×2",
		"3 residual 2×2×2", "4 flatten 8", "5 layer-norm 8", "6 dense 3",
	}
	if !slices.Equal(places, want) {
		t.Errorf("%q", places)
	}
}

func TestStacksThatMakeNoSenseAreRefused(t *testing.T) {
	for _, c := range []struct {
		input []int
		stack []string
		key   string
		want  string
	}{
		{[]int{4}, []string{"conv2d 8 kernel=3"}, "model.stack.0", "layer 0 (conv2d) takes channels × height × width, not 4; give model.input = [channels, height, width]"},
		{[]int{1, 4, 4}, []string{"dense 8"}, "model.stack.0", "layer 0 (dense) takes a flat row, not 1×4×4; put flatten before it"},
		{[]int{1, 4, 4}, []string{"relu", "conv2d 8 kernel=3x7 padding=1"}, "model.stack.1", "layer 1 (conv2d) has a kernel of 3×7 for images of only 6×6 with their padding"},
		{[]int{1, 4, 4}, []string{"max-pool 5"}, "model.stack.0", "layer 0 (max-pool) has a window of 5×5 for images of only 4×4"},
		{[]int{4}, []string{"residual { dense 5 }"}, "model.stack.0", "layer 0 (residual) adds what comes in, 4, to what its layers make of it, 5; the shapes must be equal"},
		{[]int{4}, []string{"relu", "residual { relu; conv2d 2 kernel=1 }"}, "model.stack.1", "layer 1.1 (conv2d) takes channels × height × width, not 4; give model.input = [channels, height, width]"},
		{[]int{4}, []string{"dense 4", "embedding num=3 dim=2"}, "model.stack.1", "layer 1 (embedding) reads integers, so it must be the first layer, of a flat row"},
		{[]int{20000}, []string{"dense 20000"}, "model.stack.0", "layer 0 (dense) would bring the model to 4e+08 parameters; the most is 2^28"},
		{[]int{1, 1, 1}, []string{"conv2d 1 kernel=1 padding=1000000"}, "model.stack.0", "layer 0 (conv2d) would unroll an example into 4e+12 numbers; the most is 2^24"},
		{[]int{1, 1, 1}, []string{"conv2d 1000 kernel=1 padding=100"}, "model.stack.0", "layer 0 (conv2d) would make rows of 4.04e+07 numbers; the most is 2^24"},
		{[]int{4, 3, 3}, []string{"conv2d 6 kernel=3 groups=4"}, "model.stack.0", "layer 0 (conv2d) has 4 groups, which divide 4 channels in and 6 out into equal parts only if they divide both"},
		{[]int{4, 3, 3}, []string{"conv2d 6 kernel=2x1 dilation=4"}, "model.stack.0", "layer 0 (conv2d) has a kernel of 2×1, which its dilation spreads to 5×1, for images of only 3×3 with their padding"},
		{[]int{4}, []string{"conv1d 6 kernel=3"}, "model.stack.0", "layer 0 (conv1d) takes channels × length, not 4; give model.input = [channels, length]"},
		{[]int{2, 4}, []string{"conv1d 6 kernel=5"}, "model.stack.0", "layer 0 (conv1d) has a kernel of 5 for sequences of only 4 with their padding"},
		{[]int{2, 4}, []string{"max-pool 5"}, "model.stack.0", "layer 0 (max-pool) has a window of 5 for sequences of only 4"},
		{[]int{2, 4}, []string{"avg-pool 2x3"}, "model.stack.0", "layer 0 (avg-pool) has a window of two sizes over a sequence; give one: size=3"},
		{[]int{1, 4, 4}, []string{"max-pool 2 padding=2"}, "model.stack.0", "layer 0 (max-pool) has a padding of 2×2, more than half its window of 2×2"},
		{[]int{4}, []string{"global-avg-pool"}, "model.stack.0", "layer 0 (global-avg-pool) takes channels × height × width or channels × length, not 4; give model.input = [channels, height, width]"},
		{[]int{4, 1, 1}, []string{"adaptive-avg-pool 1000000"}, "model.stack.0", "layer 0 (adaptive-avg-pool) would make rows of 4e+12 numbers; the most is 2^24"},
		{[]int{4}, []string{"group-norm 3"}, "model.stack.0", "layer 0 (group-norm) has 3 groups, which do not divide 4 channels"},
		{[]int{4}, []string{"gru 3"}, "model.stack.0", "layer 0 (gru) takes steps × features, not 4; give model.input = [steps, features]"},
		{[]int{1 << 12, 1}, []string{"gru 1000000"}, "model.stack.0", "layer 0 (gru) would make 1.23e+10 numbers of a row; the most is 2^24"},
		{[]int{4}, []string{"transpose"}, "model.stack.0", "layer 0 (transpose) takes rows of two axes, not 4"},
		{[]int{1 << 62, 4}, []string{"flatten"}, "model.input", "model.input 4611686018427387904×4 makes 1.84e+19 inputs; the most is 2^24"},
		{nil, []string{"relu"}, "model.input", "model.input is missing: the shape of a row"},
	} {
		_, err := nn.New(nn.Spec{Stack: c.stack, Input: c.input, Activation: "identity", Init: "torch"})
		k, ok := err.(*nn.KeyError)
		if !ok || k.Key != c.key || err.Error() != c.want {
			t.Errorf("%v %v: %v, want %q", c.input, c.stack, err, c.want)
		}
	}
}

func TestTheSpecIsFittedToTheData(t *testing.T) {
	stack := []string{"relu"}
	s, err := nn.Spec{Stack: stack}.For(5)
	if err != nil || !slices.Equal(s.Input, []int{5}) {
		t.Errorf("input %v, %v", s.Input, err)
	}
	for _, c := range []struct {
		spec nn.Spec
		want string
	}{
		{nn.Spec{Stack: stack, Input: []int{2, 3, 4}}, "model.input 2×3×4 makes 24 inputs but the data has 5"},
		{nn.Spec{Layers: []int{3, 2}}, "model.layers starts with 3 but the data has 5 inputs"},
	} {
		if _, err := c.spec.For(5); err == nil || err.Error() != c.want {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
