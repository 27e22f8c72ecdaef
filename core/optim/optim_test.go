package optim_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/knob/knobtest"
	"descent/core/optim"
)

// layout is a flat vector of n numbers.
func layout(n int) knob.Layout {
	return knob.Layout{{Name: "0.weight", Layer: "0", Role: knob.Kernel, Shape: []int{1, n}}}
}

// method is an optimizer made ready for n numbers, some knobs turned.
func method(t *testing.T, row optim.Row, n int, set map[string]float64) optim.Method {
	t.Helper()
	m := row.New(&optim.Clip{}, &optim.UpdateMask{}, &optim.Average{})
	turn(t, m.Knobs(), set)
	m.Init(layout(n))
	return m
}

func turn(t *testing.T, knobs []knob.Knob, set map[string]float64) {
	t.Helper()
	for path, v := range set {
		i := slices.IndexFunc(knobs, func(k knob.Knob) bool { return k.Path == path })
		if i < 0 {
			t.Fatalf("there is no knob %s", path)
		}
		value := knob.Num(v)
		if knobs[i].Kind == knob.Switch {
			value = knob.Flag(v != 0)
		}
		if err := knobs[i].Set(value); err != nil {
			t.Fatal(err)
		}
	}
}

// offered are those of the knobs' settings that the row has.
func offered(row optim.Row, set map[string]float64) map[string]float64 {
	out := map[string]float64{}
	for _, k := range row.New(&optim.Clip{}, &optim.UpdateMask{}, &optim.Average{}).Knobs() {
		if v, ok := set[k.Path]; ok {
			out[k.Path] = v
		}
	}
	return out
}

// bowl is Σ ½ cᵢ wᵢ², its minimum at the origin.
func bowl(curvature []float64) optim.Eval {
	return func(w, grad []float64) float64 {
		sum := 0.0
		for i, c := range curvature {
			sum += 0.5 * c * w[i] * w[i]
			grad[i] = c * w[i]
		}
		return sum
	}
}

// slope has the same gradient everywhere.
func slope(g ...float64) optim.Eval {
	return func(_, grad []float64) float64 { copy(grad, g); return 0 }
}

func find(t *testing.T, name string) optim.Row {
	t.Helper()
	row, ok := optim.Find(name)
	if !ok {
		t.Fatalf("no optimizer %q", name)
	}
	return row
}

func close12(a, b float64) bool { return math.Abs(a-b) <= 1e-12*max(math.Abs(a), math.Abs(b)) }

func TestEveryOptimizerGoesDownABowl(t *testing.T) {
	for _, row := range optim.Catalogue {
		m := method(t, row, 3, nil)
		w := []float64{1, -2, 0.5}
		eval := bowl([]float64{1, 0.3, 4})
		rate := max(0.05, row.LR)
		first := m.Step(w, eval, optim.At{Step: 1, Age: 1, LR: rate})
		last := 0.0
		for s := 2; s <= 500; s++ {
			last = m.Step(w, eval, optim.At{Step: s, Age: s, LR: rate})
		}
		if !(last < first/20) {
			t.Errorf("%s: the loss went from %v to %v in 500 steps", row.Name, first, last)
		}
	}
}

func TestStepReturnsTheLossBeforeTheUpdate(t *testing.T) {
	for _, row := range optim.Catalogue {
		m := method(t, row, 2, nil)
		if got := m.Step([]float64{1, 2}, bowl([]float64{1, 1}), optim.At{Step: 1, Age: 1, LR: 0.1}); got != 2.5 {
			t.Errorf("%s: loss %v, want 2.5", row.Name, got)
		}
	}
}

func TestTheUpdateIsInProportionToTheRate(t *testing.T) {
	for _, row := range optim.Catalogue {
		var updates [2][]float64
		for i, lr := range []float64{0.01, 0.02} {
			m := method(t, row, 2, offered(row, map[string]float64{"optimizer.weight_decay": 0.1, "optimizer.decoupled": 1}))
			m.Step([]float64{1, -2}, slope(0.3, 0.4), optim.At{Step: 1, Age: 1, LR: lr})
			_, u := m.Trace()
			updates[i] = slices.Clone(u)
		}
		for i := range updates[0] {
			if !close12(2*updates[0][i], updates[1][i]) {
				t.Errorf("%s: updates %v at a rate and %v at twice the rate", row.Name, updates[0], updates[1])
			}
		}
	}
}

func TestTraceHoldsTheGradientAndTheUpdate(t *testing.T) {
	for _, row := range optim.Catalogue {
		m := method(t, row, 2, nil)
		before := []float64{1, -2}
		w := slices.Clone(before)
		m.Step(w, slope(0.3, 0.4), optim.At{Step: 1, Age: 1, LR: 0.01})
		grad, update := m.Trace()
		if !slices.Equal(grad, []float64{0.3, 0.4}) {
			t.Errorf("%s: gradient %v", row.Name, grad)
		}
		for i := range w {
			if w[i] != before[i]-update[i] {
				t.Errorf("%s: %v − %v is not %v", row.Name, before[i], update[i], w[i])
			}
		}
	}
}

