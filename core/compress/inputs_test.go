package compress_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"descent/core/compress"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas/blas64"
)

func matrix(rows, cols int, data []float64) blas64.General {
	return blas64.General{Rows: rows, Cols: cols, Stride: cols, Data: data}
}

// ranges are those that the state names.
func ranges(v *compress.View) []float64 {
	for _, b := range v.State() {
		if b.Name == "quant/ranges" {
			return slices.Clone(b.Data)
		}
	}
	return nil
}

// inputsOf is a view whose one input has been calibrated on x.
func inputsOf(bits int, scheme, observer string, x blas64.General) (*compress.View, nn.Rounder) {
	v := compress.NewView(kernels([2]int{3, x.Cols}))
	v.Quant.Activations, v.Quant.Scheme, v.Quant.Observer = bits, scheme, observer
	r := v.Inputs()
	y := matrix(x.Rows, x.Cols, make([]float64, len(x.Data)))
	v.Quant.Percentile = 0.95
	v.Calibrate(1, func(int) { r.Round(0, y, x, nn.Pass{}) })
	return v, r
}

func TestInputsAreRoundedAsByTensorOperations(t *testing.T) {
	var ref struct {
		Rows, Cols int
		Percentile float64
		Batches    [][]float64
		Upstream   []float64
		Cases      []struct {
			Scheme, Observer string
			Bits             int
			Ranges           [][]float64
			Rounded, Grad    []float64
		}
	}
	own(t, "activations.json", &ref)
	for _, c := range ref.Cases {
		what := fmt.Sprint(c.Scheme, " ", c.Observer, " ", c.Bits)
		v, r := inputsOf(c.Bits, c.Scheme, c.Observer, matrix(ref.Rows, ref.Cols, ref.Batches[0]))
		near(t, what+", calibrated", ranges(v), c.Ranges[0], 1e-12)
		y := matrix(ref.Rows, ref.Cols, make([]float64, ref.Rows*ref.Cols))
		for i, batch := range ref.Batches[1:] {
			x := matrix(ref.Rows, ref.Cols, batch)
			if !r.Round(0, y, x, nn.Pass{Train: true}) {
				t.Fatalf("%s: batch %d is not rounded", what, i)
			}
			near(t, what, ranges(v), c.Ranges[i+1], 1e-12)
			for _, pass := range []nn.Pass{{}, {Train: true, Try: 1}} {
				r.Round(0, y, x, pass)
				near(t, what+", only looked at", ranges(v), c.Ranges[i+1], 1e-12)
			}
		}
		near(t, what, y.Data, c.Rounded, 1e-12)
		dx := matrix(ref.Rows, ref.Cols, slices.Clone(ref.Upstream))
		r.Backward(0, dx, matrix(ref.Rows, ref.Cols, ref.Batches[len(ref.Batches)-1]))
		near(t, what+", gradient", dx.Data, c.Grad, 1e-12)
	}
}

func TestInputsOfAnySizeAndBitsStaySound(t *testing.T) {
	for name, data := range map[string][]float64{
		"zeros": {0, 0, 0, 0}, "tiny": {5e-324, -1e-310, 0, 0}, "one": {3}, "below": {-1, -2, -3, -4}, "wide": {1e300, 1, -1, 0},
	} {
		x := matrix(1, len(data), data)
		for _, scheme := range gridSchemes {
			for _, observer := range observers {
				for bits := 1; bits <= 16; bits++ {
					v, r := inputsOf(bits, scheme, observer, x)
					y := matrix(1, len(data), make([]float64, len(data)))
					r.Round(0, y, x, nn.Pass{})
					stops := map[float64]bool{}
					for _, q := range y.Data {
						stops[q] = true
					}
					if !nn.Finite(y.Data) || !nn.Finite(ranges(v)) || len(stops) > 1<<bits {
						t.Errorf("%s, %s, %s, %d bits: %v becomes %v", name, scheme, observer, bits, data, y.Data)
					}
				}
			}
		}
	}
}

