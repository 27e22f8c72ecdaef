package importance_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"descent/core/knob"
	"descent/core/search"
	"descent/core/search/importance"
)

// reference is what testdata/reference.py wrote.
type reference struct {
	space search.Space
	cases []study
}

type study struct {
	Name             string
	Points           [][]float64
	Values           []float64
	Fanova, Pedanova []float64
	trials           []search.Trial
}

func read(t *testing.T) (r reference) {
	t.Helper()
	var file struct {
		Axes []struct {
			Path, Kind      string
			Low, High, Step float64
			Log             bool
		}
		Cases []study
	}
	text, err := os.ReadFile("testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range file.Axes {
		axis := search.Axis{Path: a.Path, Kind: search.Kind(a.Kind), Low: a.Low, High: a.High, Log: a.Log, Step: a.Step}
		if axis.Kind == search.Choice {
			for i := range int(a.High) + 1 {
				axis.Choices = append(axis.Choices, knob.Num(float64(i)))
			}
		}
		r.space.Axes = append(r.space.Axes, axis)
	}
	for _, c := range file.Cases {
		for n, p := range c.Points {
			point := search.Point{}
			for i, x := range p {
				point[r.space.Axes[i].Path] = knob.Num(x)
			}
			c.trials = append(c.trials, search.Trial{Number: n, Point: point, State: search.Complete, Values: c.Values[n : n+1]})
		}
		r.cases = append(r.cases, c)
	}
	return r
}

func TestImportancesAreThoseOfTheFormulas(t *testing.T) {
	r := read(t)
	for _, c := range r.cases {
		for i, v := range importance.Of(r.space, c.trials, 0) {
			if math.Abs(v.Fraction-c.Pedanova[i]) > 1e-9 {
				t.Errorf("%s: %s has %v, by the script %v", c.Name, v.Path, v.Fraction, c.Pedanova[i])
			}
		}
	}
}

// Optuna integrates over the cube of one-hot coordinates, where most points are no
// choice, which raises what it finds of choices by a few hundredths.
func TestTheForestAgreesWithOptuna(t *testing.T) {
	r := read(t)
	for _, c := range r.cases {
		for i, v := range importance.ANOVA(r.space, c.trials, 0) {
			if math.Abs(v.Fraction-c.Fanova[i]) > 0.08 {
				t.Errorf("%s: %s has %.3f, fANOVA of Optuna %.3f", c.Name, v.Path, v.Fraction, c.Fanova[i])
			}
		}
	}
}

// unit is a space of axes from 0 to 1.
func unit(n int) (s search.Space) {
	for i := range n {
		s.Axes = append(s.Axes, search.Axis{Path: string(rune('a' + i)), Kind: search.Float, High: 1})
	}
	return s
}

// sampled are complete trials at random points, given the objective of coordinates.
func sampled(s search.Space, n int, f func(u []float64) float64) (out []search.Trial) {
	rng := rand.New(rand.NewPCG(5, uint64(n)))
	for k := range n {
		u := make([]float64, len(s.Axes))
		for i := range u {
			u[i] = rng.Float64()
		}
		out = append(out, search.Trial{Number: k, Point: s.At(u), State: search.Complete, Values: []float64{f(u)}})
	}
	return out
}

func order(all []importance.Importance) (paths string) {
	for _, v := range importance.Sorted(all) {
		paths += v.Path
	}
	return paths
}

// byGrid is the exact ANOVA of a function of u in [0, 1]ⁿ on a grid: the variance of
// the mean along each axis.
func byGrid(n int, f func(u []float64) float64) []float64 {
	const m = 9
	total := int(math.Pow(m, float64(n)))
	mean, means := 0.0, make([][m]float64, n)
	for k := range total {
		u := make([]float64, n)
		for i, r := 0, k; i < n; i, r = i+1, r/m {
			u[i] = (float64(r%m) + 0.5) / m
		}
		v := f(u)
		mean += v / float64(total)
		for i := range u {
			means[i][int(u[i]*m)] += v / float64(total) * m
		}
	}
	out := make([]float64, n)
	for i := range out {
		for _, v := range means[i] {
			out[i] += (v - mean) * (v - mean) / m
		}
	}
	return out
}

