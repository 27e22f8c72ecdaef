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
	x := make([]float64, n)
	for i := range x {
		x[i] = Normal(rng)
	}
	slices.Sort(x)
	worst := 0.0
	for i, v := range x {
		below := math.Erfc(-v/math.Sqrt2) / 2
		worst = max(worst, math.Abs(below-float64(i)/n), math.Abs(below-float64(i+1)/n))
	}
	if worst > 1.95/math.Sqrt(n) {
		t.Errorf("off by %v", worst)
	}
}

func TestNormalsAreFiniteAndUncorrelated(t *testing.T) {
	const n = 100_000
	rng := rand.New(rand.NewPCG(7, 8))
	last, product := 0.0, 0.0
	for range n {
		x := Normal(rng)
		if math.IsNaN(x) || math.IsInf(x, 0) {
			t.Fatal(x)
		}
		product += last * x / n
		last = x
	}
	if math.Abs(product) > 0.015 {
		t.Errorf("neighbours are correlated: %v", product)
	}
}