func TestNaNGoesThroughAGrid(t *testing.T) {
	for _, observer := range observers {
		for _, train := range []bool{false, true} {
			_, r := inputsOf(8, "affine", observer, matrix(1, 3, []float64{1, -1, 2}))
			y := matrix(1, 3, make([]float64, 3))
			r.Round(0, y, matrix(1, 3, []float64{1, math.NaN(), 0}), nn.Pass{Train: train})
			if !math.IsNaN(y.Data[1]) {
				t.Errorf("%s: NaN becomes %v", observer, y.Data[1])
			}
		}
	}
}

func TestAfterTrainingInputsAreOnlyObservedInTraining(t *testing.T) {
	v, r := inputsOf(4, "affine", "min-max", matrix(1, 3, []float64{1, -1, 2}))
	v.Quant.When = "after"
	x, y := matrix(1, 3, []float64{5, 0, -3}), matrix(1, 3, make([]float64, 3))
	if r.Round(0, y, x, nn.Pass{Train: true}) {
		t.Error("training sees rounded inputs")
	}
	if got := ranges(v); !slices.Equal(got, []float64{-3, 5}) {
		t.Errorf("the range is %v", got)
	}
	if !r.Round(0, y, x, nn.Pass{}) {
		t.Error("evaluation sees inputs in float")
	}
}

func TestRangesAreOffAndBackWithTheState(t *testing.T) {
	v, _ := inputsOf(4, "affine", "min-max", matrix(1, 3, []float64{1, -1, 2}))
	other := compress.NewView(kernels([2]int{3, 3}))
	other.Quant.Activations = 4
	other.Restore(v.State())
	if got := ranges(other); !slices.Equal(got, []float64{-1, 2}) {
		t.Errorf("restored, the range is %v", got)
	}
	v.Quant.Activations = 0
	if v.State() != nil || v.Inputs() != nil {
		t.Error("switched off, there is still something")
	}
}

// Ranges that the knobs would have found otherwise are found anew; those that
// they would have found just so are left to move on.
func TestRangesAreFoundAnewWhereTheirWayTurns(t *testing.T) {
	type knobs = compress.Quant
	for _, c := range []struct {
		what     string
		was, now knobs
		stale    bool
	}{
		{"on", knobs{Activations: 0}, knobs{Activations: 8}, true},
		{"off", knobs{Activations: 8}, knobs{Activations: 0}, false},
		{"bits", knobs{Activations: 8}, knobs{Activations: 4}, false},
		{"a symmetric grid of 1 bit is an affine one", knobs{Activations: 8}, knobs{Activations: 1}, true},
		{"and back", knobs{Activations: 1}, knobs{Activations: 8}, true},
		{"an affine one stays so", knobs{Activations: 8, Scheme: "affine"}, knobs{Activations: 1, Scheme: "affine"}, false},
		{"scheme", knobs{Activations: 8}, knobs{Activations: 8, Scheme: "affine"}, true},
		{"scheme of weights alone", knobs{Activations: 8, Scheme: "bf16"}, knobs{Activations: 8, Scheme: "affine"}, false},
		{"scheme at 1 bit", knobs{Activations: 1}, knobs{Activations: 1, Scheme: "affine"}, false},
		{"observer", knobs{Activations: 8}, knobs{Activations: 8, Observer: "mse"}, true},
		{"bits of the least error", knobs{Activations: 8, Observer: "mse"}, knobs{Activations: 3, Observer: "mse"}, true},
		{"percentile", knobs{Activations: 8, Observer: "percentile"}, knobs{Activations: 8, Observer: "percentile", Percentile: 0.9}, true},
		{"percentile that nothing asks for", knobs{Activations: 8}, knobs{Activations: 8, Percentile: 0.9}, false},
	} {
		for _, q := range []*knobs{&c.was, &c.now} {
			q.Scheme, q.Observer = cmp.Or(q.Scheme, "symmetric"), cmp.Or(q.Observer, "min-max")
		}
		v := compress.NewView(kernels([2]int{3, 3}))
		v.Quant = c.now
		if got := v.Stale(&c.was); got != c.stale {
			t.Errorf("%s: %v, want %v", c.what, got, c.stale)
		}
	}
}
