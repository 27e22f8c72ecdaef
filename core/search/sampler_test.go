package search

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"descent/core/knob"
	"descent/core/knob/knobtest"
)

func TestEverySamplerExplainsItself(t *testing.T) {
	for _, r := range Catalogue {
		knobtest.Chosen(t, r.Name, r.Help, r.Doc)
	}
}

func words(w ...string) []knob.Value {
	out := make([]knob.Value, len(w))
	for i, s := range w {
		out[i] = knob.Word(s)
	}
	return out
}

// anySpace is a random space with axes of all kinds, some of them under a condition.
func anySpace(rng *rand.Rand) Space {
	var s Space
	for i := range 1 + rng.IntN(7) {
		low := float64(rng.IntN(20)) - 10
		a := Axis{Path: fmt.Sprint("knob.", i), Kind: Float, Low: low, High: low + float64(rng.IntN(30))}
		switch rng.IntN(8) {
		case 0:
			a.Low, a.High, a.Log = 1e-5, 10, true
		case 1:
			a.Kind = Int
		case 2:
			a.Kind, a.Step = Int, float64(1+rng.IntN(7))
		case 3:
			a.Kind, a.Low, a.High, a.Log = Int, 1, float64(1+rng.IntN(500)), true
		case 4:
			a.Step = 0.3
		case 5:
			a.Low, a.High, a.Complement = 0.5, 0.9999, true
		case 6:
			a = Axis{Path: a.Path, Kind: Choice, Choices: words("a", "b", "c")[:1+rng.IntN(3)]}
		}
		if i > 0 && rng.IntN(2) == 0 {
			parent := s.Axes[rng.IntN(i)]
			if parent.Kind == Choice {
				a.Condition = &Condition{Path: parent.Path, In: parent.Choices[:1+rng.IntN(len(parent.Choices))]}
			}
		}
		s.Axes = append(s.Axes, a)
	}
	if rng.IntN(3) == 0 {
		s.Around = &Around{Center: uniform(s, rng), Width: []float64{0, 0.01, 0.2, 1, 100}[rng.IntN(5)]}
	}
	return s
}

// anyHistory are trials of all states in spaces that are not always the same.
func anyHistory(rng *rand.Rand, s Space, objectives int) []Trial {
	var out []Trial
	for i := range rng.IntN(60) {
		t := Trial{Number: i, Point: uniform(s, rng), State: Complete, Step: 1 + rng.IntN(9)}
		for range objectives {
			t.Values = append(t.Values, float64(rng.IntN(50)))
		}
		switch rng.IntN(9) {
		case 0:
			t.State, t.Values = Running, nil
		case 1:
			t.State, t.Values = Failed, nil
		case 2:
			t.State = Pruned
		case 3:
			t.Violation = rng.Float64()
		case 4:
			t.Values[0] = []float64{math.NaN(), math.Inf(1), math.Inf(-1)}[rng.IntN(3)]
		case 5:
			t.Point = uniform(anySpace(rng), rng)
		case 6:
			t.State, t.Values, t.Violation = Pruned, nil, math.NaN()
		}
		out = append(out, t)
	}
	return out
}

