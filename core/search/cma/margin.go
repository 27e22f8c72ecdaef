package cma

import (
	"math"

	"descent/core/kernel"
)

// Rounded is the coordinate of a stepped dimension that is rounded to a value, of a
// sample with coordinate x.
func (s *State) Rounded(i int, x float64) float64 {
	return s.Mean[i] + float64(s.Stretch[i]*(x-s.Mean[i]))
}

// WithMargin returns the distribution moved and stretched in a stepped dimension, so
// that the value at the mean and those below and above it keep a probability of about
// margin: Hamano et al., CMA-ES with Margin, 2022, section 4. below and above are where
// the mean's value ends; the same number where there is no value on one side.
func (s *State) WithMargin(i int, below, above, margin float64) *State {
	t := *s
	t.Mean, t.Stretch = append([]float64(nil), s.Mean...), append([]float64(nil), s.Stretch...)
	unit := s.Deviation(i)
	deviation := float64(unit * s.Stretch[i])
	low, high := cdf((below-s.Mean[i])/deviation), cdf((s.Mean[i]-above)/deviation)
	if max(low, high) > 0.5 || below >= above { // at the end, or nearly: (14)
		if min(low, high) < margin {
			away := float64(deviation * quantile(margin))
			if s.Mean[i] < above {
				away = -away
			}
			t.Mean[i] = above + away
		}
		return &t
	}
	// (16) to (19)
	middle := 1 - low - high
	least := float64(margin / 2)
	l, h := max(low, least), max(high, least)
	over := 1 - l - h - middle
	total := l + middle + h - float64(3*least)
	l, h = l+float64(over*(l-least))/total, h+float64(over*(h-least))/total
	a, b := quantile(min(max(l, 1e-10), 0.5-1e-10)), quantile(min(max(h, 1e-10), 0.5-1e-10))
	t.Stretch[i] = (above - below) / float64((a+b)*unit)
	t.Mean[i] = (float64(below*b) + float64(above*a)) / (a + b)
	return &t
}

// cdf is Φ(z).
func cdf(z float64) float64 { return float64(0.5 * kernel.Erfc(-z/math.Sqrt2)) }

// quantile is the z with Φ(−z) = p, for p from 0 to ½.
func quantile(p float64) float64 {
	low, high := 0.0, 40.0
	for range 60 {
		if mid := float64((low + high) / 2); cdf(-mid) > p {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}
