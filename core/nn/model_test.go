package nn_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

func random(rows, cols int, rng *rand.Rand) blas64.General {
	m := blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: make([]float64, rows*cols)}
	for i := range m.Data {
		m.Data[i] = rng.NormFloat64()
	}
	return m
}

func build(t testing.TB, activation string, layers ...int) (*nn.Model, []float64) {
	t.Helper()
	m, err := nn.New(nn.Spec{Layers: layers, Activation: activation, Init: "torch"})
	if err != nil {
		t.Fatal(err)
	}
	w := make([]float64, m.Layout().Size())
	nn.Init(w, m.Layout(), nn.Spec{Init: "torch"}, rand.New(rand.NewPCG(1, 0)))
	return m, w
}

// nearKink tells whether an activation would have a bend (of relus at 0, of
// hard-swish at ±3) within reach of a difference.
func nearKink(m *nn.Model, w []float64, x blas64.General) (near bool) {
	m.Forward(w, x, nn.Pass{})
	m.Passes(func(i int, out, _ blas64.General) {
		if len(m.Layers()[i].Params()) == 0 {
			for _, v := range x.Data[:x.Rows*x.Cols] {
				near = near || math.Abs(v) < 1e-3 || math.Abs(math.Abs(v)-3) < 1e-3
			}
		}
		x = out
	})
	return near
}

// The network is made a number by a random weight for each output.
func TestGradientsEqualFiniteDifferences(t *testing.T) {
	sizes := [][]int{{3, 2}, {1, 1}, {2, 5, 3}, {4, 6, 5, 2}, {3, 1, 4}}
	for _, act := range nn.Activations() {
		for _, layers := range sizes {
			m, w := build(t, act.Name, layers...)
			rng := rand.New(rand.NewPCG(7, 0))
			x := random(5, layers[0], rng)
			for nearKink(m, w, x) {
				x = random(5, layers[0], rng)
			}
			c := random(5, m.Out(), rng)
			value := func() float64 {
				sum := 0.0
				for i, v := range m.Forward(w, x, nn.Pass{Train: true}).Data {
					sum += c.Data[i] * v
				}
				return sum
			}
			value()
			copy(m.OutGrad().Data, c.Data)
			grad := make([]float64, len(w))
			for i := range grad {
				grad[i] = math.NaN() // to be overwritten
			}
			m.Backward(w, grad)
			for i, v := range w {
				const h = 1e-5
				w[i] = v + h
				up := value()
				w[i] = v - h
				down := value()
				w[i] = v
				if want := (up - down) / (2 * h); !(math.Abs(grad[i]-want) <= 1e-6*max(math.Abs(want), 1e-2)) {
					t.Errorf("%s %v, weight %d: gradient %v, difference %v", act.Name, layers, i, grad[i], want)
				}
			}
		}
	}
}

func TestActivationValues(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		tolerance := 1e-15
		if single {
			tolerance = 1.2e-7
		}
		for name, f := range map[string]func(float64) float64{
			"identity":   func(x float64) float64 { return x },
			"relu":       func(x float64) float64 { return max(x, 0) },
			"leaky_relu": func(x float64) float64 { return max(x, x/100) },
			"elu":        func(x float64) float64 { return max(x, math.Expm1(min(x, 0))) },
			"gelu":       func(x float64) float64 { return x / 2 * math.Erfc(-x/math.Sqrt2) },
			"silu":       func(x float64) float64 { return x / (1 + math.Exp(-x)) },
			"softplus":   func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) },
			"hard-swish": func(x float64) float64 { return x / 6 * min(max(x+3, 0), 6) },
			"tanh":       math.Tanh,
			"sigmoid":    func(x float64) float64 { return 0.5 + math.Tanh(x/2)/2 },
		} {
			m, _ := build(t, name, 1, 1, 1)
			m.Single(single)
			for _, x := range []float64{-800, -3, -1e-9, 0, 1e-9, 0.5, 3, 800} {
				in := blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: []float64{x}}
				got := m.Forward([]float64{1, 0, 1, 0}, in, nn.Pass{}).Data[0] // both layers pass x on
				if math.Abs(got-f(x)) > tolerance*max(1, math.Abs(x)) {
					t.Errorf("%s(%v) = %v, want %v", name, x, got, f(x))
				}
			}
		}
	})
}

