package importance

import (
	"math"

	"descent/core/search"
)

// position is where along an axis a point lies, from 0 to 1; ok is false if the axis
// does not exist there or has another range now.
func position(a search.Axis, p search.Point) (u float64, ok bool) {
	v, ok := p[a.Path]
	if !ok {
		return 0, false
	}
	return a.Unit(v)
}

// measured is the objective of a trial, +Inf if it failed; ok is false for a trial that
// is under way.
func measured(t *search.Trial, objective int) (v float64, ok bool) {
	if t.State == search.Running {
		return 0, false
	}
	if objective >= len(t.Values) || t.State == search.Failed {
		return math.Inf(1), true
	}
	if v = t.Values[objective]; math.IsNaN(v) || math.IsInf(v, 0) {
		return math.Inf(1), true
	}
	return v, true
}

// choiceAt is the choice of a position in [0, 1].
func choiceAt(u float64, n int) int { return min(int(float64(u*float64(n))), n-1) }
