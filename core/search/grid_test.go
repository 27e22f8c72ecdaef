package search

import (
	"errors"
	"testing"

	"descent/core/knob"
)

// all asks a grid until it is exhausted, after three trials of another sampler.
func all(t *testing.T, s Space, o Options) map[string]Point {
	t.Helper()
	r, _ := Find("grid")
	out := map[string]Point{}
	var told []Trial
	for n := 0; ; n++ {
		number := n + 3
		p, err := r.New(o).Ask(Question{Space: s, Told: told, Number: number, Seed: 9, Objectives: 1})
		if errors.Is(err, ErrExhausted) {
			if n != GridPoints(s, o) {
				t.Errorf("%d points, and %d were announced", n, GridPoints(s, o))
			}
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		key := p.Point.String()
		if _, twice := out[key]; twice {
			t.Fatalf("%s is proposed twice", key)
		}
		if !s.Contains(p.Point) {
			t.Fatalf("%s does not lie in the space", key)
		}
		out[key] = p.Point
		told = append(told, Trial{Number: number, Point: p.Point})
	}
}

func TestAGridHasEveryCombinationOnce(t *testing.T) {
	s := Space{Axes: []Axis{
		{Path: "name", Kind: Choice, Choices: words("sgd", "momentum", "adam")},
		{Path: "batch", Kind: Int, Low: 8, High: 32, Step: 8},
		{Path: "beta1", Kind: Float, Low: 0, High: 0.9, Step: 0.3, Condition: &Condition{Path: "name", In: words("momentum", "adam")}},
		{Path: "beta2", Kind: Choice, Choices: []knob.Value{knob.Num(0.99), knob.Num(0.999)}, Condition: &Condition{Path: "name", In: words("adam")}},
	}}
	if got, want := len(all(t, s, Options{})), 4+4*4+4*4*2; got != want || s.Count() != want {
		t.Errorf("%d points, counted %d, want %d", got, s.Count(), want)
	}
}

func TestAxesWithoutEndGetAsManyValuesAsFit(t *testing.T) {
	s := Space{Axes: []Axis{
		{Path: "lr", Kind: Float, Low: 1e-4, High: 1, Log: true},
		{Path: "width", Kind: Int, Low: 1, High: 1024, Log: true},
		{Path: "name", Kind: Choice, Choices: words("a", "b")},
	}}
	for points, want := range map[int]int{0: 98, 50: 50, 7: 8, 1: 8} { // 2·7², 2·5², and two values each at least
		if got := len(all(t, s, Options{Points: points})); got != want {
			t.Errorf("of %d asked for %d points, want %d", points, got, want)
		}
	}
	lr := map[string]bool{}
	for _, p := range all(t, s, Options{Points: 50}) {
		lr[p["lr"].String()] = true
	}
	for _, v := range []string{"0.0001", "0.001", "0.01", "0.1", "1"} {
		if !lr[v] {
			t.Errorf("no learning rate %s in %v", v, lr)
		}
	}
}
