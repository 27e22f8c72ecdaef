package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"descent/core/knob"
)

// bowl is a search on a quadratic: the distance to the lowest point after n trials.
func bowl(t *testing.T, name string, space Space, n, workers int, value func(Point) float64) float64 {
	t.Helper()
	row, _ := Find(name)
	var told []Trial
	best := math.Inf(1)
	for i := range n {
		p, err := row.New(Options{}).Ask(Question{Space: space, Told: told, Number: i, Seed: 3, Objectives: 1})
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, Trial{Number: i, Point: p.Point, State: Running, Note: p.Note})
		if done := i - workers + 1; done >= 0 {
			v := value(told[done].Point)
			told[done].State, told[done].Values = Complete, []float64{v}
			best = min(best, v)
		}
	}
	return best
}

func TestGPFindsTheMinimumOfNumbersAndChoices(t *testing.T) {
	space := Space{Axes: []Axis{
		{Path: "name", Kind: Choice, Choices: []knob.Value{knob.Word("a"), knob.Word("b"), knob.Word("c")}},
		{Path: "lr", Kind: Float, Low: 1e-5, High: 1, Log: true},
		{Path: "width", Kind: Int, Low: 1, High: 64},
	}}
	value := func(p Point) float64 {
		lr, w := math.Log10(p["lr"].Num())+2, (p["width"].Num()-40)/64
		v := lr*lr + 4*w*w
		if p["name"].Word() != "b" {
			v++
		}
		return v
	}
	for _, workers := range []int{1, 4} {
		if v := bowl(t, "gp", space, 35, workers, value); v > 0.01 {
			t.Errorf("with %d workers: %v after 35 trials", workers, v)
		}
	}
}

func TestGPStaysWhereConstraintsAreMet(t *testing.T) {
	space := Space{Axes: []Axis{{Path: "x", Kind: Float, Low: 0, High: 1}, {Path: "y", Kind: Float, Low: 0, High: 1}}}
	row, _ := Find("gp")
	var told []Trial
	best, met := math.Inf(1), 0
	for i := range 40 {
		p, err := row.New(Options{}).Ask(Question{Space: space, Told: told, Number: i, Seed: 1, Objectives: 1})
		if err != nil {
			t.Fatal(err)
		}
		x, y := p.Point["x"].Num(), p.Point["y"].Num()
		tr := Trial{Number: i, Point: p.Point, State: Complete, Values: []float64{x + y}, Violation: max(0, 0.3-x) + max(0, 0.5-y)}
		if tr.Violation == 0 {
			best = min(best, x+y)
			if i >= 20 {
				met++
			}
		}
		told = append(told, tr)
	}
	if best > 0.83 || met < 3 {
		t.Errorf("best %v, want 0.8; %d of the last 20 trials met the constraints", best, met)
	}
}

func TestGPLooksAroundThePrior(t *testing.T) {
	space := Space{Axes: []Axis{{Path: "x", Kind: Float, Low: 0, High: 1}}, Around: &Around{Center: Point{"x": knob.Num(0.7)}, Width: 0.05}}
	row, _ := Find("gp")
	told := tune(t, row.New(Options{}), space, nil, 20, func(p Point) float64 { return math.Abs(p["x"].Num() - 0.6) })
	near := 0
	for _, tr := range told {
		if math.Abs(tr.Point["x"].Num()-0.7) < 0.15 {
			near++
		}
	}
	if near < 12 {
		t.Errorf("%d of 20 trials are near the center of the prior", near)
	}
}

func TestGPProposesNothingTwiceInASmallSpace(t *testing.T) {
	space := Space{Axes: []Axis{{Path: "x", Kind: Int, Low: 1, High: 4}, {Path: "y", Kind: Float, Low: 0, High: 1, Step: 0.25}}}
	row, _ := Find("gp")
	var told []Trial
	for i := range 21 {
		p, err := row.New(Options{}).Ask(Question{Space: space, Told: told, Number: i, Objectives: 1})
		if i == 20 {
			if err != ErrExhausted {
				t.Errorf("the 21st of 20 points: %v, %v", p, err)
			}
			break
		}
		q := Question{Told: told}
		if err != nil || known(q, p.Point) {
			t.Fatalf("trial %d: %v (%v) a second time", i, p.Point, err)
		}
		told = append(told, Trial{Number: i, Point: p.Point, State: Complete, Values: []float64{p.Point["x"].Num()}})
	}
}

func TestWarpBringsOrdersOfMagnitudeNearer(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	wide, even := make([]float64, 60), make([]float64, 60)
	for i := range wide {
		even[i] = rng.Float64()
		wide[i] = math.Exp(12*even[i]) - 7
	}
	before, same := slices.Clone(wide), slices.Clone(even)
	warp(wide)
	warp(even)
	if !slices.Equal(even, same) {
		t.Error("values that are spread evenly were changed")
	}
	if r := (slices.Max(wide) - slices.Min(wide)) / (wide[0] - slices.Min(wide)); r > 1000 {
		t.Errorf("the range is still %v times one of the values", r)
	}
	for i := range wide {
		for j := range i {
			if (wide[i] < wide[j]) != (before[i] < before[j]) {
				t.Fatal("the order has changed")
			}
		}
	}
}

func TestWhatIsToldOfTheTrialItselfChangesNothing(t *testing.T) {
	for _, name := range []string{"gp", "cmaes", "nsga2"} {
		row, _ := Find(name)
		told := tune(t, row.New(Options{}), plain, nil, 25, valley)
		q := Question{Space: plain, Told: told, Number: 25, Objectives: 1}
		want, _ := row.New(Options{}).Ask(q)
		q.Told = append(slices.Clone(told), Trial{Number: 25, State: Running, Point: want.Point, Note: want.Note})
		if got, err := row.New(Options{}).Ask(q); err != nil || !got.Point.Equal(want.Point) || got.Note != want.Note {
			t.Errorf("%s: %v (%v), want %v", name, got, err, want)
		}
	}
}

func TestGPModelsTheBestAndTheLastOfMany(t *testing.T) {
	var o observations
	for i := range 1000 {
		o.x, o.y = append(o.x, []float64{float64(i)}), append(o.y, float64(i))
		o.reachable = append(o.reachable, i >= 100)
	}
	o.thin()
	if len(o.x) != gpMost || o.x[0][0] != 100 || o.x[gpMost/2-1][0] != 299 || o.x[gpMost/2][0] != 800 || o.y[gpMost-1] != 999 {
		t.Errorf("%d are left: %v", len(o.x), o.x)
	}
}

func BenchmarkGP(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{100, 250} {
		var s Space
		for i := range 10 {
			s.Axes = append(s.Axes, Axis{Path: fmt.Sprint("x", i), Kind: Float, Low: 0, High: 1})
		}
		q := Question{Space: s, Number: n, Objectives: 1}
		for i := range n {
			p := uniform(s, rng)
			v := 0.0
			for j, a := range s.Axes {
				v += float64(j) * math.Pow(p[a.Path].Num()-0.4, 2)
			}
			q.Told = append(q.Told, Trial{Number: i, Point: p, State: Complete, Values: []float64{v}})
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := (gp{}).Ask(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
