package importance

import "descent/core/search"

// position is where along an axis a point lies, from 0 to 1; ok is false if the axis
// does not exist there or has another range now.
func position(a search.Axis, p search.Point) (u float64, ok bool) {
	v, ok := p[a.Path]
	if !ok {
		return 0, false
	}
	return a.Unit(v)
}
