package gauss

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"
)

type reference struct {
	Processes []struct {
		X, At                     [][]float64
		Y, Scales, Mean, Variance []float64
		Signal, Noise, Likelihood float64
	}
	Tails []struct {
		Z      float64
		LogH   float64 `json:"log_h"`
		LogCDF float64 `json:"log_cdf"`
	}
}

func read(t *testing.T) (r reference) {
	t.Helper()
	text, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func near10(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance*(1+math.Abs(b)) }

func TestThePosteriorIsScikitLearns(t *testing.T) {
	for _, r := range read(t).Processes {
		d := Data{X: r.X, Y: r.Y, Choice: make([]bool, len(r.Scales))}
		p := New(Kernel{Scales: r.Scales, Signal: r.Signal, Noise: r.Noise}, d)
		mean, variance := p.Posterior(r.At)
		for i := range r.At {
			if !near10(mean[i], r.Mean[i], 1e-9) || !near10(variance[i], r.Variance[i], 1e-8) {
				t.Errorf("%d observations: mean %v and variance %v, want %v and %v", len(r.Y), mean[i], variance[i], r.Mean[i], r.Variance[i])
			}
		}
	}
}

// The loss is minus the log marginal likelihood without its constant, minus the priors.
func TestTheMarginalLikelihoodIsScikitLearns(t *testing.T) {
	for _, r := range read(t).Processes {
		d := Data{X: r.X, Y: r.Y, Choice: make([]bool, len(r.Scales))}
		want := -r.Likelihood - float64(len(r.Y))*0.5*math.Log(2*math.Pi)
		var theta []float64
		for _, s := range r.Scales {
			theta = append(theta, math.Log(s))
			want += 0.1*s + 0.1/s
		}
		theta = append(theta, math.Log(r.Signal), math.Log(r.Noise-floor))
		want += r.Signal - math.Log(r.Signal) + 30*r.Noise - 0.1*math.Log(r.Noise)
		got := newFitness(d).loss(theta, make([]float64, len(theta)))
		if !near10(got, want, 1e-9) {
			t.Errorf("%d observations: %v, want %v", len(r.Y), got, want)
		}
	}
}

// slopes compares a gradient with central differences.
func slopes(t *testing.T, what string, f func(x, gradient []float64) float64, x []float64, tolerance float64) {
	t.Helper()
	gradient, scratch := make([]float64, len(x)), make([]float64, len(x))
	f(x, gradient)
	for i := range x {
		const h = 1e-5
		up, down := append([]float64(nil), x...), append([]float64(nil), x...)
		up[i] += h
		down[i] -= h
		want := (f(up, scratch) - f(down, scratch)) / (2 * h)
		if !near10(gradient[i], want, tolerance) {
			t.Errorf("%s: derivative %d is %v, the difference %v", what, i, gradient[i], want)
		}
	}
}

func TestGradientsAreDifferences(t *testing.T) {
	r := read(t).Processes[1]
	d := Data{X: r.X, Y: r.Y, Choice: make([]bool, len(r.Scales))}
	slopes(t, "the likelihood", newFitness(d).loss, []float64{0.3, -1, 2, 0.2, -4}, 1e-5)

	k := Fit(d)
	p := New(k, d)
	prior := func(x, gradient []float64) float64 {
		for i := range gradient {
			gradient[i] -= x[i]
		}
		return -0.5 * (x[0]*x[0] + x[1]*x[1] + x[2]*x[2])
	}
	for name, a := range map[string]*Acquisition{
		"log EI":            {Process: p, Best: -1, Spread: 1},
		"log EI, greedily":  {Process: p, Best: -3, Spread: 0.25},
		"with constraints":  {Process: p, Best: -1, Spread: 1, Feasible: p},
		"constraints alone": {Process: p, Best: math.Inf(1), Spread: 1, Feasible: p},
		"with a prior":      {Process: p, Best: -1, Spread: 1, Prior: prior},
	} {
		x := []float64{0.21, 0.84, 0.43}
		slopes(t, name, a.slope, x, 1e-4)
		if got, want := a.slope(x, make([]float64, 3)), a.Values([][]float64{x})[0]; name != "with a prior" && !near10(got, want, 1e-9) {
			t.Errorf("%s: %v and %v of the same place", name, got, want)
		}
	}
}

func TestTailsAreRight(t *testing.T) {
	for _, r := range read(t).Tails {
		if got := logH(r.Z); !near10(got, r.LogH, 1e-9) {
			t.Errorf("log h(%v) is %v, want %v", r.Z, got, r.LogH)
		}
		if got, _ := LogCDF(r.Z); math.Abs(got-r.LogCDF) > 1e-9*math.Abs(r.LogCDF)+1e-14 {
			t.Errorf("log Φ(%v) is %v, want %v", r.Z, got, r.LogCDF)
		}
	}
}

func TestAFactorTimesItsTransposeIsTheMatrix(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 5, 32, 33, 64, 100} {
		a := newSquare(n)
		for i := range n {
			for j := range i {
				a.row(i)[j] = rng.Float64() / float64(n)
				a.row(j)[i] = a.row(i)[j]
			}
			a.row(i)[i] = 1 + rng.Float64()
		}
		l := square{n, append([]float64(nil), a.data...)}
		inverse, ok := factor(l)
		if !ok {
			t.Fatal(n)
		}
		full := gram(inverse)
		for i := range n {
			for j := range n {
				product, unit := 0.0, 0.0
				for k := range n {
					if k <= min(i, j) {
						product += l.row(i)[k] * l.row(j)[k]
					}
					unit += a.row(i)[k] * full.row(k)[j]
				}
				want := 0.0
				if i == j {
					want = 1
				}
				if math.Abs(product-a.row(i)[j]) > 1e-12 || math.Abs(unit-want) > 1e-12 {
					t.Fatalf("%d×%d: L Lᵀ has %v at %d, %d, not %v; a a⁻¹ has %v", n, n, product, i, j, a.row(i)[j], unit)
				}
			}
		}
	}
	if _, ok := factor(square{2, []float64{1, 0, 2, 1}}); ok {
		t.Error("a matrix that is not positive definite was factored")
	}
}

