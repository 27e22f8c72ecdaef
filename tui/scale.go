package tui

import "math"

// What is measured may be anything that a float64 holds, and a place on the
// screen is a small whole number. All ways from the one to the other lead
// through this file; none of them panics, and only whole converts.

// far is a place that lies beyond every screen.
const far = 1 << 30

// whole is the largest whole number that is not above v, between −far and far;
// −far if v is NaN.
func whole(v float64) int {
	switch {
	case v >= far:
		return far
	case v > -far:
		return int(math.Floor(v))
	}
	return -far
}

// nearby is v rounded; see whole.
func nearby(v float64) int { return whole(math.Round(v)) }

// byteOf is v as a part of a colour, from 0 to 255; 0 if v is NaN.
func byteOf(v float64) uint8 { return uint8(min(max(nearby(v), 0), 255)) }

// axis is a range of values that is laid out on the screen.
type axis struct{ low, high float64 }

// share is where a value stands: 0 at low, 1 at high, beyond them outside. It
// is NaN only for NaN, and on an axis whose ends are not finite; on an axis
// without length everything stands in the middle.
func (a axis) share(v float64) float64 {
	switch length := a.high - a.low; {
	case math.IsNaN(v) || math.IsNaN(length) || math.IsInf(a.low, 0) || math.IsInf(a.high, 0):
		return math.NaN()
	case length == 0:
		return 0.5
	case math.IsInf(length, 0) || math.IsInf(v-a.low, 0):
		return (v/4 - a.low/4) / (a.high/4 - a.low/4)
	default:
		return (v - a.low) / length
	}
}

// at is the value that stands at a share, if the axis is finite.
func (a axis) at(share float64) float64 {
	if length := a.high - a.low; !math.IsInf(length, 0) {
		return a.low + length*share
	}
	return a.low*(1-share) + a.high*share
}

// cellAt is the one of n cells in which a share lies, from 0 to n−1; NaN lies in
// the first. n is at least 1.
func cellAt(share float64, n int) int { return min(max(whole(share*float64(n)), 0), n-1) }

// tickAt is the one of n ticks, the first at 0 and the last at 1, that is next
// to a share; NaN is next to the first. n is at least 1.
func tickAt(share float64, n int) int { return min(max(nearby(share*float64(n-1)), 0), n-1) }

// within is a share between 0 and 1; instead for NaN.
func within(share, instead float64) float64 {
	if math.IsNaN(share) {
		return instead
	}
	return min(max(share, 0), 1)
}

// finite is the nearest number to v that is not infinite.
func finite(v float64) float64 { return min(max(v, -math.MaxFloat64), math.MaxFloat64) }
