package search

import (
	"math"
	"testing"

	"descent/core/knob"
)

func TestAxesAreCoveredEvenlyAndComeBack(t *testing.T) {
	for _, a := range []Axis{
		{Path: "lr", Kind: Float, Low: 1e-5, High: 1, Log: true},
		{Path: "x", Kind: Float, Low: -5, High: 10},
		{Path: "beta2", Kind: Float, Low: 0.9, High: 0.9999, Complement: true},
		{Path: "n", Kind: Int, Low: 1, High: 100, Log: true},
		{Path: "batch", Kind: Int, Low: 8, High: 128, Step: 8},
		{Path: "one", Kind: Float, Low: 3, High: 3},
		{Path: "name", Kind: Choice, Choices: []knob.Value{knob.Word("sgd"), knob.Word("adam"), knob.Word("lion")}},
	} {
		if err := a.Check(); err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for i := range 1001 {
			v := a.At(float64(i) / 1000)
			u, ok := a.Unit(v)
			if !ok || u < 0 || u > 1 {
				t.Fatalf("%s: %v is not on the axis (%g)", a.Path, v, u)
			}
			if again := a.At(u); !again.Equal(v) && math.Abs(again.Num()-v.Num()) > 2e-5*math.Abs(v.Num()) {
				t.Errorf("%s: %v comes back as %v", a.Path, v, again)
			}
			seen[v.String()]++
		}
		if n := a.Count(); n > 0 && n != len(seen) {
			t.Errorf("%s: %d values of %d were reached", a.Path, len(seen), n)
		}
	}
}

func TestAnAxisWithMoreValuesThanCanBeCountedIsRefused(t *testing.T) {
	for _, a := range []Axis{
		{Path: "x", Kind: Float, High: 1, Step: 1e-12},
		{Path: "x", Kind: Float, High: 1, Step: 5e-324},
		{Path: "x", Kind: Float, Low: -1.7e308, High: 1.7e308, Step: 1e307},
		{Path: "x", Kind: Float, High: 1, Step: math.NaN()},
		{Path: "x", Kind: Float, High: 1, Step: math.Inf(1)},
		{Path: "x", Kind: Int, High: 1e300},
		{Path: "x", Kind: Float, Low: -1e308, High: 1e308},
	} {
		if err := a.Check(); err == nil {
			t.Errorf("%+v is taken, with %d values", a, a.Count())
		}
	}
	for _, a := range []Axis{{Path: "x", Kind: Int, Low: 1, High: 1e12, Log: true}, {Path: "x", Kind: Float, High: 1, Step: 1e-5}} {
		if err := a.Check(); err != nil {
			t.Error(err)
		}
	}
}
