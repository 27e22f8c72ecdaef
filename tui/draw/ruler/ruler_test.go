package ruler

import (
	"fmt"
	"math"
	"testing"
)

// Labels are round, and true on their rows.
func TestTicksAreTrue(t *testing.T) {
	spans := [][2]float64{
		{0.0366, 2.4},
		{0.0586, 5},
		{1e-9, 10},
		{0.3, 0.9},
		{0.55, 0.62},
		{0.01, 2.3},
		{0, 2.3},
		{-0.37, 8.97},
		{7, 7},
		{-1e300, 1e300},
		{0.972, 0.981},
		{1e-5, 9e-5},
		{-1e168, 1},
		{-3, 1},
		{-5e168, -1},
		{1, 1e168},
		{0, 0},
		{1e-300, 1e-290},
		{-math.MaxFloat64, math.MaxFloat64},
		{123456, 123457},
		{99, 101},
	}
	for _, span := range spans {
		for kind := range Kinds {
			for _, last := range []int{1, 2, 3, 4, 5, 7, 9, 12, 16, 20, 35, 50} {
				s := Scale{Kind(kind), 0.01}
				name := fmt.Sprintf("%s %g to %g on %d rows", Kinds[kind], span[0], span[1], last)
				r := New(s, span[0], span[1], last)
				if low, ok := r.Row(span[0]); ok && s.Kind != Log && low < -0.01 {
					t.Errorf("%s: the lower end is at %g", name, low)
				}
				if high, ok := r.Row(span[1]); ok && (s.Kind != Log || span[0] > 0) && high > float64(last)+0.01 {
					t.Errorf("%s: the upper end is at %g", name, high)
				}
				_, ok := s.To(span[0])
				if ok && last >= 7 && len(r.Ticks) < 2 {
					t.Errorf("%s: %d labels: %+v", name, len(r.Ticks), r)
				}
				for i, tick := range r.Ticks {
					row, ok := r.Row(tick.Value)
					if !ok || math.Abs(row-float64(tick.Row)) > exact+1e-6 || tick.Row < 0 || tick.Row > last {
						t.Errorf("%s: %s on row %d belongs on %g", name, tick.Text, tick.Row, row)
					}
					if len(tick.Text) > widest || tick.Text != Text(tick.Value) {
						t.Errorf("%s: label %q", name, tick.Text)
					}
					if i > 0 && tick.Row <= r.Ticks[i-1].Row {
						t.Errorf("%s: %s and %s share a row", name, r.Ticks[i-1].Text, tick.Text)
					}
				}
			}
		}
	}
}

// A chart in few rows is not mostly empty: what is drawn takes at least half of a
// logarithmic axis.
func TestALogarithmicAxisFitsWhatIsDrawn(t *testing.T) {
	for last := 5; last <= 30; last++ {
		for decades := 1.2; decades < 15; decades += 0.3 {
			for from := -11.0; from < 3; from += 0.33 {
				r := New(Scale{Kind: Log}, math.Pow(10, from), math.Pow(10, from+decades), last)
				if used := decades / r.unit / float64(last); used < 0.5 {
					t.Errorf("%.1f decades from 1e%.2f take %.0f %% of %d rows", decades, from, 100*used, last+1)
				}
			}
		}
	}
}

func TestNumbersAreBrief(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1", 0.5: "0.5", 0.01: "0.01", 0.001: "1e-3", 0.002: "2e-3", 20: "20", 10000: "10000", 1e5: "1e5", 2.5e6: "2.5e6", -1e168: "-1e168", math.Inf(-1): "-Inf",
	} {
		if got := Text(v); got != want {
			t.Errorf("%g reads %s, want %s", v, got, want)
		}
	}
	for v, want := range map[float64]string{5: "5", 0.03661: "0.0366", 12345: "12300", 8.974e-6: "8.97e-6", 1.23456e168: "1.23e168"} {
		if got := Brief(v); got != want {
			t.Errorf("%g reads %s, want %s", v, got, want)
		}
	}
}

// One outlier does not stretch the range, the begin of a curve does.
func TestASpikeDoesNotStretchTheRange(t *testing.T) {
	var at []float64
	for i := range 60 {
		at = append(at, math.Exp(-float64(i)/10))
	}
	at[30], at[31] = 50, 50
	e := NewExtent()
	e.Curve(at)
	if e.High != 1 || e.Low > 0.01 {
		t.Errorf("from %g to %g", e.Low, e.High)
	}
	at[59] = 100
	e = NewExtent()
	if e.Curve(at); e.High > 1.6 {
		t.Errorf("a spike at the end stretches the range to %g", e.High)
	}
}

func FuzzScales(f *testing.F) {
	f.Add(1.0, 2.0, 3.0, 10)
	f.Add(math.NaN(), math.Inf(1), math.Inf(-1), 1)
	f.Add(math.MaxFloat64, -math.MaxFloat64, 5e-324, 3)
	f.Add(0.0, math.Copysign(0, -1), 1.0, 0)
	f.Fuzz(func(t *testing.T, low, high, v float64, last int) {
		if last > 300 {
			return
		}
		for kind := range Kinds {
			r := New(Scale{Kind(kind), Core([]float64{low, high, v})}, low, high, last)
			row, ok := r.Row(v)
			if ok && (math.IsNaN(row) || math.IsInf(row, 0)) {
				t.Errorf("%s from %g to %g: %g is on row %g", Kinds[kind], low, high, v, row)
			}
			r.Value(row)
			Brief(v)
		}
	})
}
