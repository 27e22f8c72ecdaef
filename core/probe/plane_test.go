package probe_test

import (
	"context"
	"math"
	"testing"

	"descent/core/probe"
	"descent/core/surface"
	"descent/presets/presettest"

	"gonum.org/v1/gonum/blas/blas64"
)

func TestThePlaneOfASurfaceIsItsHeightAtTheMiddlesOfItsParts(t *testing.T) {
	tr := presettest.Trainer(t, "[surface]\nname = \"bowl\"\nx = 1\ny = 1\n")
	f := probe.Plane{Box: surface.Box{Left: 0, Right: 2, Bottom: -1, Top: 3}, W: 2, H: 2}.Measure(context.Background(), tr).(probe.Field)
	for i, want := range []float64{(0.25 + 4) / 2, (2.25 + 4) / 2, 0.25 / 2, 2.25 / 2} {
		if math.Abs(f.Value[i]-want) > 1e-15 {
			t.Errorf("point %d is %v high, not %v", i, f.Value[i], want)
		}
	}
}

func TestThePlaneOfAClassifierIsWhatItSaysOfEachPoint(t *testing.T) {
	tr := presettest.Trainer(t, `
[data]
set = "gaussians"
classes = 3
[model]
layers = [2, 9, 3]
activation = "tanh"
[loss]
name = "cross-entropy"
`)
	for range 30 {
		tr.Step()
	}
	p := probe.Plane{Box: surface.Box{Left: -2, Right: 2, Bottom: -2, Top: 2}, W: 31, H: 40}
	f := p.Measure(context.Background(), tr).(probe.Field)
	if len(f.Class) != p.W*p.H || len(f.Share) != p.W*p.H {
		t.Fatalf("%d classes and %d shares for %d points", len(f.Class), len(f.Share), p.W*p.H)
	}
	seen := map[int]bool{}
	for _, i := range []int{0, 17, 600, 1239} {
		x := -2 + 4*(float64(i%p.W)+0.5)/float64(p.W)
		y := 2 - 4*(float64(i/p.W)+0.5)/float64(p.H)
		out := tr.Outputs(blas64.General{Rows: 1, Cols: 2, Stride: 2, Data: []float64{x, y}})
		sum, top, best := 0.0, math.Inf(-1), 0
		for c, v := range out.Data[:3] {
			if v > top {
				top, best = v, c
			}
		}
		for _, v := range out.Data[:3] {
			sum += math.Exp(v - top)
		}
		if f.Class[i] != best || math.Abs(f.Share[i]-1/sum) > 1e-12 {
			t.Errorf("point %d: class %d with %v, not %d with %v", i, f.Class[i], f.Share[i], best, 1/sum)
		}
	}
	for _, c := range f.Class {
		seen[c] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d of 3 classes are in the plane", len(seen))
	}
}

func TestTheLineOfANetworkIsItsFirstOutput(t *testing.T) {
	tr := presettest.Trainer(t, "[data]\nset = \"sine\"\n[model]\nlayers = [1, 8, 1]\nactivation = \"tanh\"\n[loss]\nname = \"mse\"\n")
	got := probe.Line{From: -1, To: 1, N: 5}.Measure(context.Background(), tr).([]float64)
	for i, v := range got {
		out := tr.Outputs(blas64.General{Rows: 1, Cols: 1, Stride: 1, Data: []float64{-1 + float64(i)/2}})
		if v != out.Data[0] {
			t.Errorf("at %d: %v, not %v", i, v, out.Data[0])
		}
	}
}
