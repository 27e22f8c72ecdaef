package importance_test

import (
	"math"
	"testing"

	"descent/core/knob"
	"descent/core/search"
	"descent/core/search/importance"
)

func TestATrendFollowsTheObjective(t *testing.T) {
	s := unit(2)
	trials := sampled(s, 400, func(u []float64) float64 { return 4*(u[0]-0.5)*(u[0]-0.5) + 0.1*u[1] })
	p := importance.Slice(trials, s.Axes[0], 0)
	if len(p.Marks) != 400 || p.Marks[7].Number != 7 || p.Marks[7].Value != trials[7].Values[0] {
		t.Errorf("%d marks: %+v", len(p.Marks), p.Marks[7])
	}
	for _, at := range p.Trend {
		if want := 4*(at.U-0.5)*(at.U-0.5) + 0.05; math.Abs(at.Median-want) > 0.25 || !(at.Low <= at.Median && at.Median <= at.High) {
			t.Errorf("at %.2f: %+v, not about %.3f", at.U, at, want)
		}
	}
}

func TestATrendHasGapsWhereNobodyWasAndWhereAllFailed(t *testing.T) {
	axis := search.Axis{Path: "a", Kind: search.Float, High: 1}
	var trials []search.Trial
	for n := range 60 {
		u := float64(n) / 200 // nobody above 0.3
		trial := search.Trial{Number: n, Point: search.Point{"a": knob.Num(u)}, State: search.Complete, Values: []float64{u}}
		if u < 0.1 {
			trial.State, trial.Values = search.Failed, nil
		}
		trials = append(trials, trial)
	}
	trials = append(trials, search.Trial{Number: 60, Point: search.Point{"a": knob.Num(0.9)}, State: search.Running})
	p := importance.Slice(trials, axis, 0)
	first, last := p.Trend[0], p.Trend[len(p.Trend)-1]
	if !math.IsInf(first.Median, 1) || !math.IsNaN(last.Median) || len(p.Marks) != 60 {
		t.Errorf("%+v … %+v, %d marks", first, last, len(p.Marks))
	}
	for _, q := range []importance.Profile{importance.Slice(nil, axis, 0), importance.Slice(trials, search.Axis{Path: "b", High: 1, Kind: search.Float}, 0)} {
		if q.Marks != nil || q.Trend != nil {
			t.Errorf("of nothing: %+v", q)
		}
	}
	if p := importance.Slice(trials, axis, 1); len(p.Marks) != 60 || !math.IsInf(p.Trend[3].Median, 1) {
		t.Error("an objective that was not measured has values")
	}
}

func TestChoicesHaveTheirOwnMedians(t *testing.T) {
	trials := sampled(conditional, 200, func(u []float64) float64 {
		if u[0] < 0.5 {
			return 1
		}
		return 5
	})
	p := importance.Slice(trials, conditional.Axes[0], 0)
	if len(p.Trend) != 2 || p.Trend[0].Median != 1 || p.Trend[1].Median != 5 || p.Trend[1].U != 0.75 {
		t.Errorf("%+v", p.Trend)
	}
	if p := importance.Slice(trials, conditional.Axes[2], 0); len(p.Marks) == 0 || len(p.Marks) == 200 {
		t.Errorf("%d of 200 trials have beta2", len(p.Marks))
	}
	even := []search.Trial{}
	for n, v := range []float64{1, 3} {
		even = append(even, search.Trial{Number: n, Point: search.Point{"optimizer": knob.Word("sgd")}, State: search.Complete, Values: []float64{v}})
	}
	if p := importance.Slice(even, conditional.Axes[0], 0); p.Trend[0].Median != 2 || !math.IsNaN(p.Trend[1].Median) {
		t.Errorf("of 1 and 3, and nothing: %+v", p.Trend)
	}
}

func TestAContourIsHighWhereTheObjectiveIs(t *testing.T) {
	s := unit(2)
	f := func(u []float64) float64 { return u[0] + 2*math.Abs(u[1]-0.5) }
	trials := sampled(s, 500, f)
	const w, h = 40, 20
	z := importance.Contour(trials, s.Axes[0], s.Axes[1], 0, w, h)
	if len(z) != h || len(z[0]) != w {
		t.Fatalf("%d rows of %d", len(z), len(z[0]))
	}
	for y := range z {
		for x, v := range z[y] {
			want := f([]float64{(float64(x) + 0.5) / w, (float64(y) + 0.5) / h})
			if math.Abs(v-want) > 0.25 {
				t.Errorf("at %d, %d: %.3f, not about %.3f", x, y, v, want)
			}
		}
	}
	trials[3].Values = []float64{1e12}
	trials[4].State = search.Failed
	again := importance.Contour(trials, s.Axes[0], s.Axes[1], 0, w, h)
	off := 0
	for y := range z {
		for x := range z[y] {
			if math.Abs(again[y][x]-z[y][x]) > 0.5 {
				off++
			}
		}
	}
	if off > w*h/20 {
		t.Errorf("one huge value and one failed trial change %d of %d cells", off, w*h)
	}
}

func TestAContourIsEmptyWhereNobodyWas(t *testing.T) {
	a, b := search.Axis{Path: "a", Kind: search.Float, High: 1}, search.Axis{Path: "b", Kind: search.Float, High: 1}
	one := []search.Trial{{Point: search.Point{"a": knob.Num(0), "b": knob.Num(1)}, State: search.Complete, Values: []float64{7}}}
	z := importance.Contour(one, a, b, 0, 30, 10)
	if z[9][0] != 7 || !math.IsNaN(z[0][29]) || !math.IsNaN(z[5][15]) {
		t.Errorf("%v", z)
	}
	failed := []search.Trial{{Point: one[0].Point, State: search.Failed}}
	for _, none := range [][]search.Trial{nil, failed, {{Point: search.Point{"a": knob.Num(0)}, State: search.Complete, Values: []float64{1}}}} {
		if z := importance.Contour(none, a, b, 0, 30, 10); z != nil {
			t.Errorf("of %v: %v", none, z)
		}
	}
	if z := importance.Contour(one, a, b, 0, 0, 10); z != nil {
		t.Errorf("without columns: %v", z)
	}
}

func TestNothingIsInterpolatedBetweenChoices(t *testing.T) {
	trials := sampled(conditional, 200, func(u []float64) float64 {
		if u[0] < 0.5 {
			return u[1]
		}
		return 5 + u[1]
	})
	z := importance.Contour(trials, conditional.Axes[0], conditional.Axes[1], 0, 11, 10)
	for y := range z {
		if z[y][0] != z[y][4] || z[y][10] != z[y][6] || z[y][4] > 1 || z[y][6] < 5 {
			t.Errorf("row %d: %.2f", y, z[y])
		}
	}
}

func BenchmarkContour(b *testing.B) {
	s := unit(2)
	trials := sampled(s, 10_000, func(u []float64) float64 { return u[0] })
	for b.Loop() {
		importance.Contour(trials, s.Axes[0], s.Axes[1], 0, 100, 60)
	}
}

func BenchmarkSlice(b *testing.B) {
	s := unit(2)
	trials := sampled(s, 10_000, func(u []float64) float64 { return u[0] })
	for b.Loop() {
		importance.Slice(trials, s.Axes[0], 0)
	}
}