func TestEveryProposalLiesInTheSpaceAndFollowsFromTheQuestion(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for round := range 300 {
		s := anySpace(rng)
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		objectives := 1 + rng.IntN(2)
		q := Question{Space: s, Told: anyHistory(rng, s, objectives), Seed: rng.Uint64(), Objectives: objectives}
		q.Number = len(q.Told)
		greed := 2*rng.Float64() - 1
		for _, name := range []string{"tpe", "gp", "cmaes", "nsga2", "random", "halton", "grid"} {
			if name == "gp" && round%30 > 0 { // dear
				continue
			}
			r, _ := Find(name)
			p, err := r.New(Options{Greed: greed}).Ask(q)
			if errors.Is(err, ErrExhausted) && (name == "grid" || s.Count() > 0) {
				continue
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if !s.Contains(p.Point) {
				t.Fatalf("%s: %v does not lie in %+v", name, p.Point, s)
			}
			again, err := r.New(Options{Greed: greed}).Ask(q)
			if err != nil || !reflect.DeepEqual(again, p) {
				t.Errorf("%s: asked again it proposes %v (%v), not %v", name, again.Point, err, p.Point)
			}
		}
	}
}

// What these propose follows from the number alone, whatever is known.
func TestSomeSamplersDoNotListen(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for range 50 {
		s := anySpace(rng)
		told := anyHistory(rng, s, 1)
		for _, name := range []string{"random", "halton", "grid"} {
			r, _ := Find(name)
			q := Question{Space: s, Number: 70, Seed: 3, Objectives: 1}
			if name == "grid" {
				q.Number %= GridPoints(s, Options{})
			}
			alone, err := r.New(Options{}).Ask(q)
			q.Told = told
			if with, again := r.New(Options{}).Ask(q); !reflect.DeepEqual(alone, with) || !errors.Is(again, err) {
				t.Errorf("%s: %v, and with %d trials %v", name, alone, len(told), with)
			}
		}
	}
}

func TestAListIsProposedInOrder(t *testing.T) {
	points := []Point{{"x": knob.Num(1)}, {"y": knob.Num(2)}}
	s := list{points}
	for _, earlier := range []int{0, 1, 5} { // trials of another sampler
		told := make([]Trial, earlier)
		for n := earlier; ; n++ {
			p, err := s.Ask(Question{Number: n, Told: told})
			if errors.Is(err, ErrExhausted) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			told = append(told, Trial{Number: n, Point: p.Point})
		}
		for _, p := range points {
			if n := len(slices.DeleteFunc(slices.Clone(told), func(t Trial) bool { return !t.Point.Equal(p) })); n != 1 {
				t.Errorf("after %d trials %v is proposed %d times", earlier, p, n)
			}
		}
	}
}

func TestAutoTakesTheSamplerThatSuits(t *testing.T) {
	numbers := Space{Axes: []Axis{{Path: "x", Kind: Float, High: 1}}}
	choices := Space{Axes: []Axis{{Path: "x", Kind: Choice, Choices: words("a", "b")}}}
	has := func(name string) string {
		if _, ok := Find(name); ok {
			return name
		}
		return "tpe"
	}
	for _, c := range []struct {
		q    Question
		want string
	}{
		{Question{Space: choices, Objectives: 1}, "tpe"},
		{Question{Space: numbers, Objectives: 2}, "tpe"},
		{Question{Space: numbers, Objectives: 1}, has("gp")},
		{Question{Space: numbers, Objectives: 1, Told: make([]Trial, 250)}, has("cmaes")},
	} {
		if got := Auto(c.q); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

// At the strictest priors draw the center, at the widest anything.
func TestAPriorDrawsAroundItsCenter(t *testing.T) {
	s := Space{Axes: []Axis{
		{Path: "lr", Kind: Float, Low: 1e-5, High: 1, Log: true},
		{Path: "name", Kind: Choice, Choices: words("a", "b", "c", "d")},
	}}
	rng := rand.New(rand.NewPCG(1, 1))
	spread := func(width float64) (sd, others float64) {
		around := &Around{Center: Point{"lr": knob.Num(1e-3), "name": knob.Word("c")}, Width: width}
		for range 2000 {
			p := around.draw(s, rng)
			z := math.Log(p["lr"].Num()/1e-3) / math.Log(1e5)
			sd += z * z / 2000
			if p["name"].Word() != "c" {
				others += 1.0 / 2000
			}
		}
		return math.Sqrt(sd), others
	}
	for _, c := range []struct{ width, sd, others float64 }{{0, 1e-4, 0}, {0.05, 0.05, 0.05}, {0.1, 0.1, 0.1}, {100, 0.306, 0.75}} {
		if sd, others := spread(c.width); math.Abs(sd-c.sd) > 0.03*c.sd+1e-4 || math.Abs(others-c.others) > 0.02 {
			t.Errorf("width %g: standard deviation %.4f, other choices %.3f; want %.4f and %.3f", c.width, sd, others, c.sd, c.others)
		}
	}
}

func TestTheOrderOfTrials(t *testing.T) {
	one := func(v float64) []float64 { return []float64{v} }
	told := []Trial{
		{Number: 0, State: Failed},
		{Number: 1, State: Pruned, Step: 10, Values: one(1)},
		{Number: 2, State: Complete, Step: 100, Values: one(5)},
		{Number: 3, State: Running},
		{Number: 4, State: Complete, Violation: 2, Values: one(0)},
		{Number: 5, State: Pruned, Step: 30, Values: one(9)},
		{Number: 6, State: Complete, Violation: 1, Values: one(0)},
		{Number: 7, State: Complete, Step: 100, Values: one(3)},
		{Number: 8, State: Complete, Values: one(math.NaN())},
		{Number: 9, State: Waiting, Step: 30, Values: one(4)},
	}
	s := stand(Question{Told: told, Number: 10, Objectives: 1}, good)
	if want := []int{7, 2, 9, 5, 1, 6, 4, 0, 8}; !slices.Equal(s.finished, want) {
		t.Errorf("order %v, want %v", s.finished, want)
	}
	if s.known != 7 {
		t.Errorf("%d are known, want 7", s.known)
	}
}

// Of a front that is cut the points with most area of their own come first: the ends
// and the knee before those that crowd.
func TestTheFrontThatIsCutKeepsItsArea(t *testing.T) {
	values := [][]float64{{0, 10}, {0.1, 9.95}, {0.2, 9.9}, {3, 3}, {3.1, 2.95}, {10, 0}}
	first := greedy(values, 3)[:3]
	best := 0.0
	for a := range values {
		for b := range a {
			for c := range b {
				best = max(best, Hypervolume([][]float64{values[a], values[b], values[c]}, worse(values)))
			}
		}
	}
	got := Hypervolume([][]float64{values[first[0]], values[first[1]], values[first[2]]}, worse(values))
	if got < (1-1/math.E)*best {
		t.Errorf("the first three %v dominate %g; %g is possible", first, got, best)
	}
	if !slices.Contains(first, 3) {
		t.Errorf("the knee is not among %v", first)
	}
}
