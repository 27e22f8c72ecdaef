package ruler

import (
	"math"
	"slices"
)

// window is the number of neighbours of which a value is compared with the median:
// an excursion of less than half of it is an outlier.
const window = 7

// Extent is the range of positions that a chart has to show: Low > High while there
// are none.
type Extent struct{ Low, High float64 }

// NewExtent returns an extent of nothing.
func NewExtent() *Extent { return &Extent{Low: math.Inf(1), High: math.Inf(-1)} }

// Include adds a position that must be shown.
func (e *Extent) Include(at float64) { e.Low, e.High = min(e.Low, at), max(e.High, at) }

// Curve adds the positions of a curve: those at its begin, and everywhere the median
// of the neighbours, so that an excursion shorter than half the window does not count.
func (e *Extent) Curve(at []float64) {
	if len(at) == 0 {
		return
	}
	var near [window]float64
	last := len(at) - 1
	for i := range last {
		r := min(window/2, i, last-i)
		n := copy(near[:], at[i-r:i+r+1])
		slices.Sort(near[:n])
		e.Include(near[n/2])
	}
	if last < window {
		e.Include(at[last])
	} else { // which may be the top of a spike
		e.near(at[last], at[last])
	}
}

// near extends the range to two positions, as far as that is not by more than its
// half.
func (e *Extent) near(low, high float64) {
	reach := (e.High - e.Low) / 2
	e.Low, e.High = min(e.Low, max(low, e.Low-reach)), max(e.High, min(high, e.High+reach))
}

// Band adds the positions of the lower and upper ends of a band: of these the middle
// eight tenths, as far as they extend the curves by no more than their half.
func (e *Extent) Band(low, high []float64) {
	if len(low) == 0 || len(high) == 0 || e.Low > e.High {
		return
	}
	low, high = slices.Clone(low), slices.Clone(high)
	slices.Sort(low)
	slices.Sort(high)
	e.near(low[len(low)/10], high[len(high)-1-len(high)/10])
}

// Core returns the power of ten up to which a symmetric logarithm is linear for
// values: the decade of the tenth percentile of their sizes.
func Core(values []float64) float64 {
	sizes := make([]float64, 0, len(values))
	for _, v := range values {
		if a := math.Abs(v); a > 0 && !math.IsInf(a, 0) {
			sizes = append(sizes, a)
		}
	}
	if len(sizes) == 0 {
		return 1
	}
	slices.Sort(sizes)
	return power(min(max(floor(math.Log10(sizes[len(sizes)/10])), -300), 300))
}
