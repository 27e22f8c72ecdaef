package curvature_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"descent/core"
	"descent/core/curvature"
	"descent/core/knob"
	"descent/core/probe"
	"descent/presets/presettest"
)

const small = `
seed = 3
[data]
set = "sine"
samples = 40
[model]
layers = [1, 7, 5, 1]
activation = "tanh"
[loss]
name = "mse"
[optimizer]
name = "gd"
lr = 0.1
[train]
batch = 0
`

// dense is the Hessian by central differences of gradients in every direction.
func dense(t *core.Trainer) [][]float64 {
	const h = 1e-5
	p := slices.Clone(t.Params())
	ahead, behind := make([]float64, len(p)), make([]float64, len(p))
	out := make([][]float64, len(p))
	for i := range p {
		was := p[i]
		p[i] = was + h
		t.GradientAt(p, ahead, t.Data().Train)
		p[i] = was - h
		t.GradientAt(p, behind, t.Data().Train)
		p[i] = was
		out[i] = make([]float64, len(p))
		for j := range ahead {
			out[i][j] = (ahead[j] - behind[j]) / (2 * h)
		}
	}
	return out
}

// top is the largest eigenvalue of D H D, by many steps of power iteration on a shifted
// matrix.
func top(h [][]float64, d []float64) float64 {
	n := len(h)
	v, next := make([]float64, n), make([]float64, n)
	for i := range v {
		v[i] = math.Sin(float64(i) + 1)
	}
	bound := 0.0 // the matrix is positive once this is added
	for i := range h {
		row := 0.0
		for j := range h {
			row += math.Abs(d[i] * h[i][j] * d[j])
		}
		bound = max(bound, row)
	}
	value := 0.0
	for range 3000 {
		length := 0.0
		for i := range h {
			next[i] = bound * v[i]
			for j := range h {
				next[i] += d[i] * h[i][j] * d[j] * v[j]
			}
			length += next[i] * next[i]
		}
		length = math.Sqrt(length)
		for i := range v {
			v[i] = next[i] / length
		}
		value = length - bound
	}
	return value
}

func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }

