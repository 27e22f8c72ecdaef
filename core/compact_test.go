package core_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"descent/core/nn"
)

// The file of a compact network holds as many bytes as it says, and comes back
// to the same outputs but for float32; without cut neurons its size is the one
// reported while training.
func TestACompactNetworkComesBackFromItsFile(t *testing.T) {
	for _, toml := range []string{classesTOML, numbersTOML, imagesTOML} {
		for _, scheme := range []string{"symmetric", "affine", "ternary", "binary", "bf16", "fp16", "fp8-e4m3", "fp8-e5m2"} {
			for _, granularity := range []string{"tensor", "channel"} {
				for _, prune := range [][]string{{"prune.sparsity=0"}, {"prune.sparsity=0.4"}, {"prune.method=structured", "prune.sparsity=0.5"}, {"prune.method=n:m", "prune.sparsity=0.5"}} {
					for _, bits := range []int{0, 1, 3, 8, 16} {
						tr := trainer(t, toml, "quant.scheme="+scheme, "quant.granularity="+granularity, fmt.Sprintf("quant.bits=%d", bits))
						turn(t, tr, prune...)
						steps(tr, 3)
						name := fmt.Sprint(scheme, " ", granularity, " ", bits, " ", prune)
						s, err := tr.Compact()
						if err != nil {
							t.Fatalf("%s: %v", name, err)
						}
						if header := int(binary.LittleEndian.Uint64(s.File)); len(s.File)-8-header != s.Bytes {
							t.Errorf("%s: the file holds %d bytes, said are %d", name, len(s.File)-8-header, s.Bytes)
						}
						if !(s.Difference < 1e-5) || s.Same < s.Rows-1 {
							t.Errorf("%s: outputs differ by %v, %d of %d rows are the same", name, s.Difference, s.Same, s.Rows)
						}
						if size := tr.Size(); s.Cut == 0 && size.Bytes != s.Bytes || size.Dense != s.Dense {
							t.Errorf("%s: %d bytes of %d while training, %d of %d in the file", name, size.Bytes, size.Dense, s.Bytes, s.Dense)
						}
						if prune[0] == "prune.sparsity=0" && bits == 16 && len(s.Notes) > 0 {
							t.Errorf("%s: nothing is to be cut, and yet %v", name, s.Notes)
						}
					}
				}
			}
		}
	}
}

func TestCutNeuronsAreGoneFromTheFile(t *testing.T) {
	tr := trainer(t, classesTOML, "prune.method=structured", "prune.sparsity=0.5", "optimizer.name=adam", "optimizer.lr=0.01")
	steps(tr, 50)
	s, err := tr.Compact()
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Spec.Shape(); got != "2-3-3-2" || s.Cut != 6 { // of 2-7-5-2: half of 7 and of 5, half to even
		t.Errorf("%s is left, %d are cut", got, s.Cut)
	}
	if s.Bytes != 4*s.Params || s.Params != 2*3+3+3*3+3+3*2+2 {
		t.Errorf("%d parameters in %d bytes", s.Params, s.Bytes)
	}
	w := make([]float64, s.Params)
	m, err := nn.New(s.Spec)
	if err != nil {
		t.Fatal(err)
	}
	if err := nn.LoadWeights(w, m.Layout(), s.File); err != nil {
		t.Fatal(err)
	}
	x := tr.Data().Val.X
	want := outputs(tr)
	for i, v := range m.Forward(w, x, nn.Pass{}).Data[:len(want)] {
		if math.Abs(v-want[i]) > 1e-5 {
			t.Fatalf("output %d is %v, was %v", i, v, want[i])
		}
	}
}

func TestAPackedFileSaysWhichNetworkItHolds(t *testing.T) {
	tr := trainer(t, classesTOML, "prune.method=structured", "prune.sparsity=0.5")
	s, err := tr.Compact()
	if err != nil {
		t.Fatal(err)
	}
	err = nn.LoadWeights(make([]float64, tr.Layout().Size()), tr.Layout(), s.File)
	if want := `it holds a network of other widths; give model.layers = [2, 3, 3, 2] and model.activation = "tanh"`; err == nil || err.Error() != want {
		t.Errorf("error %v", err)
	}
}
