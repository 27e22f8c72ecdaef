package population_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/search"
	"descent/core/search/population"
)

var space = search.Space{Axes: []search.Axis{
	{Path: "optimizer.lr", Kind: search.Float, Low: 1e-4, High: 1, Log: true},
	{Path: "optimizer.name", Kind: search.Choice, Choices: []knob.Value{knob.Word("sgd"), knob.Word("adam"), knob.Word("lion")}},
	{Path: "optimizer.beta2", Kind: search.Float, Low: 0.9, High: 0.9999, Complement: true, Condition: &search.Condition{Path: "optimizer.name", In: []knob.Value{knob.Word("adam")}}},
	{Path: "train.batch", Kind: search.Int, Low: 1, High: 64, Log: true},
	{Path: "prune.sparsity", Kind: search.Float, Low: 0, High: 0.9},
	{Path: "model.out", Kind: search.Int, Low: 2, High: 20, Step: 2},
}}

// told are results of members after an interval.
func told(interval int, values ...float64) (out []population.Result) {
	rng := rand.New(rand.NewPCG(1, uint64(interval)))
	for m, v := range values {
		u := make([]float64, len(space.Axes))
		for i := range u {
			u[i] = rng.Float64()
		}
		p := space.At(u)
		p["model.seed"] = knob.Num(float64(m))
		out = append(out, population.Result{Member: m, Interval: interval, Point: p, Value: v})
	}
	return out
}

func ask(results []population.Result, members, member, interval int) population.Decision {
	return population.Decide(population.Question{Space: space, Members: members, Results: results, Member: member, Interval: interval, Seed: 7})
}

func TestTheWorstFifthTakesOverFromTheBest(t *testing.T) {
	results := told(3, 5, 1, 4, 9, 3, 2, 8, 7, 6, 10)
	for m := range results {
		d := ask(results, 10, m, 3)
		if bad := m == 3 || m == 9; d.Fork != bad {
			t.Errorf("member %d with %v: %+v", m, results[m].Value, d)
		}
		if !d.Fork {
			continue
		}
		if d.From != 1 && d.From != 5 || d.Interval != 3 {
			t.Errorf("member %d takes over from %d after interval %d", m, d.From, d.Interval)
		}
		if d.Point["model.seed"].Num() != float64(d.From) {
			t.Errorf("what is not perturbed is not taken over: %v", d.Point)
		}
	}
}

func TestADecisionDependsOnNothingButItsQuestion(t *testing.T) {
	results := append(told(1, 3, 2, 1, 5, 4), told(2, 3, 2, 1, 9, 4)...)
	want := ask(results, 5, 3, 2)
	slices.Reverse(results)
	if got := ask(results, 5, 3, 2); !got.Fork || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, and with the results in another order %+v", want, got)
	}
}

func TestMembersAreComparedWhereTheyAre(t *testing.T) {
	results := append(told(1, 3, 2, 1, 5, 4), told(2, 9, 9, 9, 0.5)...) // the last is still in its second interval
	if d := ask(results, 5, 3, 1); !d.Fork || d.From != 2 || d.Interval != 1 {
		t.Errorf("what the others did later counts after interval 1: %+v", d)
	}
	if d := ask(results, 5, 4, 2); d.Fork {
		t.Errorf("a member that has no result decides: %+v", d)
	}
	if d := ask(results, 5, 0, 2); d.Fork && d.From == 4 && d.Interval != 1 {
		t.Errorf("weights are taken that do not exist yet: %+v", d)
	}
}

func TestAMemberGoesOnWhileLittleIsKnown(t *testing.T) {
	for _, c := range []struct {
		members int
		values  []float64
		fork    bool
	}{
		{1, []float64{5}, false},
		{2, []float64{5}, false},
		{2, []float64{5, 1}, true},
		{10, []float64{5, 1, 2, 3, 4}, false},
		{10, []float64{5, 1, 2, 3, 4, 3}, true},
		{4, []float64{1, 1, 1, 1}, false}, // nobody is better
	} {
		if d := ask(told(1, c.values...), c.members, 0, 1); d.Fork != c.fork {
			t.Errorf("%v of %d members: %+v", c.values, c.members, d)
		}
	}
}

func TestAMemberThatDivergedBeginsAgain(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, bad := range []float64{nan, inf, -inf} {
		if d := ask(told(1, 4, bad, inf, nan, nan), 5, 1, 1); !d.Fork || d.From != 0 || d.Interval != 1 {
			t.Errorf("%v among bad ones: %+v", bad, d)
		}
	}
	all := told(1, nan, inf)
	if d := ask(all, 2, 1, 1); !d.Fork || d.From != 1 || d.Interval != 0 || d.Point == nil {
		t.Errorf("when all diverged: %+v", d)
	}
	results := append(told(1, 3, 4), append(told(2, 3, 4), told(3, nan, nan)...)...)
	if d := ask(results, 2, 1, 3); !d.Fork || d.From != 1 || d.Interval != 2 {
		t.Errorf("when all diverged later: %+v", d)
	}
}