func TestTheOrderOfAxesAgreesOnKnownFunctions(t *testing.T) {
	for name, f := range map[string]func(u []float64) float64{
		"linear":     func(u []float64) float64 { return 8*u[0] + 4*u[1] + 2*u[2] + 0.2*u[3] },
		"valleys":    func(u []float64) float64 { return 9*math.Abs(u[0]-0.5) + 4*math.Abs(u[1]-0.3) + math.Abs(u[2]-0.7) },
		"multiplied": func(u []float64) float64 { return (5*u[0] + 1) * (2*u[1] + 1) * (0.8*u[2] + 1) },
	} {
		s := unit(4)
		trials := sampled(s, 600, f)
		exact := byGrid(4, f)
		if !slices.IsSortedFunc(exact, func(a, b float64) int { return int(math.Copysign(1, b-a)) }) {
			t.Fatalf("%s: %v", name, exact)
		}
		if got := order(importance.Of(s, trials, 0)); got != "abcd" {
			t.Errorf("%s: the order by PED-ANOVA is %s", name, got)
		}
		forest := importance.ANOVA(s, trials, 0)
		if got := order(forest); got != "abcd" {
			t.Errorf("%s: the order by the forest is %s", name, got)
		}
		sum := exact[0] + exact[1] + exact[2] + exact[3]
		for i, v := range forest {
			if math.Abs(v.Fraction-exact[i]/sum) > 0.06 {
				t.Errorf("%s: the forest gives %s %.3f, the grid %.3f", name, v.Path, v.Fraction, exact[i]/sum)
			}
		}
	}
}

func TestScalesDoNotChangeImportances(t *testing.T) {
	f := func(u []float64) float64 { return math.Abs(u[0]-0.3) + 0.3*u[1] }
	plain := unit(2)
	scaled := search.Space{Axes: []search.Axis{
		{Path: "a", Kind: search.Float, Low: 1e-6, High: 1, Log: true},
		{Path: "b", Kind: search.Float, Low: 0.9, High: 0.9999, Complement: true},
	}}
	want := importance.Of(plain, sampled(plain, 200, f), 0)
	for i, v := range importance.Of(scaled, sampled(scaled, 200, func(u []float64) float64 { return math.Exp(9 * f(u)) }), 0) {
		if math.Abs(v.Fraction-want[i].Fraction) > 1e-3 {
			t.Errorf("%s: %v, on a linear scale %v", v.Path, v.Fraction, want[i].Fraction)
		}
	}
}

var conditional = search.Space{Axes: []search.Axis{
	{Path: "optimizer", Kind: search.Choice, Choices: []knob.Value{knob.Word("sgd"), knob.Word("adam")}},
	{Path: "lr", Kind: search.Float, Low: 0, High: 1},
	{Path: "beta2", Kind: search.Float, Low: 0, High: 1, Condition: &search.Condition{Path: "optimizer", In: []knob.Value{knob.Word("adam")}}},
}}

func TestAnAxisCountsWhereItExists(t *testing.T) {
	matters := sampled(conditional, 300, func(u []float64) float64 { return 3*u[2] + 0.1*u[1] })
	all := importance.Of(conditional, matters, 0)
	adam := 0
	for _, trial := range matters {
		if trial.Point["optimizer"].Word() == "adam" {
			adam++
		}
	}
	if all[2].Trials != adam || all[0].Trials != 300 {
		t.Errorf("%+v, and adam has %d trials", all, adam)
	}
	if got := order(all); got[:5] != "beta2" {
		t.Errorf("the order is %s", got)
	}
	narrowed := search.Space{Axes: slices.Clone(conditional.Axes)}
	narrowed.Axes[1].High = 0.25
	if n := importance.Of(narrowed, matters, 0)[1].Trials; n < 50 || n > 100 {
		t.Errorf("%d trials lie on the quarter of an axis", n)
	}
	for _, v := range importance.ANOVA(conditional, matters, 0) {
		if math.IsNaN(v.Fraction) {
			t.Errorf("%+v", v)
		}
	}
}

