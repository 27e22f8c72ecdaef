package kernel

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// The sample's distribution function against Φ: Kolmogorov and Smirnov's
// distance of n numbers is above 1.95/√n once in a thousand seeds.
func TestNormalIsNormal(t *testing.T) {
	const n = 100_000
	rng := rand.New(rand.NewPCG(5, 6))
	first, second := make([]float64, n), make([]float64, n)
	for i := range first {
		first[i], second[i] = Normals(rng)
	}
	for name, x := range map[string][]float64{"first": first, "second": second} {
		slices.Sort(x)
		worst := 0.0
		for i, v := range x {
			below := math.Erfc(-v/math.Sqrt2) / 2
			worst = max(worst, math.Abs(below-float64(i)/n), math.Abs(below-float64(i+1)/n))
		}
		if worst > 1.95/math.Sqrt(n) {
			t.Errorf("the %s of two are off by %v", name, worst)
		}
	}
}

func TestNormalIsTheFirstOfTwoFromTheSameNumbers(t *testing.T) {
	one, both := rand.New(rand.NewPCG(5, 6)), rand.New(rand.NewPCG(5, 6))
	for i := range 1000 {
		x, _ := Normals(both)
		if got := Normal(one); got != x {
			t.Fatalf("number %d is %v, the first of two %v", i, got, x)
		}
	}
}

// Neither one after the other nor in their squares, which share a length.
func TestNormalsAreFiniteAndUncorrelated(t *testing.T) {
	const n = 100_000
	rng := rand.New(rand.NewPCG(7, 8))
	last, before, within, squares := 0.0, 0.0, 0.0, 0.0
	for range n {
		x, y := Normals(rng)
		if s := x + y; math.IsNaN(s) || math.IsInf(s, 0) {
			t.Fatal(x, y)
		}
		before += last * x / n
		within += x * y / n
		squares += (x*x - 1) * (y*y - 1) / (2 * n)
		last = y
	}
	for name, c := range map[string]float64{"neighbours": before, "two at once": within, "their squares": squares} {
		if math.Abs(c) > 0.015 {
			t.Errorf("%s are correlated: %v", name, c)
		}
	}
}