func near(t *testing.T, what string, got, want, share float64) {
	t.Helper()
	if !(math.Abs(got-want) <= share*math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestTheLargestEigenvalueIsThatOfTheHessianWrittenOut(t *testing.T) {
	for _, steps := range []int{0, 300} {
		tr := presettest.Trained(t, small, steps)
		hash := tr.Hash()
		f := presettest.Find[curvature.Sharp](curvature.Sharpness{}, tr)
		near(t, "λmax", f.Hessian.Value, top(dense(tr), ones(len(tr.Params()))), 1e-3)
		near(t, "the limit", f.Limit.Limit, 20, 1e-12)
		if !f.Hessian.Done || f.Rows != 40 || f.Preconditioned.Products != 0 {
			t.Errorf("found %+v", f)
		}
		if tr.Hash() != hash {
			t.Error("the copy was left elsewhere")
		}
	}
}

func TestAnAdaptiveOptimizersEigenvalueIsPreconditioned(t *testing.T) {
	for _, name := range []string{"adam", "rmsprop", "adagrad"} {
		tr := presettest.Trainer(t, small)
		presettest.Set(t, tr, "optimizer.name", knob.Word(name))
		presettest.Set(t, tr, "optimizer.lr", knob.Num(0.003))
		if f := presettest.Find[curvature.Sharp](curvature.Sharpness{}, tr); f.Limit.None == "" || f.Regime() != curvature.Unknown {
			t.Errorf("%s has a limit before its first step: %+v", name, f.Limit)
		}
		for range 200 {
			tr.Step()
		}
		d := tr.Stability().Scale
		for i := range d {
			d[i] = math.Sqrt(d[i])
		}
		f := presettest.Find[curvature.Sharp](curvature.Sharpness{}, tr)
		h := dense(tr)
		near(t, name+": λmax", f.Hessian.Value, top(h, ones(len(h))), 1e-3)
		near(t, name+": λmax preconditioned", f.Preconditioned.Value, top(h, d), 1e-3)
		near(t, name+": the share", f.Share(), f.Preconditioned.Value/f.Limit.Limit, 1e-12)
	}
}

// What is frozen or pruned has no part in the Hessian.
func TestFrozenLayersAndPrunedWeightsDoNotCount(t *testing.T) {
	tr := presettest.Trained(t, small, 50)
	all := presettest.Find[curvature.Sharp](curvature.Sharpness{}, tr)
	presettest.Set(t, tr, "finetune.only", knob.Word("last layer"))
	last := presettest.Find[curvature.Sharp](curvature.Sharpness{}, tr)
	h := dense(tr)
	n := len(h)
	open := make([]float64, n)
	for i := n - 6; i < n; i++ {
		open[i] = 1
	}
	near(t, "λmax of the last layer", last.Hessian.Value, top(h, open), 1e-3)
	if !(last.Hessian.Value < all.Hessian.Value) {
		t.Errorf("a part is sharper, %v, than the whole, %v", last.Hessian.Value, all.Hessian.Value)
	}
}

func TestASurfaceIsAsSharpAsItsFormula(t *testing.T) {
	tr := presettest.Trainer(t, "[surface]\nname = \"ravine\"\nkappa = 50\nx = 1\ny = 1\n[optimizer]\nname = \"momentum\"\nlr = 0.01\n")
	f := presettest.Find[curvature.Sharp](curvature.Sharpness{}, tr)
	near(t, "λmax of the ravine", f.Hessian.Value, 50, 1e-6)
	near(t, "the limit of momentum", f.Limit.Limit, 380, 1e-9)
	if f.Regime() != curvature.Stable {
		t.Errorf("regime %v", f.Regime())
	}
}

func TestWhatIsNotFiniteIsSaid(t *testing.T) {
	tr := presettest.Trainer(t, small)
	presettest.Set(t, tr, "optimizer.lr", knob.Num(1e3))
	for range 500 {
		tr.Step()
	}
	if tr.Finite() {
		t.Skip("it does not diverge")
	}
	f := presettest.Find[curvature.Sharp](curvature.Sharpness{}, tr)
	if !math.IsNaN(f.Hessian.Value) || f.Regime() != curvature.Unknown {
		t.Errorf("of NaN: %+v", f)
	}
	presettest.Find[curvature.Noise](curvature.GradientNoise{}, tr)
	presettest.Find[[]curvature.Layer](curvature.Layers{}, tr)
	presettest.Find[curvature.Heights](curvature.Landscape{Path: true, Radius: 0.1, W: 5, H: 4}, tr)
}

func TestProbesEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tr := presettest.Trained(t, small, 5)
	for _, p := range []interface {
		Measure(context.Context, *core.Trainer) any
	}{curvature.Sharpness{}, curvature.GradientNoise{}, curvature.Layers{}, curvature.Landscape{Radius: 1, W: 9, H: 9}} {
		p.Measure(ctx, tr)
	}
	f := curvature.Landscape{Radius: 1, W: 9, H: 9}.Measure(ctx, tr).(curvature.Heights)
	if f.Done != 0 {
		t.Errorf("%d points were evaluated", f.Done)
	}
}

// tr Σ and |G|² against the sums over the gradients of single rows.
func TestTheNoiseScaleIsThatOfTheRowsGradients(t *testing.T) {
	tr := presettest.Trained(t, small, 1)
	n := presettest.Find[curvature.Noise](curvature.GradientNoise{}, tr)
	train := tr.Data().Train
	rows := train.Rows()
	grads := make([][]float64, rows)
	mean := make([]float64, len(tr.Params()))
	for r := range rows {
		grads[r] = make([]float64, len(mean))
		tr.GradientAt(tr.Params(), grads[r], train.Cut(r, r+1))
		for i, g := range grads[r] {
			mean[i] += g / float64(rows)
		}
	}
	trace, square := 0.0, 0.0
	for i, m := range mean {
		square += m * m
		for _, g := range grads {
			trace += (g[i] - m) * (g[i] - m) / float64(rows-1)
		}
	}
	if n.Batch != 1 || n.Batches != rows {
		t.Fatalf("%+v", n)
	}
	near(t, "tr Σ", n.Trace, trace, 1e-9)
	near(t, "|G|²", n.Square, square-trace/float64(rows), 1e-9)
	near(t, "the noise scale", n.Scale(), n.Trace/n.Square, 1e-12)
}

func TestLayersCountWhatTheyHold(t *testing.T) {
	tr := presettest.Trained(t, small, 30)
	layers := presettest.Find[[]curvature.Layer](curvature.Layers{}, tr)
	units := presettest.Find[[]probe.LayerUnits](probe.Units{}, tr)
	square := 0.0
	for _, l := range layers {
		if !math.IsNaN(l.Gradient) {
			square += l.Gradient * l.Gradient
		}
		switch l.Kind {
		case "dense":
			if l.Weights.Total() == 0 || l.Weights.Total() != l.Gradients.Total() {
				t.Errorf("layer %s: %d weights, %d gradients", l.Name, l.Weights.Total(), l.Gradients.Total())
			}
		case "tanh":
			if l.Activations.Total() != 40*l.Units || l.Activations.Low < -1 || l.Activations.High > 1 {
				t.Errorf("layer %s: %+v", l.Name, l.Activations)
			}
			if l.Units != units[0].Units && l.Units != units[1].Units {
				t.Errorf("layer %s has %d units", l.Name, l.Units)
			}
		}
	}
	near(t, "‖∇L‖ of the layers", math.Sqrt(square), presettest.Find[curvature.Sharp](curvature.Sharpness{}, tr).Gradient, 1e-12)
}