func TestNaNPassesEveryActivation(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		for _, act := range nn.Activations() {
			m, _ := build(t, act.Name, 1, 1, 1)
			m.Single(single)
			in := blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: []float64{math.NaN()}}
			if got := m.Forward([]float64{1, 0, 1, 0}, in, nn.Pass{}).Data[0]; !math.IsNaN(got) {
				t.Errorf("%s turns NaN into %v", act.Name, got)
			}
		}
	})
}

func TestRowsOfABatchDoNotTouchEachOther(t *testing.T) {
	inBoth(t, func(t *testing.T, single bool) {
		m, w := build(t, "tanh", 4, 7, 3)
		m.Single(single)
		x := random(9, 4, rand.New(rand.NewPCG(2, 0)))
		batch := slices.Clone(m.Forward(w, x, nn.Pass{}).Data)
		for r := range x.Rows {
			one := blas64.General{Rows: 1, Cols: 4, Stride: 4, Data: x.Data[r*4 : r*4+4]}
			if got := m.Forward(w, one, nn.Pass{}).Data; !slices.Equal(got, batch[r*3:r*3+3]) {
				t.Errorf("row %d alone gives %v, in the batch %v", r, got, batch[r*3:r*3+3])
			}
		}
	})
}

func TestTensorsAreNamedAsPyTorchSequential(t *testing.T) {
	m, w := build(t, "relu", 4, 3, 2)
	var names []string
	for _, seg := range m.Layout() {
		names = append(names, seg.Name)
	}
	if got := strings.Join(names, " "); got != "0.weight 0.bias 2.weight 2.bias" {
		t.Errorf("tensors %s", got)
	}
	if seg := m.Layout()[2]; !slices.Equal(seg.Shape, []int{2, 3}) || seg.Offset != 15 || len(w) != 23 {
		t.Errorf("2.weight has shape %v at %d of %d", seg.Shape, seg.Offset, len(w))
	}
	if m.In() != 4 || m.Out() != 2 {
		t.Errorf("widths %d and %d", m.In(), m.Out())
	}
}

func TestSizesThatMakeNoSenseAreRefused(t *testing.T) {
	for _, c := range []struct {
		layers []int
		want   string
	}{
		{nil, "model.layers needs at least an input and an output width, not []"},
		{[]int{3}, "model.layers needs at least an input and an output width, not [3]"},
		{[]int{3, 0, 2}, "model.layers needs widths of at least 1, not [3 0 2]"},
		{[]int{16384, 16384}, "model.layers [16384 16384] would make 2.68e+08 parameters; the most is 2^28"},
		{[]int{1 << 62, 1 << 62}, "model.layers [4611686018427387904 4611686018427387904] would make 2.13e+37 parameters; the most is 2^28"},
	} {
		_, err := nn.New(nn.Spec{Layers: c.layers, Activation: "relu", Init: "torch"})
		if err == nil || err.Error() != c.want {
			t.Errorf("%v: %v, want %q", c.layers, err, c.want)
		}
	}
}

func TestEveryInitStaysWithinItsScale(t *testing.T) {
	for _, in := range nn.Inits() {
		m, w := build(t, "relu", 100, 50, 3)
		for i := range w {
			w[i] = math.NaN() // to be overwritten
		}
		nn.Init(w, m.Layout(), nn.Spec{Init: in.Name, InitValue: 0.3}, rand.New(rand.NewPCG(3, 0)))
		kernel := m.Layout()[0].Of(w)
		mean, square := 0.0, 0.0
		for _, v := range kernel {
			mean += v / float64(len(kernel))
			square += v * v
		}
		deviation := math.Sqrt(square / float64(len(kernel)))
		want, known := map[string]float64{ // of a kernel of 50 rows and 100 columns
			"torch": 0.1 / math.Sqrt(3), "he": math.Sqrt(0.02), "lecun": 0.1,
			"xavier": math.Sqrt(2. / 150), "orthogonal": 0.1, "zero": 0, "constant": 0.3,
		}[in.Name]
		if !known {
			t.Errorf("%s: the deviation to expect is missing here", in.Name)
		}
		if want != 0 && (math.Abs(deviation/want-1) > 0.03 || in.Name != "constant" && math.Abs(mean) > 0.05*want) {
			t.Errorf("%s: mean %v, deviation %v, want 0 and %v", in.Name, mean, deviation, want)
		}
		if !nn.Finite(w) || in.Name == "torch" && slices.Max(kernel) > 0.1 || in.Help == "" {
			t.Errorf("%s: weights out of bounds, or no help", in.Name)
		}
	}
}

