package cma

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
)

type course struct {
	Mean        []float64
	Sigma       float64
	Generations []struct {
		Members                   [][]float64
		Mean, Covariance, Stretch []float64
	}
}

func reference(t *testing.T) (r struct{ Plain, Margin []course }) {
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

func (c course) start() *State {
	deviation := make([]float64, len(c.Mean))
	for i := range deviation {
		deviation[i] = c.Sigma
	}
	return New(c.Mean, deviation)
}

func (s *State) full() []float64 {
	out := slices.Clone(s.c)
	for i := range out {
		out[i] *= s.Sigma * s.Sigma
	}
	return out
}

func apart(a, b []float64) float64 {
	worst := 0.0
	for i := range a {
		worst = max(worst, math.Abs(a[i]-b[i])/(1e-3+math.Abs(b[i])))
	}
	return worst
}

// As long as the learning rates are 1.
func TestTheDistributionMovesAsThatOfCmaes(t *testing.T) {
	for _, c := range reference(t).Plain {
		s := c.start()
		for g, want := range c.Generations {
			s = s.Tell(want.Members)
			if off := max(apart(s.Mean, want.Mean), apart(s.full(), want.Covariance)); off > 1e-7 {
				t.Fatalf("%d members, generation %d: mean %v, want %v; covariance %v, want %v", len(want.Members), g, s.Mean, want.Mean, s.full(), want.Covariance)
			}
		}
	}
}

func TestTheMarginIsThatOfCmaes(t *testing.T) {
	for _, c := range reference(t).Margin {
		s := c.start()
		for g, want := range c.Generations {
			s = s.Tell(want.Members)
			at := min(max(int(s.Mean[0]*5), 0), 4) // the value at the mean: its share is a fifth
			below, above := 0.2*float64(at), 0.2*float64(at+1)
			if at == 0 {
				below = above
			} else if at == 4 {
				above = below
			}
			s = s.WithMargin(0, below, above, 1/float64(3*len(want.Members)))
			if off := max(apart(s.Mean, want.Mean), apart(s.Stretch, want.Stretch), apart(s.full(), want.Covariance)); off > 1e-6 {
				t.Fatalf("%d members, generation %d: mean %v, want %v; stretch %v, want %v", len(want.Members), g, s.Mean, want.Mean, s.Stretch, want.Stretch)
			}
		}
	}
}

// rotated is an ellipsoid with axes from 1 to 30 in a random orientation.
func rotated(rng *rand.Rand, d int) func(x []float64) float64 {
	a := make([]float64, d*d)
	for i := range d {
		for j := range i + 1 {
			a[i*d+j] = rng.NormFloat64()
			a[j*d+i] = a[i*d+j]
		}
	}
	_, b := eigen(a, d)
	return func(x []float64) float64 {
		sum := 0.0
		for k := range d {
			y := 0.0
			for i := range d {
				y += b[i*d+k] * (x[i] - 0.6)
			}
			sum += math.Pow(30, 2*float64(k)/float64(d-1)) * y * y
		}
		return sum
	}
}

func TestItConvergesOnARotatedEllipsoid(t *testing.T) {
	const d = 5
	rng := rand.New(rand.NewPCG(1, 2))
	f := rotated(rng, d)
	for _, noise := range []float64{0, 1e-3} {
		s := New([]float64{0.5, 0.5, 0.5, 0.5, 0.5}, []float64{.2, .2, .2, .2, .2})
		for range 250 {
			type member struct {
				x []float64
				v float64
			}
			var all []member
			for range Size(d) {
				x := s.Sample(rng)
				all = append(all, member{x, f(x) + noise*rng.NormFloat64()})
			}
			slices.SortFunc(all, func(a, b member) int {
				if a.v < b.v {
					return -1
				}
				return 1
			})
			var members [][]float64
			for _, m := range all {
				members = append(members, m.x)
			}
			s = s.Tell(members)
		}
		if got := f(s.Mean); got > 1e-8+5*noise {
			t.Errorf("noise %v: %v at the mean, deviation %v", noise, got, s.Deviation(0))
		}
	}
}

func TestEigenvectorsTimesEigenvaluesAreTheMatrix(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, d := range []int{1, 2, 7, 20} {
		a := make([]float64, d*d)
		for i := range d {
			for j := range i + 1 {
				a[i*d+j] = rng.NormFloat64()
				a[j*d+i] = a[i*d+j]
			}
		}
		values, b := eigen(slices.Clone(a), d)
		if off := apart(function(values, b, func(v float64) float64 { return v }), a); off > 1e-9 {
			t.Errorf("%d×%d: off by %v", d, d, off)
		}
	}
}

func TestAnInjectedPointIsAsNearAsSamplesAre(t *testing.T) {
	s := New([]float64{0, 0}, []float64{1, 2})
	if x := s.Inject([]float64{0.5, 1}); x[0] != 0.5 || x[1] != 1 {
		t.Errorf("a near point was moved to %v", x)
	}
	if x := s.Inject([]float64{100, 0}); x[0] < 1 || x[0] > 3 {
		t.Errorf("a far point was moved to %v", x)
	}
}
