package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// hostile draws float32 of any bits, but often such whose sums are half way between
// two others.
func hostile(rng *rand.Rand) float32 {
	switch rng.IntN(4) {
	case 0:
		return math.Float32frombits(rng.Uint32())
	case 1:
		return float32(math.Ldexp(float64(rng.IntN(1<<24)), rng.IntN(60)-150))
	case 2:
		return float32(math.Ldexp(float64(1+rng.IntN(1<<12)), rng.IntN(40)-20))
	}
	return float32(rng.NormFloat64())
}

// exactly is x y + z of finite numbers, rounded once.
func exactly(x, y, z float32) float32 {
	exact := new(big.Float).SetPrec(600).Mul(big.NewFloat(float64(x)), big.NewFloat(float64(y)))
	v, _ := exact.Add(exact, big.NewFloat(float64(z))).Float32()
	return v
}

func TestFMAOfFloat32IsRoundedOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 100000 {
		x, y, z := hostile(rng), hostile(rng), hostile(rng)
		got := fma32(x, y, z)
		if s := float64(x)*float64(y) + float64(z); math.IsNaN(s) || math.IsInf(s, 0) {
			if want := float32(s); got != want && !(got != got && want != want) {
				t.Fatalf("%v·%v + %v = %v, want %v", x, y, z, got, want)
			}
			continue
		}
		if want := exactly(x, y, z); got != want {
			t.Fatalf("%x·%x + %x = %x, want %x", x, y, z, got, want)
		}
	}
}

// The assembly and plain Go give the same bits of any number, and touch nothing
// beside.
func TestLoopsOverFloat32AreTheirDefinitions(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	any32 := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = hostile(rng)
		}
		return v
	}
	loops := map[string]func(dst, a, b []float32){
		"relu":      func(dst, a, _ []float32) { ReluAll(dst, a) },
		"relu back": func(dst, a, b []float32) { ReluBack(dst, a, b) },
		"add":       func(dst, a, _ []float32) { Add(dst, a) },
		"tanh":      func(dst, a, _ []float32) { TanhAll(dst, a) },
		"sigmoid":   func(dst, a, _ []float32) { SigmoidAll(dst, a) },
		"widen and narrow": func(dst, a, _ []float32) {
			wide := make([]float64, len(a))
			Widen(wide, a)
			for i := range wide {
				wide[i] *= 1 + 1e-9
			}
			Narrow(dst, wide)
		},
		"to single": func(dst, a, _ []float32) {
			wide := make([]float64, len(a))
			Widen(wide, a)
			for i := range wide {
				wide[i] *= 1 - 1e-9
			}
			ToSingle(wide)
			Narrow(dst, wide)
		},
		"column sums": func(dst, a, _ []float32) {
			if cols := len(a) / 3; cols > 0 {
				ColumnSums(dst[:cols], plainly(3, cols, a[:3*cols]))
			}
		},
		"transpose": func(dst, a, _ []float32) {
			for rows := 1; rows <= len(a); rows = rows*2 + 1 {
				cols := len(a) / rows
				transposed(dst[:rows*cols], a[:rows*cols], rows, cols, rows, cols)
			}
		},
	}
	for name, loop := range loops {
		for _, n := range []int{0, 1, 5, 7, 8, 9, 15, 16, 17, 40, 67, 300, 531} {
			a, b, into := any32(n), any32(n), any32(n+32)
			var results [][]float32
			both(t, func(*testing.T) {
				all := slices.Clone(into)
				loop(all[16:16+n], a, b)
				results = append(results, all)
			})
			for _, r := range results[1:] {
				for i := range r {
					x, y := r[i], results[0][i]
					if math.Float32bits(x) != math.Float32bits(y) && !(x != x && y != y) {
						t.Fatalf("%s of %d: element %d is %v, in plain Go %v", name, n, i-16, x, y)
					}
				}
			}
		}
	}
}
