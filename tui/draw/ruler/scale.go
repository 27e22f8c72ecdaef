// Package ruler puts values on the rows and columns of a chart: linear, logarithmic
// and symmetric logarithmic scales, ranges that one outlier does not stretch, and
// ticks at round numbers. It draws nothing.
package ruler

import "math"

// Kind is how values are spread over an axis.
type Kind int

const (
	Log    Kind = iota // by their logarithm; values that are not positive have no place
	Linear             // evenly
	Symlog             // linearly around 0, by their logarithm beyond
)

// Kinds are the names of the scales, by Kind.
var Kinds = []string{"log", "linear", "symlog"}

// Next is the scale after this one, in a circle.
func (k Kind) Next() Kind { return (k + 1) % Kind(len(Kinds)) }

// Scale maps values to positions on an axis without bounds: decades, or on a linear
// scale the value itself.
//
// The symmetric logarithm is v/c between −c and c, and ±(1 + log₁₀(|v|/c)) beyond
// (J. B. W. Webber, “A bi-symmetric log transformation for wide-range data”, 2013; in
// pieces as in matplotlib).
type Scale struct {
	Kind Kind
	Core float64 // c of a symmetric logarithm, a power of ten
}

// Limits of what is mapped, so that no difference overflows.
const (
	largest  = 1e300
	smallest = 1e-300
)

// To returns the position of a value; ok is false if it has none.
func (s Scale) To(v float64) (at float64, ok bool) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	switch s.Kind {
	case Log:
		if v <= 0 {
			return 0, false
		}
		return math.Log10(v), true
	case Symlog:
		a := math.Abs(v) / s.core()
		if a <= 1 {
			return v / s.core(), true
		}
		if math.IsInf(a, 0) {
			a = math.MaxFloat64
		}
		return math.Copysign(1+math.Log10(a), v), true
	}
	return min(max(v, -largest), largest), true
}

// From returns the value at a position, the inverse of To.
func (s Scale) From(at float64) float64 {
	switch s.Kind {
	case Log:
		return math.Pow(10, at)
	case Symlog:
		if math.Abs(at) <= 1 {
			return at * s.core()
		}
		return math.Copysign(s.core()*math.Pow(10, math.Abs(at)-1), at)
	}
	return at
}

func (s Scale) core() float64 {
	if s.Core >= smallest && s.Core <= largest {
		return s.Core
	}
	return 1
}

// floor returns the largest integer not above v, clamped to ±2³⁰; −2³⁰ for NaN.
func floor(v float64) int {
	const far = 1 << 30
	switch {
	case v >= far:
		return far
	case v > -far:
		return int(math.Floor(v))
	}
	return -far
}
