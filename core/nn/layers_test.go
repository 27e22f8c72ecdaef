package nn_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// stacked builds a model of entries for rows of that shape.
func stacked(t testing.TB, input []int, stack ...string) (*nn.Model, []float64) {
	t.Helper()
	m, err := nn.New(nn.Spec{Stack: stack, Input: input, Activation: "identity", Init: "torch"})
	if err != nil {
		t.Fatal(err)
	}
	w := make([]float64, m.Layout().Size())
	nn.Init(w, m.Layout(), nn.Spec{Init: "torch"}, rand.New(rand.NewPCG(1, 0)))
	return m, w
}

func matrix(rows int, data []float64) blas64.General {
	cols := len(data) / rows
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: data}
}

func near(got, want []float64, tolerance float64) bool {
	return len(got) == len(want) && !slices.ContainsFunc(want, math.IsNaN) && slices.EqualFunc(got, want, func(a, b float64) bool {
		return math.Abs(a-b) <= tolerance*max(1, math.Abs(b))
	})
}

// inBoth runs a test in float64 and in float32.
func inBoth(t *testing.T, test func(t *testing.T, single bool)) {
	t.Run("float64", func(t *testing.T) { test(t, false) })
	t.Run("float32", func(t *testing.T) { test(t, true) })
}

func TestLayersEqualPyTorchs(t *testing.T) {
	var cases []struct {
		Name            string
		Stack           []string
		Input, Out      []int
		Rows            int
		Batches         [][]float64
		C, Y, Evaluated []float64
		Weights, Grads  map[string][]float64
		DX              []float64
		Shapes          map[string][]int
		Buffers         map[string][]float64
	}
	content, err := os.ReadFile("testdata/layers.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	inBoth(t, func(t *testing.T, single bool) {
		exact, summed := 1e-12, 1e-11 // the numbers of the file are sums of products
		if single {
			exact, summed = 4e-6, 1e-5
		}
		for _, c := range cases {
			m, w := stacked(t, c.Input, c.Stack...)
			m.Single(single)
			if !slices.Equal(m.OutShape(), c.Out) {
				t.Errorf("%s: rows come out as %v, PyTorch has %v", c.Name, m.OutShape(), c.Out)
			}
			if len(m.Layout()) != len(c.Weights) {
				t.Errorf("%s: %d tensors, PyTorch has %d", c.Name, len(m.Layout()), len(c.Weights))
			}
			for _, seg := range m.Layout() {
				if !slices.Equal(seg.Shape, c.Shapes[seg.Name]) {
					t.Fatalf("%s: %s has shape %v, PyTorch has %v", c.Name, seg.Name, seg.Shape, c.Shapes[seg.Name])
				}
				copy(seg.Of(w), c.Weights[seg.Name])
			}
			var y blas64.General
			for step, x := range c.Batches {
				y = m.Forward(w, matrix(c.Rows, x), nn.Pass{Train: true, Step: step + 1})
			}
			if !near(y.Data, c.Y, exact) {
				t.Errorf("%s: outputs\n%v, PyTorch has\n%v", c.Name, y.Data, c.Y)
			}
			copy(m.OutGrad().Data, c.C)
			grad := gaussian(len(w)) // to be overwritten
			dx := matrix(c.Rows, gaussian(c.Rows*m.In()))
			m.BackwardInput(w, grad, dx)
			for _, seg := range m.Layout() {
				if got := seg.Of(grad); !near(got, c.Grads[seg.Name], summed) {
					t.Errorf("%s: the gradient of %s is\n%v, PyTorch has\n%v", c.Name, seg.Name, got, c.Grads[seg.Name])
				}
			}
			if len(c.DX) > 0 && !near(dx.Data, c.DX, exact) {
				t.Errorf("%s: the gradient of the input is\n%v, PyTorch has\n%v", c.Name, dx.Data, c.DX)
			}
			state := m.State()
			if len(state) != len(c.Buffers) {
				t.Errorf("%s: %d buffers, PyTorch has %d", c.Name, len(state), len(c.Buffers))
			}
			for _, b := range state {
				if !near(b.Data, c.Buffers[b.Name], exact) {
					t.Errorf("%s: %s is %v, PyTorch has %v", c.Name, b.Name, b.Data, c.Buffers[b.Name])
				}
			}
			y = m.Forward(w, matrix(c.Rows, c.Batches[len(c.Batches)-1]), nn.Pass{})
			if !near(y.Data, c.Evaluated, exact) {
				t.Errorf("%s: in evaluation\n%v, PyTorch has\n%v", c.Name, y.Data, c.Evaluated)
			}
		}
	})
}

