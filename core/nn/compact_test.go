package nn_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/nn"
)

// silence zeroes the rows of every second output of each kernel but the last,
// and what reads every fifth.
func silence(m *nn.Model, w []float64) {
	var kernels []knob.Segment
	for _, seg := range m.Layout() {
		if seg.Role == knob.Kernel {
			kernels = append(kernels, seg)
		}
	}
	for i, seg := range kernels[:len(kernels)-1] {
		fan := seg.Size() / seg.Shape[0]
		for r := 0; r < seg.Shape[0]; r += 2 {
			clear(seg.Of(w)[r*fan : (r+1)*fan])
		}
		next := kernels[i+1]
		width := next.Size() / next.Shape[0] / seg.Shape[0]
		for r := 1; r < seg.Shape[0]; r += 5 {
			for o := range next.Shape[0] {
				at := o*next.Size()/next.Shape[0] + r*width
				clear(next.Of(w)[at : at+width])
			}
		}
	}
}

func TestWhatIsCutOutIsNotMissed(t *testing.T) {
	for _, c := range []struct {
		spec nn.Spec
		cut  int
		note string
	}{
		{spec: nn.Spec{Layers: []int{6, 9, 8, 3}, Activation: "tanh", Init: "torch"}, cut: 11},
		{spec: nn.Spec{Layers: []int{6, 9, 8, 3}, Activation: "relu", Init: "torch"}, cut: 11},
		{spec: nn.Spec{Layers: []int{6, 9, 3}, Activation: "softplus", Init: "torch"}, cut: 6},
		{spec: nn.Spec{Input: []int{1, 8, 8}, Stack: []string{"conv2d 6 kernel=3", "sigmoid", "max-pool 2", "conv2d 5 kernel=2 stride=1", "tanh", "avg-pool 2", "flatten", "dropout 0.5", "dense 7", "tanh", "dense 3"}, Init: "torch"}, cut: 13},
		{spec: nn.Spec{Input: []int{1, 8, 8}, Stack: []string{"conv2d 6 kernel=3 padding=1", "sigmoid", "conv2d 5 kernel=3 padding=1", "relu", "flatten", "dense 3"}, Init: "torch"}, cut: 5, note: "zeros around"},
		{spec: nn.Spec{Input: []int{6}, Stack: []string{"dense 9", "batch-norm", "tanh", "dense 8", "relu", "batch-norm", "dense 3"}, Init: "torch"}, cut: 11},
		{spec: nn.Spec{Input: []int{1, 8, 8}, Stack: []string{"conv2d 6 kernel=3", "batch-norm", "relu", "max-pool 2", "conv2d 5 kernel=2", "batch-norm", "flatten", "dense 3"}, Init: "torch"}, cut: 8},
		{spec: nn.Spec{Input: []int{6}, Stack: []string{"dense 6", "layer-norm", "relu", "dense 8", "tanh", "residual { dense 8; relu }", "dense 3"}, Init: "torch"}, cut: 0, note: "residual"},
		{spec: nn.Spec{Input: []int{2, 9}, Stack: []string{"conv1d 6 kernel=3 dilation=2", "leaky_relu 0.2", "max-pool 2 ceil=true", "conv1d 5 kernel=2", "tanh", "global-avg-pool", "dense 7 bias=false", "elu 0.5", "dense 3"}, Init: "torch"}, cut: 10, note: "a neuron of layer 3 stays, since layer 6 has no biases to take it in"},
		{spec: nn.Spec{Input: []int{1, 7, 7}, Stack: []string{"conv2d 6 kernel=3 bias=false", "relu", "adaptive-max-pool 3x2", "conv2d 4 kernel=2 bias=false", "relu", "adaptive-avg-pool 2x1", "flatten", "dense 3"}, Init: "torch"}, cut: 7},
		{spec: nn.Spec{Input: []int{1, 7, 7}, Stack: []string{"conv2d 6 kernel=3", "tanh", "conv2d 4 kernel=2 bias=false", "flatten", "dense 3"}, Init: "torch"}, cut: 4, note: "a neuron of layer 0 stays, since layer 2 has no biases to take it in"},
		{spec: nn.Spec{Input: []int{1, 7, 7}, Stack: []string{"conv2d 6 kernel=3", "relu", "conv2d 6 kernel=2 groups=3", "relu", "conv2d 4 kernel=1", "flatten", "dense 3"}, Init: "torch"}, cut: 3, note: "the neurons of layer 0 stay, since a conv2d with groups follows them"},
		{spec: nn.Spec{Input: []int{1, 7, 7}, Stack: []string{"conv2d 4 kernel=3", "relu", "avg-pool 2 padding=1", "conv2d 4 kernel=2", "flatten", "dense 3"}, Init: "torch"}, cut: 3, note: "the neurons of layer 0 stay, since an avg-pool with padding follows them"},
		{spec: nn.Spec{Input: []int{5, 4}, Stack: []string{"gru 7", "dense 6", "relu", "dense 3"}, Init: "torch"}, cut: 4},
		{spec: nn.Spec{Input: []int{4, 8}, Stack: []string{"conv1d 5 kernel=2", "transpose", "gru 9", "dense 3"}, Init: "torch"}, cut: 0, note: "a transpose follows"},
	} {
		m, err := nn.New(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		w := make([]float64, m.Layout().Size())
		nn.Init(w, m.Layout(), nn.Spec{Init: "torch"}, rand.New(rand.NewPCG(3, 0)))
		silence(m, w)
		warm := make([]float64, 30*m.In())
		for i := range warm {
			warm[i] = float64(i%7) - 2
		}
		m.Forward(w, matrix(30, warm), nn.Pass{Train: true, Step: 1}) // running statistics of their own
		x := make([]float64, 20*m.In())
		rng := rand.New(rand.NewPCG(4, 0))
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		want := m.Forward(w, matrix(20, x), nn.Pass{})
		small := m.Compact(c.spec, w)
		n, err := nn.New(small.Spec)
		if err != nil {
			t.Fatal(err)
		}
		n.Restore(small.State)
		got := n.Forward(small.Weights, matrix(20, x), nn.Pass{})
		if !near(got.Data[:20*3], want.Data[:20*3], 1e-12) {
			t.Errorf("%s: it says something else than %s", small.Spec.Shape(), c.spec.Shape())
		}
		if small.Cut != c.cut {
			t.Errorf("%s from %s: %d are cut, want %d", small.Spec.Shape(), c.spec.Shape(), small.Cut, c.cut)
		}
		if notes := strings.Join(small.Notes, "; "); !strings.Contains(notes, c.note) || c.note == "" && notes != "" {
			t.Errorf("%s: notes %q", c.spec.Shape(), notes)
		}
		for i, at := range small.From {
			if at >= 0 && w[at] != small.Weights[i] {
				t.Fatalf("weight %d is said to be weight %d and is not", i, at)
			}
		}
	}
}

func TestOfANetworkOfZerosOneNeuronALayerStays(t *testing.T) {
	spec := nn.Spec{Layers: []int{4, 6, 5, 2}, Activation: "relu", Init: "zero"}
	m, err := nn.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Compact(spec, make([]float64, m.Layout().Size())).Spec.Shape(); got != "4-1-1-2" {
		t.Error(got)
	}
}
