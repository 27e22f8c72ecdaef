package search

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// cloud are values of two objectives, many of them equal in one or both.
func cloud(rng *rand.Rand, n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = []float64{float64(rng.IntN(8)), float64(rng.IntN(8))}
	}
	return out
}

func TestRanksAreThoseOfPeelingFrontsOff(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		values := cloud(rng, 1+rng.IntN(40))
		ranks := Ranks(values)
		want := make([]int, len(values))
		left := len(values)
		for i := range want {
			want[i] = -1
		}
		for r := 0; left > 0; r++ {
			var front []int
			for i := range values {
				if want[i] >= 0 {
					continue
				}
				if !slices.ContainsFunc(indices(values), func(j int) bool { return want[j] < 0 && Dominates(values[j], values[i]) }) {
					front = append(front, i)
				}
			}
			for _, i := range front {
				want[i] = r
			}
			left -= len(front)
		}
		if !slices.Equal(ranks, want) {
			t.Fatalf("ranks of %v: %v, want %v", values, ranks, want)
		}
		front := Front(values)
		slices.Sort(front)
		var first []int
		for i, r := range want {
			if r == 0 {
				first = append(first, i)
			}
		}
		if !slices.Equal(front, first) {
			t.Fatalf("front of %v: %v, want %v", values, front, first)
		}
	}
}

func indices(values [][]float64) []int {
	out := make([]int, len(values))
	for i := range out {
		out[i] = i
	}
	return out
}

// The area is counted cell by cell.
func TestHypervolumeAndContributionsAreAreas(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	area := func(values [][]float64, rx, ry int) (n float64) {
		for x := range rx {
			for y := range ry {
				if slices.ContainsFunc(values, func(v []float64) bool { return v[0] <= float64(x) && v[1] <= float64(y) }) {
					n++
				}
			}
		}
		return n
	}
	for range 200 {
		values := cloud(rng, 1+rng.IntN(12))
		rx, ry := 1+rng.IntN(9), 1+rng.IntN(9)
		reference := [2]float64{float64(rx), float64(ry)}
		all := area(values, rx, ry)
		if got := Hypervolume(values, reference); got != all {
			t.Fatalf("hypervolume of %v to %v: %v, want %v", values, reference, got, all)
		}
		for i, got := range Contributions(values, reference) {
			if want := all - area(slices.Delete(slices.Clone(values), i, i+1), rx, ry); got != want {
				t.Fatalf("contribution of %d in %v to %v: %v, want %v", i, values, reference, got, want)
			}
		}
	}
}

func TestWhatIsNotANumberIsNeverOnTheFront(t *testing.T) {
	values := [][]float64{{math.NaN(), 0}, {1, 1}, {0, math.Inf(1)}, {2, 0}}
	if got := Front(values); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("front %v, want [1 3]", got)
	}
	if Dominates([]float64{math.NaN()}, []float64{math.Inf(1)}) {
		t.Error("NaN dominates infinity")
	}
}

func TestRanksOfOneObjectiveAreItsOrder(t *testing.T) {
	if got := Ranks([][]float64{{3}, {1}, {3}, {2}}); !slices.Equal(got, []int{2, 0, 2, 1}) {
		t.Errorf("ranks %v", got)
	}
}