func TestTheUpdateMaskHoldsAWeightWhateverTheOptimizer(t *testing.T) {
	for _, row := range optim.Catalogue {
		m := row.New(&optim.Clip{}, &optim.UpdateMask{Mask: []float64{1, 0}}, &optim.Average{})
		turn(t, m.Knobs(), offered(row, map[string]float64{"optimizer.weight_decay": 0.1}))
		m.Init(layout(2))
		w := []float64{1, 1}
		for s := 1; s <= 10; s++ {
			m.Step(w, slope(0.5, 0.5), optim.At{Step: s, Age: s, LR: 0.01})
		}
		if w[0] == 1 || w[1] != 1 {
			t.Errorf("%s: the open weight is at %v, the gated one at %v", row.Name, w[0], w[1])
		}
	}
}

func TestDecoupledDecayShrinksEveryWeightByTheSameShare(t *testing.T) {
	for _, row := range optim.Catalogue {
		set := map[string]float64{"optimizer.weight_decay": 0.2, "optimizer.decoupled": 1}
		if len(offered(row, set)) < len(set) || row.Name == "lamb" { // which rescales its decay with the rest
			continue
		}
		m := method(t, row, 3, set)
		w := []float64{1, -30, 0.5}
		m.Step(w, slope(0, 0, 0), optim.At{Step: 1, Age: 1, LR: 0.1})
		for i, want := range []float64{0.98, -29.4, 0.49} {
			if !close12(w[i], want) {
				t.Errorf("%s: weights %v, want each times 0.98", row.Name, w)
			}
		}
	}
}

func TestStateIsNamedByMethodAndMeaning(t *testing.T) {
	for _, row := range optim.Catalogue {
		seen := map[string]bool{}
		for _, b := range method(t, row, 4, nil).State() {
			owner, meaning, ok := strings.Cut(b.Name, "/")
			if !ok || owner == "" || meaning == "" || seen[b.Name] || len(b.Data) == 0 {
				t.Errorf("%s: buffer %q of %d numbers", row.Name, b.Name, len(b.Data))
			}
			seen[b.Name] = true
		}
	}
}

func TestInitStartsAfresh(t *testing.T) {
	for _, row := range optim.Catalogue {
		m := method(t, row, 2, nil)
		run := func() []float64 {
			m.Init(layout(2))
			w := []float64{1, -2}
			for s := 1; s <= 5; s++ {
				m.Step(w, bowl([]float64{1, 2}), optim.At{Step: s, Age: s, LR: 0.01})
			}
			return w
		}
		if a, b := run(), run(); !slices.Equal(a, b) {
			t.Errorf("%s: %v, and after Init %v", row.Name, a, b)
		}
	}
}

func TestKnobsBelongToTheOptimizerOrTheRun(t *testing.T) {
	for _, row := range optim.Catalogue {
		seen := map[string]bool{}
		for _, k := range method(t, row, 1, nil).Knobs() {
			if !strings.HasPrefix(k.Path, "train.") && !strings.HasPrefix(k.Path, "optimizer.") || seen[k.Path] {
				t.Errorf("%s offers %s", row.Name, k.Path)
			}
			seen[k.Path] = true
		}
	}
}

func TestFirstStepOfAdamIsTheRateTimesTheSign(t *testing.T) {
	m := method(t, find(t, "adam"), 4, map[string]float64{"optimizer.eps": 0})
	w := make([]float64, 4)
	m.Step(w, slope(1e-12, -3, 250, -1e7), optim.At{Step: 1, Age: 1, LR: 0.001})
	for i, want := range []float64{-0.001, 0.001, -0.001, 0.001} {
		if !close12(w[i], want) {
			t.Errorf("weight %d moved to %v, want %v", i, w[i], want)
		}
	}
}

// On ½ c w² each step of gradient descent multiplies w by 1 − lr·c.
func TestGradientDescentOnAParabola(t *testing.T) {
	for _, name := range []string{"gd", "sgd"} {
		m := method(t, find(t, name), 1, nil)
		w := []float64{3}
		for s := 1; s <= 20; s++ {
			m.Step(w, bowl([]float64{2}), optim.At{Step: s, Age: s, LR: 0.1})
		}
		if want := 3 * math.Pow(0.8, 20); !close12(w[0], want) {
			t.Errorf("%s: %v after 20 steps, want %v", name, w[0], want)
		}
	}
}

