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