func TestMinimiseFindsAMinimumWithinTheBox(t *testing.T) {
	f := func(x, g []float64) float64 { // Rosenbrock's valley
		g[0] = -400*x[0]*(x[1]-x[0]*x[0]) - 2*(1-x[0])
		g[1] = 200 * (x[1] - x[0]*x[0])
		return 100*math.Pow(x[1]-x[0]*x[0], 2) + math.Pow(1-x[0], 2)
	}
	x := []float64{-1.2, 1}
	if v := Minimise(f, x, []float64{-2, -2}, []float64{2, 2}, 200, 1e-8); v > 1e-12 {
		t.Errorf("%v at %v", v, x)
	}
	x = []float64{-1.2, 1}
	Minimise(f, x, []float64{-2, -2}, []float64{0.5, 2}, 200, 1e-8)
	if x[0] != 0.5 || math.Abs(x[1]-0.25) > 1e-6 {
		t.Errorf("at the border: %v, want 0.5 and 0.25", x)
	}
}

func TestEqualObservationsCanBeFactored(t *testing.T) {
	d := Data{Choice: []bool{false, true}}
	for i := range 40 {
		d.X = append(d.X, []float64{0.5, float64(i % 2)})
		d.Y = append(d.Y, float64(i%2))
	}
	mean, variance := New(Fit(d), d).Posterior([][]float64{{0.5, 0}, {0.5, 1}})
	if math.Abs(mean[0]) > 0.05 || math.Abs(mean[1]-1) > 0.05 || variance[0] < 0 || variance[0] > 0.1 {
		t.Errorf("mean %v, variance %v", mean, variance)
	}
}

func BenchmarkFit(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	d := Data{Choice: make([]bool, 10)}
	for range 250 {
		x := make([]float64, 10)
		y := 0.0
		for i := range x {
			x[i] = rng.Float64()
			y += (x[i] - 0.4) * (x[i] - 0.4) * float64(i)
		}
		d.X, d.Y = append(d.X, x), append(d.Y, y)
	}
	for b.Loop() {
		Fit(d)
	}
}
