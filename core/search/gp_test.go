package search

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"descent/core/knob"
)

// model are the samplers that make something of what they are told.
var model = []string{"gp"}

// madeUp is a space of random axes.
func madeUp(rng *rand.Rand) Space {
	var s Space
	words := []knob.Value{knob.Word("sgd"), knob.Word("adam"), knob.Word("lion")}
	for i := range 1 + rng.IntN(5) {
		a := Axis{Path: fmt.Sprintf("a.%d", i)}
		switch rng.IntN(6) {
		case 0:
			a.Kind, a.Choices = Choice, words[:1+rng.IntN(3)]
		case 1:
			a.Kind, a.Low, a.High = Int, 1, float64(1+rng.IntN(2000))
			a.Log = rng.IntN(2) == 0
		case 2:
			a.Kind, a.Low, a.High, a.Log = Float, 1e-5, 1, true
		case 3:
			a.Kind, a.Low, a.High, a.Step = Float, -1, 1, 0.25
		case 4:
			a.Kind, a.Low, a.High = Float, 2, 2
		default:
			a.Kind, a.Low, a.High = Float, -3, float64(rng.IntN(5))
		}
		if i > 0 && s.Axes[i-1].Kind == Choice && rng.IntN(2) == 0 {
			a.Condition = &Condition{Path: s.Axes[i-1].Path, In: s.Axes[i-1].Choices[:1]}
		}
		s.Axes = append(s.Axes, a)
	}
	if rng.IntN(3) == 0 {
		s.Around = &Around{Center: s.At(coordinates(rng, len(s.Axes))), Width: 0.02 + 0.5*rng.Float64()}
	}
	return s
}

func coordinates(rng *rand.Rand, n int) []float64 {
	u := make([]float64, n)
	for i := range u {
		u[i] = rng.Float64()
	}
	return u
}

// history are trials in all states, some outside the space.
func history(rng *rand.Rand, s Space, n, objectives int) []Trial {
	other := madeUp(rng)
	var told []Trial
	for i := range n {
		t := Trial{Number: i, State: Complete, Point: s.At(coordinates(rng, len(s.Axes)))}
		for range objectives {
			t.Values = append(t.Values, rng.NormFloat64())
		}
		switch rng.IntN(8) {
		case 0:
			t.State, t.Values = Running, nil
		case 1:
			t.State = Pruned
		case 2:
			t.State, t.Values[0] = Failed, math.NaN()
		case 3:
			t.Point = other.At(coordinates(rng, len(other.Axes)))
		case 4:
			t.Violation = rng.Float64()
		case 5:
			t.Values[0] = []float64{1e300, math.Inf(1), math.NaN()}[rng.IntN(3)]
		}
		told = append(told, t)
	}
	return told
}

func TestProposalsLieInTheSpaceAndArePure(t *testing.T) {
	for _, name := range model {
		row, _ := Find(name)
		for seed := range uint64(12) {
			rng := rand.New(rand.NewPCG(seed, 7))
			s := madeUp(rng)
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
			objectives := 1 + rng.IntN(2)
			q := Question{Space: s, Told: history(rng, s, rng.IntN(40), objectives), Seed: seed, Objectives: objectives}
			q.Number = len(q.Told)
			sampler := row.New(Options{Greed: float64(rng.IntN(3) - 1)})
			p, err := sampler.Ask(q)
			if err == ErrExhausted && s.Count() > 0 {
				continue
			}
			if err != nil || !s.Contains(p.Point) {
				t.Errorf("%s, %d: %v (%v) is not in %+v", name, seed, p.Point, err, s)
			}
			q.Told = slices.Clone(q.Told)
			if again, _ := sampler.Ask(q); !again.Point.Equal(p.Point) || again.Note != p.Note {
				t.Errorf("%s, %d: %v, then %v of the same question", name, seed, p, again)
			}
		}
	}
}

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
	for i := range 10 {
		p, _ := row.New(Options{}).Ask(Question{Space: space, Number: i, Objectives: 1})
		if x := p.Point["x"].Num(); math.Abs(x-0.7) > 0.2 {
			t.Errorf("trial %d at %v", i, x)
		}
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