// Rows where they are the fewer, else columns.
func TestOrthogonalKernelsAreOrthonormal(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {1, 7}, {7, 1}, {5, 5}, {40, 60}, {60, 40}} {
		in, out := size[0], size[1]
		m, w := build(t, "tanh", in, out)
		nn.Init(w, m.Layout(), nn.Spec{Init: "orthogonal"}, rand.New(rand.NewPCG(4, 0)))
		kernel := m.Layout()[0].Of(w)
		vectors, long, next, step := out, in, in, 1
		if out > in {
			vectors, long, next, step = in, out, 1, in
		}
		for a := range vectors {
			for b := range a + 1 {
				product := 0.0
				for i := range long {
					product += kernel[a*next+i*step] * kernel[b*next+i*step]
				}
				if a == b {
					product--
				}
				if math.Abs(product) > 1e-12 {
					t.Fatalf("%d to %d: vectors %d and %d are off by %v", in, out, a, b, product)
				}
			}
		}
	}
}

func TestFiniteSeesEveryPlace(t *testing.T) {
	for n := range 10 {
		v := make([]float64, n)
		for i := range v {
			v[i] = math.MaxFloat64
		}
		if !nn.Finite(v) {
			t.Errorf("%v is finite", v)
		}
		for i := range v {
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				v[i] = bad
				if nn.Finite(v) {
					t.Errorf("%v is not finite", v)
				}
			}
			v[i] = 0
		}
	}
}

func TestNonFiniteNamesTheFirstPlace(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name  string
		spoil func(w, grad, x []float64)
		want  string
	}{
		{"nothing", func(_, _, _ []float64) {}, ""},
		{"a weight", func(w, _, _ []float64) { w[4] = nan }, "the weights of layer 2 (dense)"},
		{"an input", func(_, _, x []float64) { x[0] = nan }, "the output of layer 0 (dense)"},
		{"a gradient", func(_, grad, _ []float64) { grad[0] = nan }, "the gradient of layer 0 (dense)"},
		{"a later gradient", func(_, grad, _ []float64) { grad[0], grad[4] = nan, nan }, "the gradient of layer 2 (dense)"},
	} {
		m, w := build(t, "tanh", 1, 2, 1)
		x, grad := random(1, 1, rand.New(rand.NewPCG(1, 1))), make([]float64, len(w))
		c.spoil(w, grad, x.Data)
		m.Forward(w, x, nn.Pass{})
		if got := m.NonFinite(w, grad); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAWarmPassAllocatesNothing(t *testing.T) {
	for _, act := range nn.Activations() {
		m, w := build(t, act.Name, 8, 16, 4)
		x, grad := random(10, 8, rand.New(rand.NewPCG(1, 1))), make([]float64, len(w))
		m.Reserve(10)
		if n := testing.AllocsPerRun(20, func() { m.Forward(w, x, nn.Pass{}); m.Backward(w, grad) }); n != 0 {
			t.Errorf("%s: %v allocations", act.Name, n)
		}
	}
}

func TestAWrongInputPanics(t *testing.T) {
	m, w := build(t, "relu", 3, 2)
	defer func() {
		if got := recover(); got != "nn: input 1×2 and 8 weights given to a model of input width 3 and 8 weights" {
			t.Errorf("panic %v", got)
		}
	}()
	m.Forward(w, random(1, 2, rand.New(rand.NewPCG(1, 1))), nn.Pass{})
}