func gaussian(n int) []float64 {
	return random(1, n, rand.New(rand.NewPCG(5, 5))).Data
}

// differences are stacks in odd sizes that hold every kind of layer.
var differences = []struct {
	name  string
	input []int
	stack []string
}{
	{"dense", []int{3}, []string{"dense 5", "tanh", "dense 1"}},
	{"conv2d", []int{2, 5, 3}, []string{"conv2d 3 kernel=2x3 padding=1x2 stride=2x1", "tanh", "conv2d 2 kernel=3 padding=1"}},
	{"max-pool", []int{1, 5, 7}, []string{"conv2d 3 kernel=2", "max-pool 3x2 stride=1x2", "flatten", "dense 3"}},
	{"avg-pool", []int{1, 5, 7}, []string{"conv2d 3 kernel=2", "avg-pool 3x2 stride=1x2", "flatten", "dense 3"}},
	{"flatten", []int{3, 1, 2}, []string{"conv2d 2 kernel=1", "flatten", "dense 1"}},
	{"batch-norm", []int{3}, []string{"dense 4", "batch-norm", "tanh", "dense 2"}},
	{"batch-norm of images", []int{2, 3, 3}, []string{"conv2d 3 kernel=2", "batch-norm", "tanh", "flatten", "dense 2"}},
	{"batch-norm first", []int{3}, []string{"batch-norm", "dense 2"}},
	{"layer-norm", []int{3}, []string{"dense 5", "layer-norm", "tanh", "dense 2"}},
	{"layer-norm of images", []int{2, 3, 3}, []string{"conv2d 3 kernel=2", "layer-norm", "tanh", "flatten", "dense 2"}},
	{"dropout", []int{4}, []string{"dense 7", "dropout 0.4", "tanh", "dense 3"}},
	{"residual", []int{3}, []string{"residual { dense 5; tanh; dense 3 }", "dense 2"}},
	{"residual block in another", []int{3}, []string{"dense 3", "residual { dense 4; batch-norm; residual { tanh; dropout 0.3; dense 4 }; dense 3 }", "tanh"}},
	{"embedding", []int{3}, []string{"embedding num=5 dim=3", "layer-norm", "flatten", "dense 2"}},
	{"conv2d of groups", []int{2, 5, 4}, []string{"conv2d 4 kernel=2x3 dilation=2x1 groups=2 padding=1", "tanh", "conv2d 8 kernel=2 groups=4 bias=false", "flatten", "dense 2 bias=false"}},
	{"conv1d", []int{2, 7}, []string{"conv1d 4 kernel=3 dilation=2 padding=1 stride=2", "tanh", "conv1d 2 kernel=2 groups=2", "flatten", "dense 1"}},
	{"padded pools", []int{1, 5, 6}, []string{"conv2d 2 kernel=2", "max-pool 2x3 padding=1 ceil=true", "conv2d 2 kernel=1", "avg-pool 3x2 stride=2 padding=1", "flatten", "dense 2"}},
	{"adaptive-max-pool", []int{1, 5, 6}, []string{"conv2d 2 kernel=1", "adaptive-max-pool 3x4", "conv2d 2 kernel=1", "global-max-pool", "dense 2"}},
	{"adaptive-avg-pool", []int{2, 6}, []string{"conv1d 2 kernel=1", "adaptive-avg-pool 4", "conv1d 2 kernel=1", "global-avg-pool", "dense 2"}},
	{"group-norm", []int{1, 3, 3}, []string{"conv2d 4 kernel=2", "group-norm 2", "tanh", "conv2d 2 kernel=1"}},
	{"activations", []int{3}, []string{"dense 5", "leaky_relu 0.3", "dense 4", "elu 0.4", "dense 2"}},
	{"gru", []int{4, 2}, []string{"conv1d 3 kernel=1", "transpose", "gru 3 return_sequences=true", "gru 2 bias=false", "dense 2"}},
}

