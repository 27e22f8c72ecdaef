package core_test

import (
	"math"
	"testing"

	"descent/core/knob"
)

// A copy that looks at weights alone sees those that the trainer shows.
func TestALookShowsTheSameWeights(t *testing.T) {
	for name, turned := range map[string]knob.Value{
		"optimizer.lr": knob.Num(0.01), "train.ema": knob.Num(0.9), "optimizer.name": knob.Word("schedule-free"), "prune.sparsity": knob.Num(0.5), "train.precision": knob.Word("float32"),
	} {
		tr := trainer(t, classesTOML)
		steps := func(n int) {
			for range n {
				tr.Step()
			}
		}
		steps(3)
		if err := tr.Set(name, turned); err != nil {
			t.Fatal(err)
		}
		steps(5)
		seen := tr.Copy()
		seen.Restore(tr.Look())
		want, got := tr.Weights(), seen.Weights()
		for i := range want {
			if math.Float64bits(want[i]) != math.Float64bits(got[i]) {
				t.Fatalf("%s: weight %d is %v, seen as %v", name, i, want[i], got[i])
			}
		}
		if a, b := tr.Present(), seen.Present(); a.ValLoss != b.ValLoss || a.Loss != b.Loss {
			t.Errorf("%s: %v is seen as %v", name, a, b)
		}
		whole := tr.Copy() // whose optimizer takes its state when it is asked for
		if tr.Step(); whole.Step().Loss != tr.Last().Loss || whole.Hash() != tr.Hash() {
			t.Errorf("%s: a copy trains otherwise", name)
		}
	}
}
