package draw

import "math"

// What is measured may be anything that a float64 holds, and a place on the
// screen is a small whole number. All ways from the one to the other lead
// through this file; none of them panics, and only Floor converts.

// far is a place that lies beyond every screen.
const far = 1 << 30

// Floor is the largest whole number that is not above v, between −far and far;
// −far if v is NaN.
func Floor(v float64) int {
	switch {
	case v >= far:
		return far
	case v > -far:
		return int(math.Floor(v))
	}
	return -far
}

// Round is v rounded; see Floor.
func Round(v float64) int { return Floor(math.Round(v)) }

// Byte is v as a part of a colour, from 0 to 255; 0 if v is NaN.
func Byte(v float64) uint8 { return uint8(min(max(Round(v), 0), 255)) }

// Axis is a range of values that is laid out on the screen.
type Axis struct{ Low, High float64 }

// Share is where a value stands: 0 at low, 1 at high, beyond them outside. It
// is NaN only for NaN, and on an axis whose ends are not finite; on an axis
// without length everything stands in the middle.
func (a Axis) Share(v float64) float64 {
	switch length := a.High - a.Low; {
	case math.IsNaN(v) || math.IsNaN(length) || math.IsInf(a.Low, 0) || math.IsInf(a.High, 0):
		return math.NaN()
	case length == 0:
		return 0.5
	case math.IsInf(length, 0) || math.IsInf(v-a.Low, 0):
		return (v/4 - a.Low/4) / (a.High/4 - a.Low/4)
	default:
		return (v - a.Low) / length
	}
}

// At is the value that stands at a share, if the axis is finite.
func (a Axis) At(share float64) float64 {
	if length := a.High - a.Low; !math.IsInf(length, 0) {
		return a.Low + length*share
	}
	return a.Low*(1-share) + a.High*share
}

// Cell is the one of n cells in which a share lies, from 0 to n−1; NaN lies in
// the first. n is at least 1.
func Cell(share float64, n int) int { return min(max(Floor(share*float64(n)), 0), n-1) }

// Tick is the one of n ticks, the first at 0 and the last at 1, that is next
// to a share; NaN is next to the first. n is at least 1.
func Tick(share float64, n int) int { return min(max(Round(share*float64(n-1)), 0), n-1) }

// Clamp is a share between 0 and 1; instead for NaN.
func Clamp(share, instead float64) float64 {
	if math.IsNaN(share) {
		return instead
	}
	return min(max(share, 0), 1)
}

// Finite is the nearest number to v that is not infinite.
func Finite(v float64) float64 { return min(max(v, -math.MaxFloat64), math.MaxFloat64) }

// Modulo is i counted round n places.
func Modulo(i, n int) int { return (i%n + n) % n }
