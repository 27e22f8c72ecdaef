package curvature_test

import (
	"encoding/json"
	"flag"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/curvature"
	"descent/core/knob"
	"descent/presets"
	"descent/presets/presettest"
)

var write = flag.Bool("write", false, "write what testdata/reference.py reads")

// state is what the script is told of a trained network.
type state struct {
	Name    string
	Layers  []int
	X, Y    []float64
	Weights []float64
	Square  []float64 `json:",omitempty"` // Adam's second moment
	Step    int
	LR      float64
	Beta1   float64 `json:",omitempty"`
	Beta2   float64 `json:",omitempty"`
	Eps     float64 `json:",omitempty"`
}

// result is what it found, by PyTorch's exact Hessian.
type result struct {
	Name                    string
	Loss, Gradient          float64
	Largest, Preconditioned float64 // eigenvalues; the second is 0 but for Adam
	Least                   float64
	Square, Trace           float64 // |G|² and tr Σ of the gradients of single rows
	Limit                   float64
	Weights                 float64 // their sum of squares, by which they are known again
}

var trained = []struct {
	name, preset string
	rate         float64 // 0 for the preset's
	edge         bool    // training has reached the edge of stability
}{
	{"chebyshev at 0.05", "chebyshev", 0.05, true},
	{"chebyshev at 0.1", "chebyshev", 0.1, true},
	{"edge-adam", "edge-adam", 0, true},
}

func ofPreset(t *testing.T, name string, rate float64) *core.Trainer {
	t.Helper()
	r, err := presets.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	if rate > 0 {
		presettest.Set(t, tr, "optimizer.lr", knob.Num(rate))
	}
	steps, err := tr.Settings().Find("train.steps")
	if err != nil {
		t.Fatal(err)
	}
	for range int(steps.Value.Num()) {
		tr.Advance()
	}
	return tr
}

func readJSON[T any](t *testing.T, file string) (out T) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// λmax of networks trained to the edge of stability is within a thousandth of that of
// the exact Hessian by PyTorch, and within 3 % of the optimizer's limit.
func TestSharpnessIsThatOfPyTorchsExactHessian(t *testing.T) {
	if *write {
		writeStates(t)
	}
	results := readJSON[[]result](t, "testdata/curvature.json")
	for i, c := range trained {
		t.Run(c.name, func(t *testing.T) {
			tr, want := ofPreset(t, c.preset, c.rate), results[i]
			square := 0.0
			for _, w := range tr.Params() {
				square += w * w
			}
			if want.Name != c.name || math.Abs(square/want.Weights-1) > 1e-9 {
				t.Fatalf("testdata/curvature.json is of other weights: run this test with -write, then reference.py")
			}
			s := presettest.Find[curvature.Sharp](curvature.Sharpness{}, tr)
			near(t, "the loss", s.Loss, want.Loss, 1e-6)
			near(t, "‖∇L‖", s.Gradient, want.Gradient, 1e-5)
			near(t, "λmax", s.Hessian.Value, want.Largest, 1e-3)
			if s.Limit.Adaptive {
				near(t, "λmax preconditioned", s.Preconditioned.Value, want.Preconditioned, 1e-3)
			}
			near(t, "the limit", s.Limit.Limit, want.Limit, 1e-12)
			near(t, "λmax of the limit", s.Share(), 1, 0.03)
			n := presettest.Find[curvature.Noise](curvature.GradientNoise{}, tr)
			near(t, "|G|²", n.Square, want.Square, 1e-4)
			near(t, "tr Σ", n.Trace, want.Trace, 1e-4)
		})
	}
}

// writeStates writes what the networks are after training.
func writeStates(t *testing.T) {
	t.Helper()
	var out []state
	for _, c := range trained {
		tr := ofPreset(t, c.preset, c.rate)
		number := func(path string) float64 {
			v, err := tr.Settings().Find(path)
			if err != nil {
				return 0
			}
			return v.Value.Num()
		}
		s := state{
			Name: c.name, Layers: tr.Recipe().Model.Layers, X: tr.Data().Train.X.Data, Y: tr.Data().Train.Values.Data,
			Weights: slices.Clone(tr.Params()), Step: tr.StepCount(), LR: number("optimizer.lr"),
		}
		for _, b := range tr.Snapshot().State {
			if strings.HasSuffix(b.Name, "adam/square mean") {
				s.Square, s.Beta1, s.Beta2, s.Eps = b.Data, number("optimizer.beta1"), number("optimizer.beta2"), number("optimizer.eps")
			}
		}
		out = append(out, s)
	}
	content, err := json.Marshal(out)
	if err == nil {
		err = os.WriteFile("testdata/states.json", content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