// In training and in evaluation; the network is made a number by a random
// weight for each output.
func TestGradientsOfStacksEqualFiniteDifferences(t *testing.T) {
	for _, c := range differences {
		for _, train := range []bool{true, false} {
			m, w := stacked(t, c.input, c.stack...)
			rng := rand.New(rand.NewPCG(11, 0))
			const rows = 3
			x := random(rows, m.In(), rng)
			if strings.HasPrefix(c.stack[0], "embedding") {
				for i := range x.Data {
					x.Data[i] = float64(rng.IntN(5))
				}
			}
			for i := range w {
				w[i] += 0.3 * rng.NormFloat64()
			}
			weights := random(rows, m.Out(), rng)
			pass := nn.Pass{Train: train, Step: 1, Seed: 3}
			value := func() float64 {
				sum := 0.0
				for i, v := range m.Forward(w, x, pass).Data {
					sum += weights.Data[i] * v
				}
				return sum
			}
			value()
			pass.Try = 1 // the statistics stay
			value()
			copy(m.OutGrad().Data, weights.Data)
			grad := gaussian(len(w)) // to be overwritten
			m.Backward(w, grad)
			for i, v := range w {
				const h = 1e-5
				w[i] = v + h
				up := value()
				w[i] = v - h
				down := value()
				w[i] = v
				if want := (up - down) / (2 * h); !(math.Abs(grad[i]-want) <= 1e-6*max(math.Abs(want), 1e-1)) {
					t.Errorf("%s, training %v, weight %d: gradient %v, difference %v", c.name, train, i, grad[i], want)
				}
			}
		}
	}
}

// The list above holds every kind of the catalogue.
func TestEveryKindIsDifferentiated(t *testing.T) {
	for _, k := range nn.Kinds() {
		found := false
		for _, c := range differences {
			found = found || strings.Contains(strings.Join(c.stack, ";"), k.Name)
		}
		if !found || k.Help == "" {
			t.Errorf("%s: differentiated %v, help %q", k.Name, found, k.Help)
		}
	}
}

func TestAWarmPassOfAnyStackAllocatesNothing(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		for _, c := range differences {
			m, w := stacked(t, c.input, c.stack...)
			m.Single(single)
			x, grad := random(6, m.In(), rand.New(rand.NewPCG(1, 1))), make([]float64, len(w))
			pass := nn.Pass{Train: true}
			if n := testing.AllocsPerRun(20, func() { pass.Step++; m.Forward(w, x, pass); m.Backward(w, grad) }); n != 0 {
				t.Errorf("%s: %v allocations", c.name, n)
			}
		}
	})
}

func TestASecondPassGivesTheSameBits(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		for _, c := range differences {
			var first []float64
			for range 2 {
				m, w := stacked(t, c.input, c.stack...)
				m.Single(single)
				x, grad := random(6, m.In(), rand.New(rand.NewPCG(1, 1))), make([]float64, len(w))
				for i := range x.Data {
					x.Data[i] = math.Abs(math.Trunc(x.Data[i])) // embeddings want indices
				}
				m.Forward(w, x, nn.Pass{Train: true, Step: 4})
				copy(m.OutGrad().Data, gaussian(6*m.Out()))
				m.Backward(w, grad)
				if first == nil {
					first = grad
				} else if !slices.Equal(first, grad) {
					t.Errorf("%s: other gradients the second time", c.name)
				}
			}
		}
	})
}

// The buffers are full of NaN after the first pass.
func TestNothingRemainsOfThePassBefore(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		for _, c := range differences {
			var grads [2][]float64
			for i := range grads {
				m, w := stacked(t, c.input, c.stack...)
				m.Single(single)
				grads[i] = make([]float64, len(w))
				x := matrix(4, slices.Repeat([]float64{math.NaN()}, 4*m.In()))
				pass := nn.Pass{Train: true, Try: 1}
				if i == 1 {
					m.Forward(w, x, pass)
					copy(m.OutGrad().Data, slices.Repeat([]float64{math.NaN()}, 4*m.Out()))
					m.Backward(w, grads[i])
				}
				for k := range x.Data {
					x.Data[k] = float64(k * k % 5)
				}
				m.Forward(w, x, pass)
				copy(m.OutGrad().Data, gaussian(4*m.Out()))
				m.Backward(w, grads[i])
			}
			if !slices.Equal(grads[0], grads[1]) {
				t.Errorf("%s: gradients %v, first %v", c.name, grads[1], grads[0])
			}
		}
	})
}