// Under a constant gradient the velocity is a geometric sum.
func TestMomentumSumsUpAGeometricSeries(t *testing.T) {
	m := method(t, find(t, "momentum"), 1, map[string]float64{"optimizer.momentum": 0.5})
	w := []float64{0}
	for s := 1; s <= 10; s++ {
		m.Step(w, slope(1), optim.At{Step: s, Age: s, LR: 1})
	}
	_, update := m.Trace()
	if want := 2 * (1 - math.Pow(0.5, 10)); !close12(update[0], want) {
		t.Errorf("tenth update %v, want %v", update[0], want)
	}
}

// After t equal gradients AdaGrad divides by √t.
func TestAdagradFallsWithTheRootOfTime(t *testing.T) {
	m := method(t, find(t, "adagrad"), 1, map[string]float64{"optimizer.eps": 0})
	w := []float64{0}
	for s := 1; s <= 9; s++ {
		m.Step(w, slope(7), optim.At{Step: s, Age: s, LR: 0.6})
	}
	if _, update := m.Trace(); !close12(update[0], 0.2) {
		t.Errorf("ninth update %v, want 0.6/√9", update[0])
	}
}

func TestCentredRMSpropNeverTakesTheRootOfANegative(t *testing.T) {
	m := method(t, find(t, "rmsprop"), 1, map[string]float64{"optimizer.centered": 1, "optimizer.alpha": 0})
	w := []float64{0}
	m.Step(w, slope(0.1), optim.At{Step: 1, Age: 1, LR: 1e-9}) // v = ḡ² up to rounding
	if math.IsNaN(w[0]) {
		t.Error("NaN")
	}
}

func TestClipShortensOnlyLongGradients(t *testing.T) {
	for _, c := range []struct{ norm, want0, want1 float64 }{
		{0, 3, 4}, // off
		{6, 3, 4},
		{5, 3 * 5 / (5 + 1e-6), 4 * 5 / (5 + 1e-6)},
		{1, 3 / (5 + 1e-6), 4 / (5 + 1e-6)},
	} {
		g := []float64{3, 4}
		(&optim.Clip{Norm: c.norm}).Apply(g, nil, optim.At{})
		if !close12(g[0], c.want0) || !close12(g[1], c.want1) {
			t.Errorf("clip to %v: %v, want [%v %v]", c.norm, g, c.want0, c.want1)
		}
	}
}

func TestScheduleRates(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   map[string]float64
		step  int
		want  float64
		about string
	}{
		{"constant", nil, 0, 0.1, "stays"},
		{"constant", nil, 999, 0.1, "stays"},
		{"cosine", nil, 0, 0.1, "starts at the base"},
		{"cosine", nil, 50, 0.05, "half way down"},
		{"cosine", nil, 100, 0, "ends at 0 with the run"},
		{"cosine", nil, 200, 0.1, "and comes up again"},
		{"cosine", map[string]float64{"schedule.t_max": 10}, 10, 0, "t_max sizes it"},
		{"cosine", map[string]float64{"schedule.eta_min": 0.02}, 100, 0.02, "eta_min is the bottom"},
		{"cosine", map[string]float64{"schedule.eta_min": 0.02}, 50, 0.06, "the middle of base and eta_min"},
	} {
		row, ok := optim.FindSchedule(c.name)
		if !ok {
			t.Fatalf("no schedule %q", c.name)
		}
		s := row.New()
		turn(t, s.Knobs(), c.set)
		if got := s.Rate(0.1, c.step, 100); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%s %v, step %d (%s): rate %v, want %v", c.name, c.set, c.step, c.about, got, c.want)
		}
	}
}

// A matched rate is found by this.
func TestEveryScheduleIsAMultipleOfItsBasePlusABottom(t *testing.T) {
	for _, row := range optim.Schedules {
		s := row.New()
		for _, step := range []int{0, 1, 37, 99, 100, 101, 1 << 40} {
			bottom := s.Rate(0, step, 100)
			slope := s.Rate(1, step, 100) - bottom
			got, want := s.Rate(0.3, step, 100), bottom+0.3*slope
			if !(math.Abs(got-want) <= 1e-15 && got >= 0) {
				t.Errorf("%s, step %d: %v, want %v", row.Name, step, got, want)
			}
		}
	}
}

func TestEverythingIsExplained(t *testing.T) {
	for _, row := range optim.Catalogue {
		knobtest.Chosen(t, row.Name, row.Help, row.Doc)
		knobtest.Knobs(t, row.New(&optim.Clip{}, &optim.UpdateMask{}, &optim.Average{}).Knobs())
	}
	for _, row := range optim.Schedules {
		knobtest.Chosen(t, row.Name, row.Help, row.Doc)
		knobtest.Knobs(t, row.New().Knobs())
	}
}

func TestEveryOptimizerHasARate(t *testing.T) {
	for _, row := range optim.Catalogue {
		if row.LR <= 0 {
			t.Errorf("%s: rate %v", row.Name, row.LR)
		}
	}
}
