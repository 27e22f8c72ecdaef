package kernel

import (
	"math"
	"math/rand/v2"
	"testing"
)

// samples are arguments of every size and kind.
func samples() []float64 {
	rng := rand.New(rand.NewPCG(3, 4))
	x := []float64{
		0, math.Copysign(0, -1), 1, -1, 0.5, 1e-300, -1e-300, 5e-324, 708, -708, 709.7, 709.79, -708.1, 745, -745,
		1e300, -1e300, math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64, 20, -20, 30, -30, 60, 0.34657359, -0.34657359, 1e-9, -1e-9,
	}
	for range 200_000 {
		x = append(x, rng.NormFloat64()*math.Exp(rng.Float64()*12-8))
	}
	return x
}

func ulps(got, want float64) float64 {
	if got == want || got != got && want != want {
		return 0
	}
	return math.Abs(got-want) / math.Abs(math.Nextafter(want, math.Inf(1))-want)
}

func TestFunctionsAreRightToAFewUlp(t *testing.T) {
	for _, f := range []struct {
		name      string
		own, gold func(float64) float64
		low, high float64
		worst     float64
	}{
		{"exp", Exp, math.Exp, -708, 709.7, 2},
		{"tanh", Tanh, math.Tanh, math.Inf(-1), math.Inf(1), 4},
		{"log", Log, math.Log, 1e-300, math.MaxFloat64, 1.6},
		{"log1p", Log1p, math.Log1p, 0, 1, 3},
		{"sigmoid", Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, -700, 700, 3},
	} {
		worst, where := 0.0, 0.0
		for _, x := range samples() {
			if x < f.low || x > f.high {
				continue
			}
			if u := ulps(f.own(x), f.gold(x)); u > worst {
				worst, where = u, x
			}
		}
		if worst > f.worst {
			t.Errorf("%s(%v) = %v, want %v: %.2f ulp", f.name, where, f.own(where), f.gold(where), worst)
		}
		t.Logf("%s: %.2f ulp at the most", f.name, worst)
	}
	if got, want := Power(0.999, 200), math.Pow(0.999, 200); math.Abs(got-want) > 1e-14 {
		t.Errorf("0.999²⁰⁰ = %v, want %v", got, want)
	}
}

func TestEndsOfTheRange(t *testing.T) {
	for _, c := range []struct{ got, want float64 }{
		{Exp(math.Inf(1)), math.Inf(1)},
		{Exp(math.Inf(-1)), 0},
		{Exp(-709), 0},
		{Exp(710), math.Inf(1)},
		{Exp(0), 1},
		{Tanh(math.Inf(1)), 1},
		{Tanh(math.Inf(-1)), -1},
		{Tanh(0), 0},
		{1 / Tanh(math.Copysign(0, -1)), math.Inf(-1)},
		{Sigmoid(math.Inf(1)), 1},
		{Sigmoid(math.Inf(-1)), 0},
		{Log(0), math.Inf(-1)},
		{Log(1), 0},
		{Log(math.Inf(1)), math.Inf(1)},
	} {
		if c.got != c.want {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
	for _, f := range []func(float64) float64{Exp, Tanh, Sigmoid, Log, relu[float64]} {
		if got := f(math.NaN()); got == got {
			t.Errorf("NaN became %v", got)
		}
	}
}

// same compares bits; any NaN is as good as another.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

// eachSet runs f with each instruction set that there is.
func eachSet(f func()) {
	wasVector, wasPresent := vector, present
	defer func() { vector, present = wasVector, wasPresent }()
	vector = true
	for _, present = range []bool{false, present512()} {
		f()
	}
}

func TestTheAssemblyGivesTheBitsOfItsTwin(t *testing.T) {
	if !supported() {
		t.Skip("this processor has no AVX2")
	}
	was := vector
	defer func() { vector = was }()
	x := samples()
	for name, f := range map[string]func(dst, src []float64){"exp": ExpAll, "sigmoid": SigmoidAll[float64], "tanh": TanhAll[float64], "log": LogAll, "relu": ReluAll[float64]} {
		slow := make([]float64, len(x))
		vector = false
		f(slow, x)
		eachSet(func() {
			for _, n := range []int{len(x), len(x) - 1, 3, 4, 7, 8, 12, 13} { // and what does not fill a register
				fast := make([]float64, n)
				f(fast, x[:n])
				for i := range fast {
					if !same(fast[i], slow[i]) {
						t.Fatalf("%s(%v): assembly %x, twin %x", name, x[i], fast[i], slow[i])
					}
				}
			}
		})
	}
	for n := range 40 {
		var results [2][4][]float64
		var sums [2]float64
		for i, v := range []bool{false, true} {
			vector = v
			rng := rand.New(rand.NewPCG(9, uint64(n)))
			var a [4][]float64
			for j := range a {
				_, a[j] = guarded(rng, n)
			}
			for j := range a[2] {
				a[2][j] = math.Abs(a[2][j])
			}
			Adam(a[0], a[1], a[2], AdamFactors{0.9, 0.999, 1.2, 0.3, 1e-8})
			Scale(a[0], 0.01)
			Sub(a[3], a[0])
			Add(a[1], a[3])
			ReluBack(a[1], a[0], a[3])
			TanhBack(a[3], a[1], a[2])
			sums[i] = SquaredError(a[2], a[3], a[1], 0.01)
			if one := SquaredError(nil, a[3], a[1], 0); !same(one, sums[i]) {
				t.Fatalf("n = %d: %v with a gradient, %v without", n, sums[i], one)
			}
			results[i] = a
		}
		if sums[0] != sums[1] {
			t.Fatalf("n = %d: sums %v and %v", n, sums[0], sums[1])
		}
		for j := range results[0] {
			for i := range results[0][j] {
				if !same(results[0][j][i], results[1][j][i]) {
					t.Fatalf("n = %d: array %d element %d: %v and %v", n, j, i, results[0][j][i], results[1][j][i])
				}
			}
		}
	}
}

func BenchmarkElementwise(b *testing.B) {
	x := samples()[100:4196]
	y := make([]float64, len(x))
	for name, f := range map[string]func(dst, src []float64){"exp": ExpAll, "sigmoid": SigmoidAll[float64], "tanh": TanhAll[float64], "log": LogAll, "relu": ReluAll[float64]} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f(y, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(x)), "ns/element")
		})
	}
}

