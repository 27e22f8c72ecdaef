package draw

import (
	"math"

	"descent/tui/draw/ruler"
)

// A measurement may be any float64, and a position on the screen is a small
// integer. All conversions are in this file; none of them panics, and only Floor
// converts.

// far is a position beyond every screen.
const far = 1 << 30

// Floor returns the largest integer not above v, clamped to −far and far; −far if v
// is NaN.
func Floor(v float64) int {
	switch {
	case v >= far:
		return far
	case v > -far:
		return int(math.Floor(v))
	}
	return -far
}

// Round returns v rounded; see Floor.
func Round(v float64) int { return Floor(math.Round(v)) }

// Byte converts v to a colour component, from 0 to 255; 0 if v is NaN.
func Byte(v float64) uint8 { return uint8(min(max(Round(v), 0), 255)) }

// Axis is a range of values that is mapped to the screen.
type Axis struct{ Low, High float64 }

// Share maps a value to its relative position: 0 at Low, 1 at High, outside [0, 1]
// beyond them. It is NaN only for NaN or if the ends of the axis are not finite; on
// an axis of length 0 it is 0.5.
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

// At returns the value at a relative position of a finite axis.
func (a Axis) At(share float64) float64 {
	if length := a.High - a.Low; !math.IsInf(length, 0) {
		return a.Low + length*share
	}
	return a.Low*(1-share) + a.High*share
}

// Cell returns the index, from 0 to n−1, of the cell that contains a share; 0 for
// NaN. n is at least 1.
func Cell(share float64, n int) int { return min(max(Floor(share*float64(n)), 0), n-1) }

// Tick returns the index of the nearest of n ticks, the first at 0 and the last at
// 1; 0 for NaN. n is at least 1.
func Tick(share float64, n int) int { return min(max(Round(share*float64(n-1)), 0), n-1) }

// Clamp clamps a share to [0, 1]; it returns instead for NaN.
func Clamp(share, instead float64) float64 {
	if math.IsNaN(share) {
		return instead
	}
	return min(max(share, 0), 1)
}

// Finite clamps v to the finite numbers.
func Finite(v float64) float64 { return min(max(v, -math.MaxFloat64), math.MaxFloat64) }

// Modulo returns i modulo n, from 0 to n−1.
func Modulo(i, n int) int { return (i%n + n) % n }

// Scaled maps a value to an axis, a logarithmic one or a linear one; ok is false if it
// cannot be drawn.
func Scaled(v float64, log bool) (at float64, ok bool) {
	kind := ruler.Linear
	if log {
		kind = ruler.Log
	}
	return ruler.Scale{Kind: kind}.To(v)
}
