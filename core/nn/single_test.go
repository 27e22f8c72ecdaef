package nn_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

// passed is what a pass there and back leaves behind.
type passed struct{ out, grad, din []float64 }

// passIn runs a batch through a network in a precision, which was in the other before.
func passIn(m *nn.Model, single bool, w []float64, x, slope blas64.General, pass nn.Pass) passed {
	m.Single(!single)
	m.Forward(w, x, nn.Pass{})
	m.Single(single)
	p := passed{grad: make([]float64, len(w)), din: make([]float64, len(x.Data))}
	p.out = slices.Clone(m.Forward(w, x, pass).Data)
	copy(m.OutGrad().Data, slope.Data)
	m.BackwardInput(w, p.grad, matrix(x.Rows, p.din))
	return p
}

// agree holds numbers of float32 to those of float64, by the largest of them.
func agree(t *testing.T, what string, single, double []float64, tolerance float64) {
	t.Helper()
	largest := 1.0
	for _, v := range double {
		largest = max(largest, v, -v)
	}
	for i, v := range double {
		if d := single[i] - v; !(d <= tolerance*largest && d >= -tolerance*largest) {
			t.Errorf("%s, number %d: %v in float32, %v in float64", what, i, single[i], v)
			return
		}
		if float64(float32(single[i])) != single[i] {
			t.Errorf("%s, number %d: %v is no float32", what, i, single[i])
			return
		}
	}
}

// Outputs and gradients of every kind of layer in float32 are those of float64, to what
// float32 holds, in training and in evaluation.
func TestPassesInFloat32AreThoseOfFloat64(t *testing.T) {
	for _, c := range differences {
		for _, train := range []bool{true, false} {
			rng := rand.New(rand.NewPCG(11, 0))
			m, w := stacked(t, c.input, c.stack...)
			x := random(5, m.In(), rng)
			if strings.HasPrefix(c.stack[0], "embedding") {
				for i := range x.Data {
					x.Data[i] = float64(rng.IntN(5))
				}
			}
			slope := random(5, m.Out(), rng)
			pass := nn.Pass{Train: train, Step: 1, Seed: 3, Try: 1}
			double, single := passIn(m, false, w, x, slope, pass), passIn(m, true, w, x, slope, pass)
			agree(t, c.name+": outputs", single.out, double.out, 2e-6)
			agree(t, c.name+": gradient", single.grad, double.grad, 4e-6)
			agree(t, c.name+": gradient of the inputs", single.din, double.din, 4e-6)
		}
	}
}

func TestActivationsInFloat32AreThoseOfFloat64(t *testing.T) {
	for _, act := range nn.Activations() {
		for _, layers := range [][]int{{3, 2}, {2, 5, 3}, {4, 37, 5, 2}} {
			rng := rand.New(rand.NewPCG(7, 0))
			m, w := build(t, act.Name, layers...)
			x := random(5, layers[0], rng)
			for nearKink(m, w, x) {
				x = random(5, layers[0], rng)
			}
			slope := random(5, m.Out(), rng)
			double, single := passIn(m, false, w, x, slope, nn.Pass{Train: true}), passIn(m, true, w, x, slope, nn.Pass{Train: true})
			agree(t, act.Name+": outputs", single.out, double.out, 2e-6)
			agree(t, act.Name+": gradient", single.grad, double.grad, 4e-6)
			agree(t, act.Name+": gradient of the inputs", single.din, double.din, 4e-6)
		}
	}
}

// What a model is asked about its last pass it answers for the precision of that pass.
func TestFeaturesActivationsAndPassesAreThoseOfFloat32(t *testing.T) {
	m, w := build(t, "tanh", 4, 6, 3)
	m.Single(true)
	x := random(5, 4, rand.New(rand.NewPCG(1, 1)))
	out := slices.Clone(m.Forward(w, x, nn.Pass{}).Data)
	features, ok := m.Features()
	if !ok || features.Rows != 5 || features.Cols != 6 {
		t.Fatalf("features %v×%v", features.Rows, features.Cols)
	}
	m.Activations(func(_, _ string, _ []int, units blas64.General) {
		if !slices.Equal(units.Data, features.Data) {
			t.Error("the activation is not what goes into the last layer")
		}
	})
	last := 0
	m.Passes(func(i int, made, _ blas64.General) {
		if last = i; i == 2 && !slices.Equal(made.Data, out) {
			t.Error("the last pass is not the outputs")
		}
	})
	if last != 2 {
		t.Errorf("%d passes", last+1)
	}
	alone := make([]float64, len(w))
	copy(m.OutGrad().Data, gaussian(15))
	m.Backward(w, alone)
	m.Forward(w, x, nn.Pass{})
	copy(m.OutGrad().Data, gaussian(15))
	for i := range m.Nudge().Data {
		m.Nudge().Data[i] = 0.5
	}
	both := make([]float64, len(w))
	m.Backward(w, both)
	if slices.Equal(alone[:24], both[:24]) || !slices.Equal(alone[30:], both[30:]) {
		t.Error("the nudge does not reach the layer before the features, or reaches the one behind")
	}
	if where := m.NonFinite(w, both); where != "" {
		t.Errorf("NaN in %s", where)
	}
	w[0] = 1e39 // no float32
	m.Forward(w, x, nn.Pass{})
	if where := m.NonFinite(w, both); where != "the output of layer 0 (dense)" {
		t.Errorf("a weight beyond float32 is found in %q", where)
	}
}