func TestMaxPoolSendsTheGradientToTheFirstOfEquals(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		m, _ := stacked(t, []int{2, 1, 3}, "conv2d 1 kernel=1", "max-pool 1x3")
		m.Single(single)
		w, grad := []float64{1, 1, 0}, make([]float64, 3)
		m.Forward(w, matrix(1, []float64{0, 1, 2, 0, 4, 3}), nn.Pass{Train: true}) // 0, 5, 5
		m.OutGrad().Data[0] = 1
		m.Backward(w, grad)
		if !slices.Equal(grad, []float64{1, 4, 1}) {
			t.Errorf("gradient %v", grad)
		}
	})
}

func TestInEvaluationRowsDoNotTouchEachOther(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		for _, c := range differences {
			m, w := stacked(t, c.input, c.stack...)
			m.Single(single)
			x := random(5, m.In(), rand.New(rand.NewPCG(1, 1)))
			for i := range x.Data {
				x.Data[i] = math.Abs(math.Trunc(x.Data[i]))
			}
			m.Forward(w, x, nn.Pass{Train: true})
			batch := slices.Clone(m.Forward(w, x, nn.Pass{}).Data)
			for r := range x.Rows {
				one := matrix(1, x.Data[r*m.In():(r+1)*m.In()])
				if got := m.Forward(w, one, nn.Pass{}).Data; !slices.Equal(got, batch[r*m.Out():(r+1)*m.Out()]) {
					t.Errorf("%s: row %d alone gives %v", c.name, r, got)
				}
			}
		}
	})
}

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

func TestEachRoleStartsInItsOwnWay(t *testing.T) {
	for _, in := range nn.Inits() {
		m, w := stacked(t, []int{3}, "embedding num=500 dim=8", "flatten", "layer-norm", "dense 2")
		nn.Init(w, m.Layout(), nn.Spec{Init: in.Name, InitValue: 0.3}, rand.New(rand.NewPCG(2, 0)))
		mean, square := 0.0, 0.0
		vectors := m.Layout()[0].Of(w)
		for _, v := range vectors {
			mean += v / float64(len(vectors))
			square += v * v / float64(len(vectors))
		}
		if math.Abs(mean) > 0.05 || math.Abs(square-1) > 0.08 {
			t.Errorf("%s: vectors of mean %v and square %v", in.Name, mean, square)
		}
		for i := range 24 {
			if gain, shift := m.Layout()[1].Of(w)[i], m.Layout()[2].Of(w)[i]; gain != 1 || shift != 0 {
				t.Errorf("%s: gain %v, shift %v", in.Name, gain, shift)
			}
		}
	}
}