func TestPerturbedPointsLieInTheSpace(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	p := space.At([]float64{0.5, 0.5, 0.5, 0, 0, 0})
	names, rates, redrawn := map[string]int{}, map[string]int{}, 0
	const n = 4000
	for range n {
		q := population.Perturb(space, p, rng)
		if !space.Contains(q) {
			t.Fatalf("%v becomes %v, which is not in the space", p, q)
		}
		ratio := q["optimizer.lr"].Num() / p["optimizer.lr"].Num()
		switch {
		case math.Abs(ratio-population.Up) < 1e-4:
			rates["up"]++
		case math.Abs(ratio-population.Down) < 1e-4:
			rates["down"]++
		default:
			rates["end"]++
		}
		if !q["optimizer.name"].Equal(p["optimizer.name"]) {
			redrawn++
		}
		names[q["optimizer.name"].Word()]++
		if q["train.batch"].Equal(p["train.batch"]) && p["train.batch"].Num() != 1 && p["train.batch"].Num() != 64 {
			t.Fatalf("the batch stays at %v", p["train.batch"])
		}
		p = q
	}
	if f := float64(redrawn) / n; math.Abs(f-population.Redrawn*2/3) > 0.02 {
		t.Errorf("a choice changes in %.3f of the cases", f)
	}
	if up, down := rates["up"], rates["down"]; min(up, down) < n/4 || rates["end"] > n/4 {
		t.Errorf("rates go %v", rates)
	}
	if len(names) != 3 {
		t.Errorf("names: %v", names)
	}
}

func TestNumbersMoveOnTheScaleOfTheirAxis(t *testing.T) {
	for _, c := range []struct {
		axis     search.Axis
		x        float64
		down, up float64
	}{
		{search.Axis{Kind: search.Float, Low: 1e-5, High: 1, Log: true}, 0.01, 0.008, 0.012},
		{search.Axis{Kind: search.Float, Low: 1e-5, High: 1, Log: true}, 1, 0.8, 1},
		{search.Axis{Kind: search.Float, Low: 0.5, High: 0.999, Complement: true}, 0.9, 0.88, 0.92},
		{search.Axis{Kind: search.Float, Low: 0, High: 0.9}, 0.5, 0.4, 0.6},
		{search.Axis{Kind: search.Float, Low: 0, High: 0.9}, 0, 0, 0.009},
		{search.Axis{Kind: search.Float, Low: -10, High: 10}, -5, -6, -4},
		{search.Axis{Kind: search.Int, Low: 1, High: 9}, 2, 1, 3},
		{search.Axis{Kind: search.Int, Low: 1, High: 900, Log: true}, 100, 80, 120},
		{search.Axis{Kind: search.Float, Low: 0, High: 1, Step: 0.25}, 0.5, 0.25, 0.75},
		{search.Axis{Kind: search.Float, Low: 2, High: 4}, 40, 3.2, 4}, // the axis was narrowed
		{search.Axis{Kind: search.Int, Low: 3, High: 3}, 3, 3, 3},
	} {
		c.axis.Path = "x"
		s := search.Space{Axes: []search.Axis{c.axis}}
		rng := rand.New(rand.NewPCG(1, 1))
		seen := map[float64]bool{}
		for range 50 {
			seen[population.Perturb(s, search.Point{"x": knob.Num(c.x)}, rng)["x"].Num()] = true
		}
		if !seen[c.down] || !seen[c.up] || len(seen) > 2 {
			t.Errorf("%+v: %v becomes %v, not %v and %v", c.axis, c.x, seen, c.down, c.up)
		}
	}
}

// The toy problem of section 4.1 of the paper: the surrogate's gradient is scaled by two
// numbers, and no fixed pair of which one is 0 comes to the optimum of 1.2.
func TestThePopulationFindsAScheduleWhereFixedSettingsFail(t *testing.T) {
	s := search.Space{Axes: []search.Axis{
		{Path: "h0", Kind: search.Float, Low: 0, High: 1},
		{Path: "h1", Kind: search.Float, Low: 0, High: 1},
	}}
	type weights [2]float64
	value := func(w weights) float64 { return w[0]*w[0] + w[1]*w[1] - 1.2 }
	run := func(exploit bool) float64 {
		now := []weights{{0.9, 0.9}, {0.9, 0.88}}
		points := []search.Point{{"h0": knob.Num(0), "h1": knob.Num(1)}, {"h0": knob.Num(1), "h1": knob.Num(0)}}
		kept := map[[2]int]weights{}
		var results []population.Result
		for interval := 1; interval <= 150; interval++ {
			for m := range now {
				for range 4 {
					now[m][0] -= 0.02 * points[m]["h0"].Num() * now[m][0]
					now[m][1] -= 0.02 * points[m]["h1"].Num() * now[m][1]
				}
				kept[[2]int{m, interval}] = now[m]
				results = append(results, population.Result{Member: m, Interval: interval, Point: points[m], Value: value(now[m])})
			}
			for m := range now {
				d := population.Decide(population.Question{Space: s, Members: 2, Results: results, Member: m, Interval: interval, Seed: 3})
				if exploit && d.Fork {
					now[m], points[m] = kept[[2]int{d.From, d.Interval}], d.Point
				}
			}
		}
		return min(value(now[0]), value(now[1]))
	}
	alone, together := run(false), run(true)
	if alone < -0.5 || together > -1.1 {
		t.Errorf("fixed settings come to %.3f, the population to %.3f; the optimum is −1.2", alone, together)
	}
}
