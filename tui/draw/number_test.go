package draw

import (
	"math"
	"testing"
)

func TestNumbersKeepTheirWidth(t *testing.T) {
	for _, v := range []float64{0, 1, 9.99999, 10, 99.996, 1e3, 99999, 1e5, 1e-3, 9.9999e-4, 1e-300, 1e300, -1e-300, math.Inf(-1), math.NaN(), 0.99996} {
		if s := Significant(v); len(s) >= LabelWidth {
			t.Errorf("%v is written %q", v, s)
		}
	}
}

func TestEveryCostReadsWell(t *testing.T) {
	for want, got := range map[string]string{
		"1.4 points lost": Cost(1.4, 0, true),
		"0.3 points up":   Cost(-0.3, 0, true),
		"no points lost":  Cost(0, 0, true),
		"loss +0.5000":    Cost(0, 0.5, false),
		"loss −0.2500":    Cost(0, -0.25, false),
		"loss NaN":        Cost(0, math.NaN(), false),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