func TestTheLogarithmOfPlainNumbersHasTheBitsOfItsTwin(t *testing.T) {
	if !supported() {
		t.Skip("this processor has no AVX2")
	}
	was := vector
	defer func() { vector = was }()
	rng := rand.New(rand.NewPCG(4, 4))
	x := []float64{1, math.Nextafter(1, 0), math.Nextafter(1, 2), math.Sqrt2 / 2, math.Nextafter(math.Sqrt2/2, 0), 0.5, 2, 0x1p-1022, math.MaxFloat64}
	for range 100_000 {
		x = append(x, math.Float64frombits(rng.Uint64N(0x7fe<<52)+1<<52), 1+rng.Float64()*100)
	}
	fast, slow := make([]float64, len(x)), make([]float64, len(x))
	vector = false
	LogAll(slow, x)
	eachSet(func() {
		LogAll(fast, x)
		for i := range x {
			if !same(fast[i], slow[i]) {
				t.Fatalf("log(%v): assembly %x, twin %x", x[i], fast[i], slow[i])
			}
		}
	})
}

func TestTheLogarithmOfOneMoreHasTheBitsOfItsTwin(t *testing.T) {
	if !supported() {
		t.Skip("this processor has no AVX2")
	}
	was := vector
	defer func() { vector = was }()
	rng := rand.New(rand.NewPCG(4, 4))
	x := []float64{0, math.Copysign(0, -1), 1, 5e-324, 1e-300, math.Nextafter(1, 0), 0x1p-53, math.Sqrt2 - 1}
	for range 100_000 {
		x = append(x, rng.Float64(), math.Exp(-700*rng.Float64()))
	}
	for _, last := range []float64{0.5, math.NaN(), 3, -0.5} {
		x[len(x)-1] = last
		fast, slow := make([]float64, len(x)), make([]float64, len(x))
		vector = false
		Log1pAll(slow, x)
		eachSet(func() {
			Log1pAll(fast, x)
			for i := range x {
				if !same(fast[i], slow[i]) || !same(slow[i], Log1p(x[i])) {
					t.Fatalf("log(1 + %v): assembly %x, twin %x", x[i], fast[i], slow[i])
				}
			}
		})
	}
}

func TestGatherCopiesTheNamedRowsAndNothingElse(t *testing.T) {
	was := vector
	defer func() { vector = was }()
	rng := rand.New(rand.NewPCG(5, 5))
	for _, v := range []bool{false, supported()} {
		vector = v
		for width := 1; width < 40; width++ {
			_, src := guarded(rng, 9*width)
			all, dst := guarded(rng, 6*width)
			before := append([]float64(nil), all...)
			rows := []int{8, 0, 3, 3, 7, 1}
			Gather(dst, src, rows, width)
			for i, r := range rows {
				for j := range width {
					if dst[i*width+j] != src[r*width+j] {
						t.Fatalf("width %d: row %d, number %d", width, i, j)
					}
				}
			}
			for i := range all {
				if (i < 64 || i >= 64+len(dst)) && all[i] != before[i] {
					t.Fatalf("width %d: it wrote outside", width)
				}
			}
		}
	}
}