// torch.nn.GRU draws all of its tensors from ±1/√hidden.
func TestAGRUStartsAsPyTorchs(t *testing.T) {
	m, w := stacked(t, []int{3, 40}, "gru 100")
	for _, seg := range m.Layout() {
		top, sum := 0.0, 0.0
		for _, v := range seg.Of(w) {
			top = max(top, math.Abs(v))
			sum += v / float64(seg.Size())
		}
		if top > 0.1 || top < 0.098 || math.Abs(sum) > 0.01 {
			t.Errorf("%s reaches %v with a mean of %v", seg.Name, top, sum)
		}
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

func TestEntriesAreReadAndWritten(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"dense 32", "dense out=32"},
		{" dense\tout=32 ", "dense out=32"},
		{"relu", "relu"},
		{"conv2d 8 kernel=3x5 padding=1", "conv2d out=8 kernel=3x5 padding=1"},
		{"dropout", "dropout"},
		{"residual{dense 2;relu;residual{dense 3;dense 2}}", "residual { dense out=2; relu; residual { dense out=3; dense out=2 } }"},
	} {
		e, err := nn.ParseEntry(c.text)
		if err != nil || e.String() != c.want {
			t.Errorf("%q: %v, %v, want %q", c.text, e, err, c.want)
			continue
		}
		if again, err := nn.ParseEntry(e.String()); err != nil || again.String() != c.want {
			t.Errorf("%q is read back as %v, %v", c.want, again, err)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"", "there is a layer without a kind"},
		{"{ relu }", "there is a layer without a kind"},
		{"desne 3", `there is no layer "desne"; did you mean "dense"?`},
		{"dense", "dense needs out: number of output units"},
		{"dense 3 4", `dense is followed by "4" where key=value is wanted`},
		{"relu 3", `relu is followed by "3" where key=value is wanted`},
		{"dense 3 out=4", "out is given twice"},
		{"dense 2x3", `dense: out takes an integer from 1 to 1048576, not "2x3"`},
		{"conv2d 2 kernel=3x", `conv2d: kernel takes an integer from 1 to 1048576, not "3x"`},
		{"conv2d 2 kernel=3x3x3", `conv2d: kernel takes an integer from 1 to 1048576, not "3x3x3"`},
		{"dense 2 bias=no", `dense: bias takes true or false, not "no"`},
		{"leaky_relu slop=2", `leaky_relu has no setting "slop"; did you mean "slope"?`},
		{"dropout NaN", `dropout: p takes a number from 0 to 1, not "NaN"`},
		{"residual", "residual needs layers of its own, as in residual { dense 32; relu; dense 32 }"},
		{"residual of=relu", "of takes a list of layers"},
		{"residual { relu", "residual { has no } at its end"},
		{"residual { relu; }", "there is a layer without a kind"},
		{"relu { relu }", `relu has no settings, so no "of"`},
	} {
		if _, err := nn.ParseEntry(c.text); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
	if _, err := nn.ParseEntry("frobnicate"); err == nil || !strings.HasPrefix(err.Error(), `there is no layer "frobnicate", only dense, conv2d, `) {
		t.Error(err)
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

func TestMaxPoolShowsNaN(t *testing.T) {
	m, w := stacked(t, []int{1, 2, 3}, "residual { relu }", "max-pool 2x3")
	for _, c := range []struct{ in, out []float64 }{
		{[]float64{1, 5, 5, 5, 2, 0}, []float64{10}},
		{[]float64{1, 5, 5, math.NaN(), 2, 9}, []float64{math.NaN()}},
	} {
		got := m.Forward(w, matrix(1, c.in), nn.Pass{Train: true}).Data
		if math.Float64bits(got[0]) != math.Float64bits(c.out[0]) && !(got[0] != got[0] && c.out[0] != c.out[0]) {
			t.Errorf("%v: %v, want %v", c.in, got, c.out)
		}
	}
}

func TestDropoutHidesAShareAndScalesTheRest(t *testing.T) {
	for _, p := range []float64{0, 0.1, 0.5, 0.9, 1} {
		m, _ := stacked(t, []int{1000}, fmt.Sprint("dropout ", p))
		x := random(100, 1000, rand.New(rand.NewPCG(1, 1)))
		zeros := 0.0
		for i, v := range m.Forward(nil, x, nn.Pass{Train: true, Step: 1, Seed: 9}).Data {
			switch {
			case v == 0:
				zeros++
			case math.Abs(v*(1-p)-x.Data[i]) > 1e-15*math.Abs(v):
				t.Fatalf("p %v: %v became %v", p, x.Data[i], v)
			}
		}
		n := float64(len(x.Data))
		if math.Abs(zeros/n-p) > 4*math.Sqrt(p*(1-p)/n) {
			t.Errorf("p %v: a share of %v is 0", p, zeros/n)
		}
	}
}

func TestDropoutPassesEverythingInEvaluation(t *testing.T) {
	m, _ := stacked(t, []int{50}, "dropout 0.5")
	x := random(2, 50, rand.New(rand.NewPCG(1, 1)))
	m.Forward(nil, x, nn.Pass{Train: true, Step: 1})
	if got := m.Forward(nil, x, nn.Pass{Step: 1}).Data; !slices.Equal(got, x.Data) {
		t.Errorf("%v became %v", x.Data, got)
	}
}

func TestTheMaskOfDropoutFollowsFromSeedStepAndLayer(t *testing.T) {
	mask := func(pass nn.Pass, stack ...string) string {
		m, _ := stacked(t, []int{64}, stack...)
		x := matrix(1, slices.Repeat([]float64{1}, 64))
		var b strings.Builder
		for _, v := range m.Forward(nil, x, pass).Data {
			b.WriteByte("01"[int(min(v, 1))])
		}
		return b.String()
	}
	pass := nn.Pass{Train: true, Step: 7, Seed: 3}
	first := mask(pass, "dropout")
	for _, c := range []struct {
		name  string
		pass  nn.Pass
		stack []string
		same  bool
	}{
		{"again", pass, []string{"dropout"}, true},
		{"another try", nn.Pass{Train: true, Step: 7, Seed: 3, Try: 4}, []string{"dropout"}, true},
		{"another step", nn.Pass{Train: true, Step: 8, Seed: 3}, []string{"dropout"}, false},
		{"another seed", nn.Pass{Train: true, Step: 7, Seed: 4}, []string{"dropout"}, false},
		{"another layer", pass, []string{"relu", "dropout"}, false},
	} {
		if same := mask(c.pass, c.stack...) == first; same != c.same {
			t.Errorf("%s: the same mask: %v", c.name, same)
		}
	}
}

func TestOnlyTheFirstTryOfAStepMovesTheStatistics(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		m, w := stacked(t, []int{2}, "residual { batch-norm }")
		m.Single(single)
		x := random(5, 2, rand.New(rand.NewPCG(1, 1)))
		var names []string
		for _, b := range m.State() {
			names = append(names, b.Name)
		}
		if got := strings.Join(names, " "); got != "0.0.running_mean 0.0.running_var" {
			t.Errorf("buffers %s", got)
		}
		before := slices.Clone(m.State()[0].Data)
		m.Forward(w, x, nn.Pass{Train: true, Try: 1})
		m.Forward(w, x, nn.Pass{})
		if !slices.Equal(m.State()[0].Data, before) {
			t.Error("a second try or an evaluation moves them")
		}
		m.Forward(w, x, nn.Pass{Train: true})
		if slices.Equal(m.State()[0].Data, before) {
			t.Error("the first try does not move them")
		}
	})
}

func TestABatchOfOneRowLeavesTheRunningVarianceAlone(t *testing.T) {
	m, w := stacked(t, []int{2}, "batch-norm")
	y := m.Forward(w, matrix(1, []float64{3, -8}), nn.Pass{Train: true})
	mean, variance := m.State()[0].Data, m.State()[1].Data
	if !slices.Equal(y.Data, []float64{0, 0}) || !near(mean, []float64{0.3, -0.8}, 1e-15) || !slices.Equal(variance, []float64{1, 1}) {
		t.Errorf("outputs %v, mean %v, variance %v", y.Data, mean, variance)
	}
}

func TestAnIndexWithoutAVectorIsShown(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		m, w := stacked(t, []int{3}, "embedding num=4 dim=2")
		m.Single(single)
		for _, bad := range []float64{-1, 4, 0.5, math.NaN(), math.Inf(1), 1e300} {
			x := matrix(1, []float64{0, bad, 3})
			y := m.Forward(w, x, nn.Pass{Train: true}).Data
			if !nn.Finite(y[:2]) || !math.IsNaN(y[2]) || !math.IsNaN(y[3]) || !nn.Finite(y[4:]) {
				t.Errorf("%v: %v", bad, y)
			}
			m.Backward(w, make([]float64, len(w)))
			want := fmt.Sprintf("layer 0 (embedding) has a vector for each integer from 0 to 3, but the data hold %v", bad)
			if err := m.CheckInput(x); err == nil || err.Error() != want {
				t.Errorf("%v: %v", bad, err)
			}
		}
		if err := m.CheckInput(matrix(1, []float64{0, 1, 3})); err != nil {
			t.Error(err)
		}
	})
}
