package importance

import (
	"math"
	"slices"

	"descent/core/search"
)

// Profile is how an objective depends on one axis.
type Profile struct {
	Marks []Mark  // of trials that have a value on the axis, in their order
	Trend []Trend // along the axis
}

// Mark is a trial of a profile.
type Mark struct {
	Number int
	U      float64 // where along the axis it lies, from 0 to 1, as Axis.Unit says
	Value  float64 // of the objective; +Inf if it failed
	State  search.State
}

// Trend is a smoothed value of the objective at a place along the axis: the median and
// the quartiles of the trials about it. It is NaN where no trial is near, and +Inf where
// so many have failed.
type Trend struct {
	U                 float64
	Low, Median, High float64
}

// The smoothing of a trend: at how many places along a range it is computed, from which
// fraction of the trials and how many at least, and how far from the nearest trial none
// is near.
const (
	places        = 41
	smoothed      = 0.12
	fewestNear    = 7
	nothingWithin = 0.15
)

// Slice is the profile of an axis: of a range of numbers with a trend by local medians,
// weighted by the distance to the trials (tricube weights over the nearest eighth, as
// in Cleveland, Robust Locally Weighted Regression and Smoothing Scatterplots, 1979); of
// choices with the median of each. A pruned trial has the value of its last report.
// Trials that are under way are left out.
func Slice(trials []search.Trial, a search.Axis, objective int) Profile {
	var p Profile
	for i := range trials {
		t := &trials[i]
		u, ok := position(a, t.Point)
		if v, known := measured(t, objective); ok && known {
			p.Marks = append(p.Marks, Mark{t.Number, u, v, t.State})
		}
	}
	if len(p.Marks) == 0 {
		return p
	}
	byValue := slices.Clone(p.Marks)
	slices.SortStableFunc(byValue, func(a, b Mark) int {
		switch {
		case a.Value < b.Value:
			return -1
		case a.Value > b.Value:
			return 1
		}
		return 0
	})
	if a.Kind == search.Choice {
		for i := range a.Choices {
			p.Trend = append(p.Trend, trend(byValue, (float64(i)+0.5)/float64(len(a.Choices)), 1e-9))
		}
		return p
	}
	us := make([]float64, len(p.Marks))
	for i, m := range p.Marks {
		us[i] = m.U
	}
	slices.Sort(us)
	near := min(len(us), max(fewestNear, int(smoothed*float64(len(us)))))
	for i := range places {
		u := float64(i) / (places - 1)
		nearest, reach := window(us, u, near)
		if nearest > nothingWithin {
			p.Trend = append(p.Trend, Trend{u, math.NaN(), math.NaN(), math.NaN()})
			continue
		}
		p.Trend = append(p.Trend, trend(byValue, u, float64(1.001*reach)+1e-9))
	}
	return p
}

// window is how far the nearest of sorted numbers is from u, and how far the nth nearest.
func window(sorted []float64, u float64, n int) (nearest, reach float64) {
	right, _ := slices.BinarySearch(sorted, u)
	left := right - 1
	for k := range n {
		switch {
		case right == len(sorted) || left >= 0 && u-sorted[left] <= sorted[right]-u:
			reach = u - sorted[left]
			left--
		default:
			reach = sorted[right] - u
			right++
		}
		if k == 0 {
			nearest = reach
		}
	}
	return nearest, reach
}

// trend are the weighted quartiles at u of trials within reach, which are sorted by value.
func trend(byValue []Mark, u, reach float64) Trend {
	weight := make([]float64, len(byValue))
	total := 0.0
	for i, m := range byValue {
		if d := math.Abs(m.U-u) / reach; d < 1 {
			w := 1 - float64(float64(d*d)*d)
			weight[i] = float64(float64(w*w) * w)
			total += weight[i]
		}
	}
	out := Trend{u, math.NaN(), math.NaN(), math.NaN()}
	if total == 0 {
		return out
	}
	for _, q := range []struct {
		at float64
		to *float64
	}{{0.25, &out.Low}, {0.5, &out.Median}, {0.75, &out.High}} {
		*q.to = quantile(byValue, weight, float64(q.at*total))
	}
	return out
}

// quantile is the value at which the sum of weights passes a limit, or the middle of two
// if it comes to lie between them.
func quantile(byValue []Mark, weight []float64, limit float64) float64 {
	sum := 0.0
	for i, w := range weight {
		if w == 0 {
			continue
		}
		sum += w
		switch rounding := float64(1e-12 * limit); {
		case sum > limit+rounding:
			return byValue[i].Value
		case sum >= limit-rounding:
			for j := i + 1; j < len(weight); j++ {
				if weight[j] > 0 {
					return float64(byValue[i].Value/2) + float64(byValue[j].Value/2)
				}
			}
			return byValue[i].Value
		}
	}
	return math.NaN()
}
