package search

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"descent/core/knob"
)

func branin(p Point) float64 {
	x, y := p["x"].Num(), p["y"].Num()
	z := y - 5.1/(4*math.Pi*math.Pi)*x*x + 5/math.Pi*x - 6
	return z*z + 10*(1-1/(8*math.Pi))*math.Cos(x) + 10
}

var braninSpace = Space{Axes: []Axis{{Path: "x", Kind: Float, Low: -5, High: 10}, {Path: "y", Kind: Float, High: 15}}}

// search runs a sampler and returns its trials.
func search(t *testing.T, name string, s Space, seed uint64, n int, f func(Point) float64) []Trial {
	t.Helper()
	r, _ := Find(name)
	var told []Trial
	for i := range n {
		p, err := r.New(Options{}).Ask(Question{Space: s, Told: told, Number: i, Seed: seed, Objectives: 1})
		if errors.Is(err, ErrExhausted) {
			return told
		}
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, Trial{Number: i, Point: p.Point, State: Complete, Values: []float64{f(p.Point)}, Note: p.Note})
	}
	return told
}

func lowest(trials []Trial) float64 {
	out := math.Inf(1)
	for _, t := range trials {
		out = min(out, t.Values[0])
	}
	return out
}

func TestTPEFindsMoreThanRandomSearch(t *testing.T) {
	var regrets [2][]float64
	for seed := range uint64(10) {
		for k, name := range []string{"tpe", "random"} {
			regrets[k] = append(regrets[k], lowest(search(t, name, braninSpace, seed, 60, branin))-0.397887)
		}
	}
	for k := range regrets {
		slices.Sort(regrets[k])
	}
	if tpe, random := regrets[0][5], regrets[1][5]; tpe > random/2 {
		t.Errorf("median regret %.4f, of random search %.4f", tpe, random)
	}
}

// Training is repeatable: a point that was tried is not worth a second trial.
func TestTPETriesEveryPointOfASmallSpaceOnce(t *testing.T) {
	s := Space{Axes: []Axis{
		{Path: "name", Kind: Choice, Choices: words("a", "b", "c")},
		{Path: "n", Kind: Int, Low: 1, High: 4, Condition: &Condition{Path: "name", In: words("b", "c")}},
	}}
	trials := search(t, "tpe", s, 1, 100, func(p Point) float64 { return p["n"].Num() })
	seen := map[string]bool{}
	for _, trial := range trials {
		seen[trial.Point.String()] = true
	}
	if len(trials) != 9 || len(seen) != 9 {
		t.Errorf("%d trials of %d points; there are 9", len(trials), len(seen))
	}
}

func TestAxesOfOneConditionAreModelledTogether(t *testing.T) {
	adam := &Condition{Path: "name", In: words("adam", "nadam")}
	nadam := &Condition{Path: "name", In: words("nadam", "adam")}
	s := Space{Axes: []Axis{
		{Path: "name", Kind: Choice, Choices: words("sgd", "adam", "nadam")},
		{Path: "beta1", Kind: Float, High: 0.9, Condition: adam},
		{Path: "lr", Kind: Float, High: 1},
		{Path: "beta2", Kind: Float, High: 0.9, Condition: nadam},
		{Path: "momentum", Kind: Float, High: 0.9, Condition: &Condition{Path: "name", In: words("sgd")}},
	}}
	var got []string
	for _, g := range groups(s) {
		for _, a := range g {
			got = append(got, a.Path)
		}
		got = append(got, "|")
	}
	if want := []string{"name", "lr", "|", "beta1", "beta2", "|", "momentum", "|"}; !slices.Equal(got, want) {
		t.Errorf("groups %v, want %v", got, want)
	}
}

