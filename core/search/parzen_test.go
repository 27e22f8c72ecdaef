package search

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// The numbers come from testdata/parzen.py.
func TestDensitiesAreThoseOfOptuna(t *testing.T) {
	text, err := os.ReadFile("testdata/parzen.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Axes             []Axis
		Observed, Points [][]float64
		Log              []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	inner := func(a Axis, x float64) float64 {
		if a.Kind == Choice {
			return x
		}
		return a.ToInner(x)
	}
	for _, c := range cases {
		observed := make([][]float64, len(c.Axes))
		for i, a := range c.Axes {
			for _, x := range c.Observed[i] {
				observed[i] = append(observed[i], inner(a, x))
			}
		}
		n := len(c.Observed[0])
		p := newParzen(c.Axes, observed, recency(n), 1, nil)
		for k, want := range c.Log {
			x := make([]float64, len(c.Axes))
			for i, a := range c.Axes {
				x[i] = inner(a, c.Points[i][k])
			}
			if got := p.log(x); math.Abs(got-want) > 1e-9*(1+math.Abs(want)) {
				t.Errorf("%d observations, %d axes from %s: log density at %v is %.12g, want %.12g", n, len(c.Axes), c.Axes[0].Path, x, got, want)
			}
		}
	}
}

// The tails by the continued fraction of Mills' ratio, in which nothing cancels.
func TestMassesFarInTheTails(t *testing.T) {
	mills := func(z float64) float64 { // log of the upper tail of z
		f := z
		for k := 400; k > 0; k-- {
			f = z + float64(k)/f
		}
		return -z*z/2 - halfLog2Pi - math.Log(f)
	}
	for _, z := range []float64{3, 12, 29.9, 30.1, 45, 99} {
		for _, width := range []float64{0.5, 1e-2, 1e-3} {
			want := mills(z) + math.Log(-math.Expm1(mills(z+width)-mills(z)))
			for _, got := range []float64{logMass(z, z+width), logMass(-z-width, -z)} {
				if math.Abs(got-want) > 1e-9*math.Abs(want) {
					t.Errorf("log mass from %g, %g wide: %.15g, want %.15g", z, width, got, want)
				}
			}
		}
	}
	if got, want := logMass(-1e-6, 1e-6), math.Log(2e-6)-halfLog2Pi; math.Abs(got-want) > 1e-10 {
		t.Errorf("log mass of a narrow interval around 0: %.12g, want %.12g", got, want)
	}
}
