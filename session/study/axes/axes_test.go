package axes_test

import (
	"testing"

	"descent/core/knob"
	"descent/core/search"
	"descent/presets"
	"descent/session/study/axes"
)

func TestRangesAreWidenedAtTheEndWhereAPointLies(t *testing.T) {
	r, err := presets.Override("spiral")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		axis  string
		value float64
		want  string // "" for none
	}{
		{"optimizer.lr=1e-4..1e-1", 1e-4, "optimizer.lr=1e-05..0.1 log"},
		{"optimizer.lr=1e-4..1e-1", 0.0999, "optimizer.lr=0.0001..1 log"},
		{"optimizer.lr=1e-4..1e-1", 0.01, ""},
		{"train.batch=8..128", 128, "train.batch=8..512 log"},
		{"train.batch=8..64 step 8", 64, "train.batch=8..120 linear step 8"},
		{"train.batch=1..64", 1, ""}, // 0 means something else
		{"prune.sparsity=0..0.5", 0.5, "prune.sparsity=0..1 linear"},
		{"prune.sparsity=0..0.5", 0, ""},
		{"optimizer.beta2=0.9..0.999", 0.999, ""},
		{"optimizer.name=sgd,adam", 0, ""},
	} {
		a, err := axes.Parse(r, c.axis, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, wide := range axes.Wider(r, []search.Axis{a}, search.Point{a.Path: knob.Num(c.value)}) {
			got = axes.Format(wide)
		}
		if got != c.want {
			t.Errorf("%s at %g: %q, want %q", c.axis, c.value, got, c.want)
		}
	}
}
