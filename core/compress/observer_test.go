package compress

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The range of least error is to the bit the one that whole sums find.
func TestSumsThatStopEarlyChooseTheSameRange(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, n := range []int{1, 2, 15, 16, 17, 64, 300, 1000} {
		for _, shape := range []func(float64) float64{
			func(x float64) float64 { return x },
			func(x float64) float64 { return max(x, 0) },     // as relu leaves it
			func(x float64) float64 { return math.Round(x) }, // ties
			func(x float64) float64 { return x * x * x },     // outliers
			func(float64) float64 { return 0 },
			func(x float64) float64 { return x * 1e-310 },
			func(x float64) float64 { return x * 1e300 }, // sums of ∞
		} {
			v := make([]float64, n)
			for i := range v {
				v[i] = shape(rng.NormFloat64())
			}
			for _, symmetric := range []bool{true, false} {
				for bits := 2; bits <= 16; bits++ {
					all := extent(v)
					if symmetric {
						top := max(-all.low, all.high)
						all = span{-top, top}
					}
					if got, want := leastError(v, all, symmetric, bits), bestOfWholeSums(v, all, symmetric, bits); got != want {
						t.Fatalf("%d numbers, %d bits, symmetric %v: %v, want %v", n, bits, symmetric, got, want)
					}
				}
			}
		}
	}
}

func bestOfWholeSums(v []float64, all span, symmetric bool, bits int) span {
	best, least := all, math.Inf(1)
	for i := 100; i > 0; i-- {
		part := float64(i) / 100
		s := span{part * all.low, part * all.high}
		g := gridOf(s, symmetric, bits)
		if !(g.Scale > 0) || math.IsInf(g.Scale, 0) {
			break
		}
		sum := 0.0
		for _, x := range v {
			d := x - g.Dequantize(g.Quantize(x))
			sum += float64(d * d)
		}
		if sum < least {
			best, least = s, sum
		}
	}
	return best
}

func BenchmarkObservers(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 7))
	w := make([]float64, 64*64)
	for i := range w {
		w[i] = rng.NormFloat64()
	}
	for _, observer := range []string{byExtent, byPercentile, byError} {
		for _, rows := range []int{1, 64} {
			q := newQuant()
			q.Observer = observer
			b.Run(fmt.Sprint(observer, " of ", rows), func(b *testing.B) {
				for b.Loop() {
					for r := range rows {
						q.observer().observe(w[r*len(w)/rows:(r+1)*len(w)/rows], true, 4)
					}
				}
			})
		}
	}
}
