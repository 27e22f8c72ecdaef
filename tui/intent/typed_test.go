package intent

import (
	"math"
	"strings"
	"testing"

	"descent/core/knob"
)

func TestNumbersAreReadAsPeopleTypeThem(t *testing.T) {
	for text, want := range map[string]float64{
		"1e-3": 0.001, "0.5": 0.5, "0,5": 0.5, ",5": 0.5, ".5": 0.5, "5.": 5, "12,480": 12480, "12 480": 12480, "1,234,567": 1234567,
		"0,125": 0.125, "1,5": 1.5, "1,500": 1500, "1,500.25": 1500.25, "3/4": 0.75, "1/3": 1.0 / 3, "2^-10": 1.0 / 1024, "2k": 2000, "1.5M": 1.5e6,
		"−3": -3, "1E5": 1e5, " 7 ": 7,
	} {
		if got, err := Number(text); err != nil || math.Abs(got-want) > 1e-12*math.Abs(want) {
			t.Errorf("%q is %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "x", "1/0", "1,2,3", "1e999", "NaN", "inf", "0x10", "8kB", "--1", "1 2", "5e", "1//2"} {
		if got, err := Number(text); err == nil {
			t.Errorf("%q is %v, want an error", text, got)
		}
	}
}

func TestATypedValueMayReferToThePresentOne(t *testing.T) {
	var x float64
	var n int
	rate := knob.Float("optimizer.lr", &x, 0, 10, knob.Log, "")
	share := knob.Float("prune.sparsity", &x, 0, 1, knob.Linear, "").WithZero("off")
	start := knob.Float("surface.x", &x, -5, 5, knob.Linear, "")
	batch := knob.Int("train.batch", &n, 1, 1000, "")
	for _, c := range []struct {
		k    knob.Knob
		now  float64
		text string
		want float64
	}{
		{rate, 0.001, "1e-2", 0.01},
		{rate, 0.001, "×2", 0.002},
		{rate, 0.001, "*2", 0.002},
		{rate, 0.001, "x2", 0.002},
		{rate, 0.001, "/2", 0.0005},
		{rate, 0.001, "+10%", 0.0011},
		{rate, 0.001, "-10%", 0.0009},
		{rate, 0.001, "50%", 0.0005},
		{rate, 0.1, "+0.1", 0.2},
		{rate, 0.1, "0,5", 0.5},
		{share, 0.3, "50%", 0.5},
		{share, 0.3, "+10%", 0.4},
		{share, 0.3, "-10%", 0.2},
		{share, 0.3, "off", 0},
		{share, 0.3, "3/4", 0.75},
		{start, 1, "-2", -2},
		{start, 1, "+2", 2},
		{start, 1, "+50%", 1.5},
		{batch, 32, "×2", 64},
		{batch, 32, "/3", 11},
		{batch, 32, "+1", 33},
		{batch, 32, "50%", 16},
		{batch, 32, "0.5k", 500},
	} {
		got, err := Typed(c.k, knob.Num(c.now), c.text)
		if err != nil || got.Num() != c.want {
			t.Errorf("%s at %v: %q gives %v (%v), want %v", c.k.Path, c.now, c.text, got, err, c.want)
		}
	}
	for _, c := range []struct {
		k    knob.Knob
		text string
		says []string
	}{
		{rate, "fast", []string{"optimizer.lr takes a number from 0 to 10", "\"fast\" is no number"}},
		{rate, "", []string{"optimizer.lr takes a number from 0 to 10"}},
		{rate, "×1e9", []string{"from 0 to 10", "would be"}},
		{rate, "/0", []string{"divided by 0"}},
		{batch, "1.5", []string{"integer"}},
		{batch, "-40", []string{"from 1 to 1000", "would be -8"}},
		{share, "2", []string{"from 0 to 1"}},
		{rate, "8kB", []string{"takes a number"}},
	} {
		got, err := Typed(c.k, knob.Num(32), c.text)
		if c.k.Path == rate.Path {
			got, err = Typed(c.k, knob.Num(0.1), c.text)
		}
		if err == nil {
			t.Errorf("%s: %q gives %v, want an error", c.k.Path, c.text, got)
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q says %q, want %q in it", c.k.Path, c.text, err, want)
			}
		}
	}
}

func TestStepsAreCountedFromHereOrAsAShareOfTheRun(t *testing.T) {
	words := map[string]float64{"end": 1000, "start": 0}
	for text, want := range map[string]float64{"250": 250, "+100": 300, "-100": 100, "50%": 500, "end": 1000, "Start": 0, "1k": 1000, "+10%": 300} {
		if got, err := TypedStep(text, 200, 1000, words); err != nil || got != want {
			t.Errorf("%q leads to %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "1001", "-201", "110%", "×2", "best", "NaN"} {
		if got, err := TypedStep(text, 200, 1000, words); err == nil {
			t.Errorf("%q leads to %v, want an error", text, got)
		}
	}
}

// Whatever is typed, a value that is taken is one that the knob takes, and what is said of
// another is a line.
func FuzzTyped(f *testing.F) {
	for _, text := range []string{"1e-3", "×2", "-10%", "3/4", "2^-10", "1.5M", "2kM", "12,480", "1 000", "off", "0^-1", "x", "1e308k", "\x1b[2J", "//////", "−−1", "(-8)^(1/3)", "\xff"} {
		f.Add(text, 0.5)
	}
	f.Fuzz(func(t *testing.T, text string, now float64) {
		var x float64
		var n int
		for _, k := range []knob.Knob{
			knob.Float("optimizer.lr", &x, 0, 10, knob.Log, ""), knob.Float("prune.sparsity", &x, 0, 1, knob.Linear, "").WithZero("off"),
			knob.Float("surface.x", &x, -5, 5, knob.Linear, ""), knob.Int("train.batch", &n, 1, 1000, ""), knob.Int("train.steps", &n, 1, 1<<40, ""),
		} {
			v, err := Typed(k, knob.Num(now), text)
			again, errAgain := Typed(k, knob.Num(now), text)
			if (err == nil) != (errAgain == nil) || err == nil && !v.Equal(again) {
				t.Fatalf("%q is %v (%v), and then %v (%v)", text, v, err, again, errAgain)
			}
			if err != nil {
				if strings.ContainsAny(err.Error(), "\n\x1b") {
					t.Fatalf("%q: %q", text, err)
				}
				continue
			}
			if u := v.Num(); math.IsNaN(u) || u < k.Min || u > k.Max || k.Kind == knob.Integer && u != math.Trunc(u) {
				t.Fatalf("%s takes %q as %v", k.Path, text, u)
			}
		}
		if at, err := TypedStep(text, 3, 1000, nil); err == nil && !(at >= 0 && at <= 1000 && at == math.Trunc(at)) {
			t.Fatalf("%q is step %v", text, at)
		}
		Typable(text)
	})
}
