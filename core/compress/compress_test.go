package compress_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"descent/core/compress"
	"descent/core/knob"
	"descent/core/nn"
)

func fixture(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile("../testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}

// kernels is a layout of kernels of those shapes, a bias after each.
func kernels(shapes ...[2]int) knob.Layout {
	var out knob.Layout
	offset := 0
	for i, s := range shapes {
		layer := fmt.Sprint(2 * i)
		out = append(out, knob.Segment{Name: layer + ".weight", Layer: layer, Role: knob.Kernel, Shape: []int{s[0], s[1]}, Offset: offset})
		offset += s[0] * s[1]
		out = append(out, knob.Segment{Name: layer + ".bias", Layer: layer, Role: knob.Bias, Shape: []int{s[0]}, Offset: offset})
		offset += s[0]
	}
	return out
}

func gaussian(n int) []float64 {
	rng := rand.New(rand.NewPCG(5, 5))
	w := make([]float64, n)
	for i := range w {
		w[i] = rng.NormFloat64()
	}
	return w
}

func bits(mask []float64) string {
	var b strings.Builder
	for _, m := range mask {
		fmt.Fprint(&b, m)
	}
	return b.String()
}

func TestMasksEqualPyTorchs(t *testing.T) {
	var cases []struct {
		Sparsity float64
		Scope    string
		Masks    map[string]string
	}
	fixture(t, "masks.json", &cases)
	content, err := os.ReadFile("../testdata/numbers.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	layout := kernels([2]int{7, 4}, [2]int{6, 7}, [2]int{2, 6})
	w := make([]float64, layout.Size())
	if err := nn.LoadWeights(w, layout, content); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		v := compress.NewView(layout)
		v.Prune.Sparsity, v.Prune.Scope = c.Sparsity, c.Scope
		v.Remask(w, 0, nil)
		for _, seg := range layout {
			mask := slices.Repeat([]float64{1}, seg.Size())
			if v.Mask() != nil {
				mask = seg.Of(v.Mask())
			}
			want, kernel := c.Masks[seg.Name]
			if !kernel {
				want = strings.Repeat("1", seg.Size()) // biases are kept
			}
			if got := bits(mask); got != want {
				t.Errorf("sparsity %v, %s, %s: %s, PyTorch has %s", c.Sparsity, c.Scope, seg.Name, got, want)
			}
		}
	}
}

func TestOfEqualMagnitudesTheLowerIndexGoesFirst(t *testing.T) {
	for _, c := range []struct {
		scope, want string // kernel, bias, kernel, bias
	}{
		{"global", "00001111"},
		{"layer", "00110011"},
	} {
		layout := knob.Layout{
			{Name: "0.weight", Role: knob.Kernel, Shape: []int{1, 4}, Offset: 0},
			{Name: "2.weight", Role: knob.Kernel, Shape: []int{2, 2}, Offset: 4},
		}
		v := compress.NewView(layout)
		v.Prune.Sparsity, v.Prune.Scope = 0.5, c.scope
		v.Remask([]float64{1, -1, 1, -1, 1, 1, -1, -1}, 0, nil)
		if got := bits(v.Mask()); got != c.want {
			t.Errorf("%s: %s, want %s", c.scope, got, c.want)
		}
	}
}

func TestManyEqualMagnitudesGoInOrder(t *testing.T) {
	v := compress.NewView(kernels([2]int{20, 20}))
	v.Prune.Sparsity = 0.25
	w := make([]float64, 420)
	for i := range w {
		w[i] = float64(1 + i%2) // ones and twos
	}
	v.Remask(w, 0, nil)
	for i, kept := range v.Mask()[:400] {
		if want := i >= 200 || i%2 == 1; (kept == 1) != want { // 100 of the 200 ones
			t.Fatalf("weight %d is kept: %v, want %v", i, kept, want)
		}
	}
}

func TestTheCountIsRoundedHalfToEven(t *testing.T) {
	for _, c := range []struct {
		weights  int
		sparsity float64
		pruned   int
	}{
		{5, 0.1, 0}, {5, 0.3, 2}, {5, 0.5, 2}, {5, 0.7, 4}, {10, 0.25, 2}, {10, 0.35, 4}, {10, 0.45, 4}, {3, 0.5, 2}, {1, 0.5, 0}, {7, 1, 7},
	} {
		v := compress.NewView(kernels([2]int{1, c.weights}))
		v.Prune.Sparsity = c.sparsity
		v.Remask(gaussian(c.weights+1), 0, nil)
		if got := strings.Count(bits(v.Mask()), "0"); got != c.pruned {
			t.Errorf("sparsity %v of %d weights prunes %d, want %d", c.sparsity, c.weights, got, c.pruned)
		}
	}
}

func TestGridsEqualTensorOperations(t *testing.T) {
	var grids struct {
		Rows, Cols int
		Weights    []float64
		Cases      []struct {
			Bits        int
			Granularity string
			Weights     []float64
		}
	}
	fixture(t, "grids.json", &grids)
	layout := kernels([2]int{grids.Rows, grids.Cols})
	w := append(slices.Clone(grids.Weights), gaussian(grids.Rows)...) // and a bias
	for _, c := range grids.Cases {
		v := compress.NewView(layout)
		v.Quant.Bits, v.Quant.Granularity = c.Bits, c.Granularity
		got := v.Effective(w)
		for i, want := range c.Weights {
			if math.Abs(got[i]-want) > 1e-12*math.Abs(want) {
				t.Errorf("%d bits, %s: weight %d of %v is %v, want %v", c.Bits, c.Granularity, i, w[i], got[i], want)
			}
		}
		if bias := layout[1]; !slices.Equal(bias.Of(got), bias.Of(w)) {
			t.Errorf("%d bits, %s: the bias is quantized", c.Bits, c.Granularity)
		}
	}
}

func TestZerosStayZeros(t *testing.T) {
	for bits := range 17 {
		for _, granularity := range []string{"tensor", "channel"} {
			v := compress.NewView(kernels([2]int{3, 2}))
			v.Quant.Bits, v.Quant.Granularity = bits, granularity
			for i, got := range v.Effective([]float64{0, 0, 0, 1, -2, 0, 0, 0, 0}) {
				if (i < 3 || i > 4) && got != 0 {
					t.Errorf("%d bits, %s: weight %d of 0 is %v", bits, granularity, i, got)
				}
			}
		}
	}
}

func TestASymmetricGridHasAtMostSoManyStops(t *testing.T) {
	w := gaussian(4100)
	for bits := 2; bits <= 10; bits++ {
		v := compress.NewView(kernels([2]int{1, 4099}))
		v.Quant.Bits = bits
		got := v.Effective(w)[:4099]
		stops := map[float64]bool{}
		for _, x := range got {
			stops[math.Abs(x)] = true
		}
		if most := 1 << (bits - 1); len(stops) > most {
			t.Errorf("%d bits: %d magnitudes, want at most %d", bits, len(stops), most)
		}
	}
}

func TestQuantizingTwiceChangesNothingMore(t *testing.T) {
	w := gaussian(33)
	for bits := 1; bits <= 16; bits++ {
		v := compress.NewView(kernels([2]int{4, 8})[:1])
		v.Quant.Bits, v.Quant.Granularity = bits, "channel"
		once := slices.Clone(v.Effective(w[:32]))
		for i, twice := range v.Effective(once) {
			if math.Abs(twice-once[i]) > 1e-12 {
				t.Errorf("%d bits: weight %d is %v, then %v", bits, i, once[i], twice)
			}
		}
	}
}

func TestVerySmallWeightsStayFinite(t *testing.T) {
	for bits := 1; bits <= 16; bits++ {
		v := compress.NewView(kernels([2]int{1, 2}))
		v.Quant.Bits = bits
		if got := v.Effective([]float64{math.SmallestNonzeroFloat64, -3 * math.SmallestNonzeroFloat64, 0}); !nn.Finite(got) {
			t.Errorf("%d bits: %v", bits, got)
		}
	}
}

func TestTheMaskActsBeforeTheQuantizer(t *testing.T) {
	v := compress.NewView(kernels([2]int{1, 4}))
	v.Prune.Sparsity, v.Quant.Bits = 0.5, 1
	w := []float64{4, -2, 1, -1, 7}
	v.Remask(w, 0, nil)
	// The mean of 4 and 2 is 3; what is pruned stays 0.
	if got := v.Effective(w); !slices.Equal(got, []float64{3, -3, 0, 0, 7}) {
		t.Errorf("%v", got)
	}
}

func TestSwitchedOffTheStoredWeightsAreBack(t *testing.T) {
	w := gaussian(21)
	kept := slices.Clone(w)
	v := compress.NewView(kernels([2]int{4, 4})[:1])
	w, kept = w[:16], kept[:16]
	v.Prune.Sparsity, v.Quant.Bits = 0.5, 3
	v.Remask(w, 0, nil)
	if slices.Equal(v.Effective(w), kept) {
		t.Fatal("the view does nothing")
	}
	v.Prune.Sparsity, v.Quant.Bits = 0, 0
	v.Remask(w, 0, nil)
	if got := v.Effective(w); &got[0] != &w[0] || !slices.Equal(got, kept) {
		t.Errorf("%v, want %v", got, kept)
	}
	if v.On() || v.State() != nil {
		t.Error("the view is still on")
	}
}

func TestTheMaskIsKeptWhileTheWeightsMove(t *testing.T) {
	v := compress.NewView(kernels([2]int{1, 4}))
	v.Prune.Sparsity = 0.5
	v.Remask([]float64{1, 2, 3, 4, 0}, 0, nil)
	if got := v.Effective([]float64{9, 9, 1, 1, 0}); !slices.Equal(got, []float64{0, 0, 1, 1, 0}) {
		t.Errorf("%v", got)
	}
}

func TestStateBringsTheMaskBack(t *testing.T) {
	layout := kernels([2]int{1, 4})
	v, other := compress.NewView(layout), compress.NewView(layout)
	v.Prune.Sparsity = 0.5
	v.Remask([]float64{1, 2, 3, 4, 0}, 0, nil)
	other.Restore(v.State())
	if got := bits(other.Mask()); got != "00111" {
		t.Errorf("mask %s", got)
	}
	other.Restore(nil)
	if other.Mask() != nil {
		t.Error("a state without a mask leaves one")
	}
}