// A trial outside a space that was narrowed says nothing of the axis on which it lies
// outside, and as much as before of the others.
func TestTrialsOutsideTheSpaceCountWhereTheyCan(t *testing.T) {
	told := []Trial{
		{Number: 0, Point: Point{"x": knob.Num(9), "y": knob.Num(3)}},
		{Number: 1, Point: Point{"x": knob.Num(1), "y": knob.Num(4)}},
		{Number: 2, Point: Point{"x": knob.Num(7)}},
	}
	axes := []Axis{{Path: "x", Kind: Float, High: 5}, {Path: "y", Kind: Float, High: 5}}
	at, observed := observedAlong(told, axes, []int{0, 1, 2})
	if !slices.Equal(at, []int{0, 1}) || !math.IsNaN(observed[0][0]) || observed[0][1] != 1 || observed[1][0] != 3 {
		t.Errorf("trials %v are observed at %v", at, observed)
	}
	with := newParzen(axes, observed, recency(2), 1, nil)
	without := newParzen(axes[1:], observed[1:], recency(2), 1, nil)
	density := func(y float64) (sum float64) { // over x
		for i := range 1000 {
			sum += math.Exp(with.log([]float64{(float64(i) + 0.5) * 5e-3, y})) * 5e-3
		}
		return sum
	}
	for _, y := range []float64{0.5, 3, 4.5} {
		if got, want := density(y), math.Exp(without.log([]float64{y})); math.Abs(got-want) > 1e-4*want {
			t.Errorf("density of y = %g is %.6f, want %.6f", y, got, want)
		}
	}
}

// A running trial keeps the others away.
func TestParallelTrialsSpread(t *testing.T) {
	told := search(t, "tpe", braninSpace, 3, 30, branin)
	r, _ := Find("tpe")
	nearest := func(hidden bool) (sum float64) {
		trials := slices.Clone(told)
		var points []Point
		for i := range 8 {
			p, err := r.New(Options{}).Ask(Question{Space: braninSpace, Told: trials, Number: 30 + i, Seed: 3, Objectives: 1})
			if err != nil {
				t.Fatal(err)
			}
			points = append(points, p.Point)
			if !hidden {
				trials = append(trials, Trial{Number: 30 + i, Point: p.Point, State: Running})
			}
		}
		for i, p := range points {
			for _, o := range points[:i] {
				sum += math.Hypot(p["x"].Num()-o["x"].Num(), p["y"].Num()-o["y"].Num())
			}
		}
		return sum
	}
	if with, without := nearest(false), nearest(true); with < without {
		t.Errorf("eight parallel trials are %.1f apart, and %.1f if they do not know of each other", with, without)
	}
}

// With a narrow prior the search begins around it, and where the prior is wrong it gets
// away from there.
func TestAPriorHelpsWhereItIsRightAndDoesNotHoldWhereItIsWrong(t *testing.T) {
	median := func(center Point, n int) float64 {
		s := braninSpace
		if center != nil {
			s.Around = &Around{Center: center, Width: 0.1}
		}
		var regrets []float64
		for seed := range uint64(11) {
			regrets = append(regrets, lowest(search(t, "tpe", s, seed, n, branin))-0.397887)
		}
		slices.Sort(regrets)
		return regrets[5]
	}
	right, wrong := Point{"x": knob.Num(3.1), "y": knob.Num(2.3)}, Point{"x": knob.Num(-4), "y": knob.Num(1)} // where Branin is worst
	if with, without := median(right, 15), median(nil, 15); with > without/3 {
		t.Errorf("median regret after 15 trials %.4f with a prior that is right, %.4f without", with, without)
	}
	if with, without := median(wrong, 60), median(nil, 60); with > 5*without {
		t.Errorf("median regret after 60 trials %.4f with a prior that is wrong, %.4f without", with, without)
	}
}

