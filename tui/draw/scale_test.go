package draw

import (
	"math"
	"testing"

	"descent/tui/internal/check"

	"github.com/muesli/termenv"
)

func FuzzEveryNumberHasItsPlace(f *testing.F) {
	for i, a := range check.Extremes {
		f.Add(a, check.Extremes[(i+5)%len(check.Extremes)], check.Extremes[(i+11)%len(check.Extremes)], 7)
	}
	f.Fuzz(func(t *testing.T, low, high, v float64, n int) {
		n = 1 + Modulo(n, 300)
		s := Axis{low, high}.Share(v)
		if c := Cell(s, n); c < 0 || c >= n {
			t.Errorf("%v from %v to %v lies in cell %d of %d", v, low, high, c, n)
		}
		if c := Tick(s, n); c < 0 || c >= n {
			t.Errorf("%v from %v to %v lies at %d of %d", v, low, high, c, n)
		}
		if w := Clamp(s, 0); !(w >= 0 && w <= 1) {
			t.Errorf("%v from %v to %v is at %v", v, low, high, w)
		}
		finite := !math.IsNaN(low+high+v) && !math.IsInf(low, 0) && !math.IsInf(high, 0)
		if finite && math.IsNaN(s) {
			t.Errorf("%v from %v to %v has no place", v, low, high)
		}
		if finite && low < high && low <= v && v <= high && !(s >= 0 && s <= 1) {
			t.Errorf("%v from %v to %v is at %v", v, low, high, s)
		}
		_ = Byte(v)
		Bar(v, n)
		darkPalette.Height(v)
		NewCanvas(NewTheme(termenv.Ascii, true), n, n%50+1).Line(low, high, v, low, RGB{})
	})
}