func TestPrunedAndFailedTrialsCount(t *testing.T) {
	s := unit(2)
	trials := sampled(s, 200, func(u []float64) float64 { return u[0] })
	for i := range trials {
		u, _ := s.Axes[0].Unit(trials[i].Point["a"])
		trials[i].Step = 100
		switch {
		case u > 0.6:
			trials[i].State, trials[i].Values = search.Failed, nil
		case u > 0.4:
			trials[i].Values = []float64{math.NaN()}
		case u > 0.05:
			trials[i].State, trials[i].Step = search.Pruned, 100-int(90*u)
			if i%2 == 0 {
				trials[i].State = search.Waiting
			}
			trials[i].Values = []float64{0} // at an early step: not to be compared
		}
	}
	if got := importance.Of(s, trials, 0); got[0].Fraction < 0.8 || got[0].Trials != 200 {
		t.Errorf("%+v", got)
	}
}

func TestNothingIsSaidOfFewTrials(t *testing.T) {
	s := unit(2)
	same := func([]float64) float64 { return 1 }
	if got := importance.Of(s, sampled(s, importance.Fewest-1, same), 0); got != nil {
		t.Errorf("%v", got)
	}
	if got := importance.ANOVA(s, sampled(s, importance.Fewest-1, same), 0); got != nil {
		t.Errorf("%v", got)
	}
	for _, all := range [][]importance.Importance{
		importance.Of(s, sampled(s, 50, same), 0), importance.ANOVA(s, sampled(s, 50, same), 0),
	} {
		for _, v := range all {
			if v.Fraction != 0 {
				t.Errorf("a constant objective has %+v", all)
			}
		}
	}
	single := search.Space{Axes: append(unit(1).Axes, search.Axis{Path: "one", Kind: search.Int, Low: 3, High: 3})}
	if got := importance.Of(single, sampled(single, 50, func(u []float64) float64 { return u[0] }), 0); got[1].Fraction != 0 || got[0].Fraction != 1 {
		t.Errorf("an axis with one value has %+v", got)
	}
	if got := importance.Of(s, sampled(s, 50, func(u []float64) float64 { return u[0] }), 1); got == nil || got[0].Fraction != 0 {
		t.Errorf("an objective that was not measured has %+v", got)
	}
}

func BenchmarkOf(b *testing.B) {
	s := read10k()
	trials := sampled(s, 10_000, func(u []float64) float64 { return u[0] + u[1]*u[2] })
	for b.Loop() {
		importance.Of(s, trials, 0)
	}
}

// read10k is a space as a search of a network has it.
func read10k() search.Space {
	s := search.Space{Axes: slices.Clone(conditional.Axes)}
	s.Axes[1] = search.Axis{Path: "lr", Kind: search.Float, Low: 1e-5, High: 1, Log: true}
	s.Axes = append(s.Axes, search.Axis{Path: "batch", Kind: search.Int, Low: 1, High: 256, Log: true},
		search.Axis{Path: "sparsity", Kind: search.Float, High: 0.9})
	return s
}

func TestTenThousandTrialsAreQuick(t *testing.T) {
	s := read10k()
	trials := sampled(s, 10_000, func(u []float64) float64 { return u[0] + u[1]*u[2] })
	best := time.Hour
	for range 5 {
		start := time.Now()
		importance.Of(s, trials, 0)
		best = min(best, time.Since(start))
	}
	if best > 60*time.Millisecond { // it takes 10 on a quiet machine
		t.Errorf("importances of 10,000 trials take %v", best)
	}
}
