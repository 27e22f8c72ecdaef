package search

import (
	"math"
	"math/rand/v2"
	"testing"

	"descent/core/knob"
)

// schaffer has two objectives, x² and (x − 2)² plus a distance, worse by 1 with choice
// "b": its front is 0 ≤ x ≤ 2, y = 0 with "a".
func schaffer(p Point) []float64 {
	x, bad := p["x"].Num(), 0.0
	if p["name"].Word() == "b" {
		bad = 1 + p["depth"].Num()
	}
	bad += math.Abs(p["y"].Num())
	return []float64{x*x + bad, (x-2)*(x-2) + bad}
}

var schafferSpace = Space{Axes: []Axis{
	{Path: "x", Kind: Float, Low: -10, High: 10},
	{Path: "y", Kind: Float, Low: -1, High: 1},
	{Path: "name", Kind: Choice, Choices: words("a", "b")},
	{Path: "depth", Kind: Int, Low: 1, High: 5, Condition: &Condition{Path: "name", In: words("b")}},
}}

// pareto runs a sampler with workers at once and returns the area that it dominates.
func pareto(t *testing.T, s Sampler, n, workers int) float64 {
	t.Helper()
	var told []Trial
	var values [][]float64
	for i := range n {
		p, err := s.Ask(Question{Space: schafferSpace, Told: told, Number: i, Seed: 1, Objectives: 2})
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, Trial{Number: i, Point: p.Point, State: Running, Note: p.Note})
		if done := i - workers + 1; done >= 0 {
			told[done].State, told[done].Values = Complete, schaffer(told[done].Point)
			values = append(values, told[done].Values)
		}
	}
	return Hypervolume(values, [2]float64{10, 10})
}

func TestNSGA2ComesNearTheFront(t *testing.T) {
	most := 0.0 // the area above the front, by rectangles
	var front [][]float64
	for x := 0.0; x <= 2; x += 0.001 {
		front = append(front, []float64{x * x, (x - 2) * (x - 2)})
	}
	most = Hypervolume(front, [2]float64{10, 10})
	chance := pareto(t, random{}, 300, 1)
	for _, workers := range []int{1, 8} {
		got := pareto(t, nsga{}, 300, workers)
		if got < 0.96*most || got < chance {
			t.Errorf("with %d workers: an area of %v, the front has %v; random %v", workers, got, most, chance)
		}
	}
}

func TestNSGA2MinimisesOneObjectiveToo(t *testing.T) {
	told := tune(t, nsga{}, plain, nil, 300, valley)
	best := math.Inf(1)
	for _, tr := range told {
		best = min(best, tr.Values[0])
	}
	if best > 0.05 {
		t.Errorf("best %v, want 0", best)
	}
}

func TestParentsMeetTheConstraintsIfAnyDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	q := Question{Space: schafferSpace, Objectives: 2, Number: 100}
	for i := range 100 {
		p := uniform(schafferSpace, rng)
		tr := Trial{Number: i, Point: p, State: Complete, Values: schaffer(p)}
		if i%2 == 0 {
			tr.Violation, tr.Values = 1, []float64{-1, -1}
		}
		q.Told = append(q.Told, tr)
	}
	for _, i := range newPopulation(q, 50).parents {
		if q.Told[i].Violation > 0 {
			t.Fatalf("trial %d may be a parent", i)
		}
	}
}

func TestChildrenLieAroundTheirParents(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	mean, square, n := 0.0, 0.0, 4000
	for range n {
		x := crossed(0.3, 0.5, rng)
		mean += x / float64(n)
		square += mutation(rng) * mutation(rng) / float64(n)
	}
	if math.Abs(mean-0.3) > 0.01 || math.Abs(square) > 0.01 {
		t.Errorf("children near 0.3 have the mean %v; steps are biased by %v", mean, square)
	}
	p := child(schafferSpace, Point{"x": knob.Num(50), "y": knob.Num(0), "name": knob.Word("lion")}, Point{}, rng)
	if !schafferSpace.Contains(p) {
		t.Errorf("%v of parents outside the space", p)
	}
}
