package search

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"descent/core/knob"
)

var plain = Space{Axes: []Axis{
	{Path: "x", Kind: Float, Low: -2, High: 3},
	{Path: "y", Kind: Float, Low: 1e-4, High: 1, Log: true},
	{Path: "n", Kind: Int, Low: 1, High: 12},
}}

// valley is lowest, 0, at x = 1, y = 0.01, n = 9, and not separable.
func valley(p Point) float64 {
	x, y, n := p["x"].Num()-1, math.Log10(p["y"].Num())+2, (p["n"].Num()-9)/4
	return math.Pow(x+y, 2) + 4*math.Pow(x-y, 2) + n*n
}

func TestCMAESConverges(t *testing.T) {
	for _, workers := range []int{1, 8} {
		if v := bowl(t, "cmaes", plain, 240, workers, valley); v > 1e-3 {
			t.Errorf("with %d workers: %v after 240 trials", workers, v)
		}
	}
}

// tune tells a sampler n trials one after the other.
func tune(t *testing.T, s Sampler, space Space, told []Trial, n int, value func(Point) float64) []Trial {
	t.Helper()
	for range n {
		p, err := s.Ask(Question{Space: space, Told: told, Number: len(told), Objectives: 1})
		if err != nil {
			t.Fatal(err)
		}
		told = append(told, Trial{Number: len(told), Point: p.Point, State: Complete, Values: []float64{value(p.Point)}, Note: p.Note})
	}
	return told
}

func TestATrialThatEndsLateDoesNotChangeTheGenerationsAfterIt(t *testing.T) {
	told := tune(t, cmaes{}, plain, nil, 30, valley)
	late := slices.Clone(told)
	// One more trial of generation 0, which ended after generation 1 had begun.
	late = append(late, Trial{Number: 100, Point: told[3].Point, State: Complete, Values: []float64{-1}, Note: told[3].Note})
	q := Question{Space: plain, Told: told, Number: 200, Objectives: 1}
	want, _ := cmaes{}.Ask(q)
	q.Told = late
	if got, _ := (cmaes{}).Ask(q); !got.Point.Equal(want.Point) {
		t.Errorf("%v, %v without the late one", got, want)
	}
}

// Only the order of what trials reach counts.
func TestCMAESDoesNotChangeWithTheScaleOfTheObjective(t *testing.T) {
	a := tune(t, cmaes{}, plain, nil, 40, valley)
	b := tune(t, cmaes{}, plain, nil, 40, func(p Point) float64 { return math.Exp(valley(p)) })
	for i := range a {
		if !a[i].Point.Equal(b[i].Point) {
			t.Fatalf("trial %d: %v and %v", i, a[i].Point, b[i].Point)
		}
	}
}

func TestCMAESBeginsAtTheBestOfOtherSamplers(t *testing.T) {
	told := tune(t, random{}, plain, nil, 50, valley)
	best := slices.MinFunc(told, func(a, b Trial) int {
		if a.Values[0] < b.Values[0] {
			return -1
		}
		return 1
	})
	mean := 0.0
	for n := range 40 {
		p, _ := cmaes{}.Ask(Question{Space: plain, Told: told, Number: 50 + n, Objectives: 1})
		mean += p.Point["x"].Num() / 40
	}
	if want := best.Point["x"].Num(); math.Abs(mean-want) > 0.5 {
		t.Errorf("proposals around x = %v, the best trial is at %v", mean, want)
	}
}

func TestCMAESGoesOnInASpaceThatWasChanged(t *testing.T) {
	told := tune(t, cmaes{}, plain, nil, 60, valley)
	narrow := Space{Axes: slices.Clone(plain.Axes)}
	narrow.Axes[0].Low, narrow.Axes[0].High = 0.9, 1.2
	told = tune(t, cmaes{}, narrow, told, 40, valley)
	wide := Space{Axes: append(slices.Clone(plain.Axes), Axis{Path: "name", Kind: Choice, Choices: []knob.Value{knob.Word("a"), knob.Word("b")}})}
	told = tune(t, cmaes{}, wide, told, 90, func(p Point) float64 {
		if p["name"].Word() == "b" {
			return valley(p)
		}
		return 5 + valley(p)
	})
	last := told[len(told)-30:]
	right := 0
	for _, tr := range last {
		if !wide.Contains(tr.Point) {
			t.Errorf("%v is not in the space", tr.Point)
		}
		if tr.Point["name"].Word() == "b" {
			right++
		}
	}
	if right < 20 {
		t.Errorf("%d of the last 30 trials have the better choice", right)
	}
}

func TestMarksAreReadAsTheyAreWritten(t *testing.T) {
	for _, m := range []mark{{"0f", 0, 0, nil}, {"abc", 3, 2, []int{1, 5, 7}}} {
		got, ok := readMark(m.String())
		if !ok || got.String() != m.String() {
			t.Errorf("%q became %q", m, got)
		}
	}
	for _, foreign := range []string{"", "tpe", "cmaes", "cmaes x 1 2 a,b", "cmaes x -1 0 ", "cmaes x 1 9999999 1"} {
		if _, ok := readMark(foreign); ok {
			t.Errorf("%q was read", foreign)
		}
	}
}

func TestGenerationsInAnySpaceStayInIt(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for round := range 20 {
		s := anySpace(rng)
		objectives := 1 + rng.IntN(2)
		var told []Trial
		for i := range 50 {
			p, err := cmaes{greed: 0.5}.Ask(Question{Space: s, Told: told, Number: i, Objectives: objectives})
			if errors.Is(err, ErrExhausted) && s.Count() > 0 {
				break
			}
			if err != nil || !s.Contains(p.Point) {
				t.Fatalf("round %d, trial %d: %v (%v) is not in %+v", round, i, p.Point, err, s)
			}
			tr := Trial{Number: i, Point: p.Point, State: Complete, Note: p.Note, Values: []float64{rng.Float64(), rng.Float64()}[:objectives]}
			switch rng.IntN(6) {
			case 0:
				tr.State, tr.Values = Failed, nil
			case 1:
				tr.State = Running
			case 2:
				tr.Violation = rng.Float64()
			case 3:
				tr.State, tr.Values[0] = Pruned, 0 // the same in many
			}
			told = append(told, tr)
		}
	}
}
