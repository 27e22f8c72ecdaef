package nn_test

import (
	"encoding/json"
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
