package compress_test

import (
	"slices"
	"testing"

	"descent/core/compress"
	"descent/core/nn"
)

// A weight that is kept may be 0, as those that have just grown; a sign does
// not tell that.
func TestSignsLeaveOutTheWeightsThatAreZero(t *testing.T) {
	spec := nn.Spec{Layers: []int{4, 2}, Activation: "tanh"}
	m, err := nn.New(spec)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, scheme string
		sparsity     float64
		w            []float64
		kept         []bool // of the kernel
	}{
		{"without zeros", "symmetric", 0, []float64{1, -1, 1, 1, -1, 1, 1, 1, 0, 0}, nil},
		{"two zeros", "symmetric", 0, []float64{1, 0, -1, 1, -1, 1, 0, 1, 0, 0}, []bool{true, false, true, true, true, true, false, true}},
		{"two zeros, binary", "binary", 0, []float64{1, 0, -1, 1, -1, 1, 0, 1, 0, 0}, []bool{true, false, true, true, true, true, false, true}},
		{"a row of zeros", "symmetric", 0, []float64{1, 1, -1, 1, 0, 0, 0, 0, 0, 0}, nil},
		{"cut, and zeros besides", "symmetric", 0.25, []float64{0, 0, 0, 1, -1, 1, 2, 1, 0, 0}, []bool{false, false, false, true, true, true, true, true}},
		{"ternary holds them", "ternary", 0, []float64{1, 0, -1, 1, -1, 1, 0, 1, 0, 0}, nil},
	} {
		v := compress.NewView(m.Layout())
		v.Prune.Sparsity = c.sparsity
		v.Remask(c.w, 0, nil)
		v.Quant.Bits, v.Quant.Scheme, v.Quant.Granularity = 1, c.scheme, "channel"
		want := slices.Clone(v.Effective(c.w))
		packed := v.Pack(want)
		if !slices.Equal(packed[0].Kept, c.kept) {
			t.Errorf("%s: kept are %v, want %v", c.what, packed[0].Kept, c.kept)
		}
		got := make([]float64, len(c.w))
		if err := nn.LoadWeights(got, m.Layout(), nn.EncodePacked(spec, packed)); err != nil {
			t.Fatal(err)
		}
		near(t, c.what, got, want, 1e-6) // by way of float32
	}
}