func TestTwoObjectivesSpreadAlongTheFront(t *testing.T) {
	s := Space{Axes: []Axis{{Path: "x", Kind: Float, High: 1}, {Path: "y", Kind: Float, High: 1}}}
	f := func(p Point) []float64 { // front: y = 0, f2 = 1 − √f1 (ZDT1 with two variables)
		g := 1 + 9*p["y"].Num()
		return []float64{p["x"].Num(), g * (1 - math.Sqrt(p["x"].Num()/g))}
	}
	area := func(name string, seed uint64) float64 {
		r, _ := Find(name)
		var told []Trial
		var values [][]float64
		for i := range 60 {
			p, err := r.New(Options{}).Ask(Question{Space: s, Told: told, Number: i, Seed: seed, Objectives: 2})
			if err != nil {
				t.Fatal(err)
			}
			told = append(told, Trial{Number: i, Point: p.Point, State: Complete, Values: f(p.Point)})
			values = append(values, f(p.Point))
		}
		return Hypervolume(values, [2]float64{1.1, 1.1})
	}
	wins := 0
	for seed := range uint64(9) {
		if area("tpe", seed) > area("random", seed) {
			wins++
		}
	}
	if wins < 8 {
		t.Errorf("a greater area than random search in %d of 9 runs", wins)
	}
}

func crowd(n int) []Trial {
	var axes []Axis
	for j := range 5 {
		axes = append(axes, Axis{Path: fmt.Sprint("x", j), Kind: Float, High: 1})
	}
	s := Space{Axes: axes}
	told := make([]Trial, n)
	for i := range told {
		p, err := random{}.Ask(Question{Space: s, Number: i})
		if err != nil {
			panic(err)
		}
		told[i] = Trial{Number: i, Point: p.Point, State: Complete, Values: []float64{p.Point["x0"].Num()}}
	}
	return told
}

func benchmarkAxes(kind Kind) Space {
	var s Space
	for j := range 5 {
		s.Axes = append(s.Axes, Axis{Path: fmt.Sprint("x", j), Kind: kind, High: 1})
	}
	return s
}

func TestAskingAmongTenThousandTrialsIsQuick(t *testing.T) {
	q := Question{Space: benchmarkAxes(Float), Told: crowd(10000), Number: 10000, Objectives: 1}
	best := time.Hour
	for range 3 {
		start := time.Now()
		if _, err := (tpe{}).Ask(q); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	if best > 500*time.Millisecond { // 15 ms on a quiet machine
		t.Errorf("it takes %v", best)
	}
}

func BenchmarkTPEOfIntegers(b *testing.B) {
	q := Question{Space: benchmarkAxes(Int), Told: crowd(10000), Number: 10000, Objectives: 1}
	for i := range q.Space.Axes {
		q.Space.Axes[i].High = 10000
	}
	for i := range q.Told {
		for path, v := range q.Told[i].Point {
			q.Told[i].Point[path] = knob.Num(math.Round(1e4 * v.Num()))
		}
	}
	for b.Loop() {
		if _, err := (tpe{}).Ask(q); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTPE(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		q := Question{Space: benchmarkAxes(Float), Told: crowd(n), Number: n, Objectives: 1}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := (tpe{}).Ask(q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Greed draws proposals towards the best trials.
func TestGreedStaysNearTheBest(t *testing.T) {
	told := search(t, "tpe", braninSpace, 5, 40, branin)
	spread := func(greed float64) (sum float64) {
		for seed := range uint64(40) {
			p, err := tpe{greed}.Ask(Question{Space: braninSpace, Told: told, Number: 40, Seed: seed, Objectives: 1})
			if err != nil {
				t.Fatal(err)
			}
			nearest := math.Inf(1)
			for _, o := range told {
				if o.Values[0] < 2 {
					nearest = min(nearest, math.Hypot(p.Point["x"].Num()-o.Point["x"].Num(), p.Point["y"].Num()-o.Point["y"].Num()))
				}
			}
			sum += nearest
		}
		return sum
	}
	if low, middle, high := spread(-1), spread(0), spread(1); !(low > middle && middle > high) {
		t.Errorf("distance of proposals from the best trials: %.1f, %.1f and %.1f for greed −1, 0 and 1", low, middle, high)
	}
}
