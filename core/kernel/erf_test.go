package kernel

import (
	"math"
	"testing"
)

func TestErfAndErfcAreRightTo1e15(t *testing.T) {
	relative := func(got, want float64) float64 {
		if got == want || got != got && want != want {
			return 0
		}
		return math.Abs(got-want) / math.Abs(want)
	}
	worst, worstC := 0.0, 0.0
	for _, x := range samples() {
		worst = max(worst, relative(Erf(x), math.Erf(x)))
		if x < 26.5 { // above, e^(−x²) is below the range of Exp
			worstC = max(worstC, relative(Erfc(x), math.Erfc(x)))
		}
	}
	if worst > 1e-15 || worstC > 1e-15 {
		t.Errorf("erf is off by %v, erfc by %v of itself", worst, worstC)
	}
	t.Logf("erf %.1e, erfc %.1e", worst, worstC)
}

func TestErfAtItsEnds(t *testing.T) {
	for _, c := range []struct{ got, want float64 }{
		{Erf(0), 0},
		{Erf(math.Inf(1)), 1},
		{Erf(math.Inf(-1)), -1},
		{1 / Erf(math.Copysign(0, -1)), math.Inf(-1)},
		{Erfc(0), 1},
		{Erfc(math.Inf(1)), 0},
		{Erfc(math.Inf(-1)), 2},
		{Erfc(27.9), 0},
		{Erfc(28), 0},
	} {
		if c.got != c.want {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
	if a, b := Erf(math.NaN()), Erfc(math.NaN()); a == a || b == b {
		t.Errorf("NaN became %v and %v", a, b)
	}
}

// Both sides of a seam agree.
func TestErfHasNoSteps(t *testing.T) {
	for _, at := range []float64{fitFrom, -fitFrom} {
		below, above := Erf(math.Nextafter(at, -9)), Erf(math.Nextafter(at, 9))
		if math.Abs(below-above) > 1e-15 {
			t.Errorf("%v below and %v above %v", below, above, at)
		}
	}
}
