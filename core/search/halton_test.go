package search

import (
	"fmt"
	"testing"
)

// Of b^k points in a row one lies in each interval of length b^(−k).
func TestAHaltonSequenceFillsEveryIntervalOnce(t *testing.T) {
	for seed := range uint64(5) {
		for _, base := range []int{2, 3, 5, 7} {
			n := base * base * base
			seen := map[int]bool{}
			for i := range n {
				seen[int(radical(uint64(i+n), base, seed)*float64(n))] = true
			}
			if len(seen) != n {
				t.Errorf("base %d, seed %d: %d of %d intervals are hit", base, seed, len(seen), n)
			}
		}
	}
}

// A sequence that is not scrambled is correlated in high dimensions: the first points of
// two great bases lie on a line.
func TestGreatBasesAreNotCorrelated(t *testing.T) {
	var axes []Axis
	for j := range 20 {
		axes = append(axes, Axis{Path: fmt.Sprint(j), Kind: Float, High: 1})
	}
	r, _ := Find("halton")
	var x, y, xx, yy, xy float64
	const n = 60
	for i := range n {
		p, err := r.New(Options{}).Ask(Question{Space: Space{Axes: axes}, Number: i, Seed: 4})
		if err != nil {
			t.Fatal(err)
		}
		u, v := p.Point["18"].Num()-0.5, p.Point["19"].Num()-0.5
		x, y, xx, yy, xy = x+u, y+v, xx+u*u, yy+v*v, xy+u*v
	}
	if r := (xy - x*y/n) * (xy - x*y/n) / ((xx - x*x/n) * (yy - y*y/n)); r > 0.15 {
		t.Errorf("r² of the last two of 20 axes is %.2f", r)
	}
}
