package compress_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"descent/core/compress"
	"descent/core/knob"
)

func own(t *testing.T, name string, to any) {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	if err == nil {
		err = json.Unmarshal(content, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestStructuredMasksEqualPyTorchs(t *testing.T) {
	var ref struct {
		Dense, Conv []float64
		Cases       []struct {
			Sparsity float64
			Masks    []string
		}
	}
	own(t, "structured.json", &ref)
	layout := knob.Layout{
		{Name: "0.weight", Role: knob.Kernel, Shape: []int{7, 4}, Offset: 0},
		{Name: "1.weight", Role: knob.Kernel, Shape: []int{5, 3, 2, 2}, Offset: 28},
		{Name: "2.weight", Role: knob.Kernel, Shape: []int{2, 2}, Offset: 88}, // the last is spared
	}
	w := slices.Concat(ref.Dense, ref.Conv, []float64{1, 2, 3, 4})
	for _, c := range ref.Cases {
		v := compress.NewView(layout)
		v.Prune.Sparsity, v.Prune.Method = c.Sparsity, "structured"
		v.Remask(w, 0, nil)
		for i, want := range append(c.Masks, "1111") {
			if got := bits(layout[i].Of(v.Mask())); got != want {
				t.Errorf("sparsity %v, kernel %d: %s, PyTorch has %s", c.Sparsity, i, got, want)
			}
		}
	}
}

func TestNofMKeepsTheLargestOfEachGroup(t *testing.T) {
	layout := knob.Layout{{Name: "0.weight", Role: knob.Kernel, Shape: []int{2, 6}}}
	v := compress.NewView(layout)
	v.Prune.Sparsity, v.Prune.Method = 0.5, "n:m"
	v.Remask([]float64{4, -3, 2, 1, 5, -6, 1, 1, 1, 1, 0, 9}, 0, nil)
	if got := bits(v.Mask()); got != "110011001111" {
		t.Errorf("mask %s", got)
	}
}

func TestRandomMasksHangOnTheSeedAlone(t *testing.T) {
	layout := kernels([2]int{30, 20}, [2]int{4, 30})
	mask := func(seed uint64, w []float64) string {
		v := compress.NewView(layout)
		v.Seed(seed, 0)
		v.Prune.Sparsity, v.Prune.Method = 0.3, "random"
		v.Remask(w, 0, nil)
		return bits(v.Mask())
	}
	w, other := make([]float64, layout.Size()), slices.Repeat([]float64{2}, layout.Size())
	if mask(1, w) != mask(1, other) || mask(1, w) == mask(2, w) {
		t.Error("the mask hangs on the weights, or not on the seed")
	}
}

func TestGradualPruningFollowsItsCubic(t *testing.T) {
	layout := kernels([2]int{50, 20})
	w := gaussian(layout.Size())
	v := compress.NewView(layout)
	v.Prune.Sparsity, v.Prune.When, v.Prune.Begin, v.Prune.Steps, v.Prune.Every = 0.8, "gradual", 100, 400, 50
	for step := range 700 {
		due := step >= 100 && step <= 500 && step%50 == 0
		if v.Due(step) != due {
			t.Fatalf("step %d: due is %v", step, v.Due(step))
		}
		if !due {
			continue
		}
		v.Remask(w, step, nil)
		left := 1 - float64(step-100)/400
		want := math.RoundToEven(0.8 * (1 - left*left*left) * 1000)
		cut := 0.0
		for _, m := range v.Mask() {
			cut += 1 - m
		}
		if cut != want {
			t.Errorf("step %d: %v weights are cut, want %v", step, cut, want)
		}
	}
}

func TestSchemesAreThoseOfPlainTensorOperations(t *testing.T) {
	var ref struct {
		Rows, Cols int
		Weights    []float64
		Cases      []struct {
			Scheme, Granularity string
			Bits                int
			In, Weights         []float64
		}
	}
	own(t, "schemes.json", &ref)
	for _, c := range ref.Cases {
		w, shape := ref.Weights, []int{ref.Rows, ref.Cols}
		if c.In != nil {
			w, shape = c.In, []int{1, len(c.In)}
		}
		v := compress.NewView(knob.Layout{{Name: "0.weight", Role: knob.Kernel, Shape: shape}})
		v.Quant.Bits, v.Quant.Scheme = c.Bits, c.Scheme
		if c.Granularity != "" {
			v.Quant.Granularity = c.Granularity
		}
		for i, got := range v.Effective(w) {
			if want := c.Weights[i]; math.Abs(got-want) > 1e-12*math.Abs(want) {
				t.Fatalf("%s %d %s: %v becomes %v, want %v", c.Scheme, c.Bits, c.Granularity, w[i], got, want)
			}
		}
	}
}

// All values of the two 8-bit formats, by their bits.
func TestEightBitFloatsAreThemselvesAndTheirMiddlesGoToTheEven(t *testing.T) {
	for scheme, f := range map[string]struct{ mantissa, bias, top int }{"fp8-e4m3": {3, 7, 0x7e}, "fp8-e5m2": {2, 15, 0x7b}} {
		value := func(bits int) float64 {
			m, e := bits&(1<<f.mantissa-1), bits>>f.mantissa
			if e == 0 {
				return math.Ldexp(float64(m), 1-f.bias-f.mantissa)
			}
			return math.Ldexp(float64(m|1<<f.mantissa), e-f.bias-f.mantissa)
		}
		var in, want []float64
		for b := range f.top {
			low, high := value(b), value(b+1)
			even := low
			if b%2 == 1 {
				even = high
			}
			in = append(in, low, -low, (low+high)/2, high-(high-low)/4)
			want = append(want, low, -low, even, high)
		}
		in, want = append(in, value(f.top), 1e9, -1e9), append(want, value(f.top), value(f.top), -value(f.top))
		v := compress.NewView(knob.Layout{{Name: "0.weight", Role: knob.Kernel, Shape: []int{1, len(in)}}})
		v.Quant.Bits, v.Quant.Scheme = 8, scheme
		for i, got := range v.Effective(in) {
			if got != want[i] {
				t.Fatalf("%s: %v becomes %v, want %v", scheme, in[i], got, want[i])
			}
		}
	}
}
