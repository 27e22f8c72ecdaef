package pruner

import (
	"math"
	"slices"
)

// At is the value of a trial at a step: the median over its seeds of the last value at
// or before the step, of the seeds that have come as far as the furthest. A value that
// is not finite counts as +Inf, the worst; ok is false if nothing was reported by then.
func (p Progress) At(step int) (v float64, ok bool) {
	at := -1 // of the last report of a trial with one seed
	for i := range p.Reports {
		r := &p.Reports[i]
		if r.Step > step {
			continue
		}
		if at >= 0 && r.Seed != p.Reports[at].Seed {
			return p.middle(step), true
		}
		at = i
	}
	if at < 0 {
		return 0, false
	}
	return worst(p.Reports[at].Value), true
}

// middle is the median over the runs at a step, of which there is at least one.
func (p Progress) middle(step int) float64 {
	runs := p.runs(step)
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = r.Value
	}
	return median(values)
}

// runs are the last reports at or before a step, one of each seed and sorted by it, of
// the seeds that have come as far as the furthest. Values that are not finite are +Inf.
func (p Progress) runs(step int) []Report {
	var last []Report // of each seed
	furthest := 0
	for _, r := range p.Reports {
		if r.Step > step {
			continue
		}
		r.Value = worst(r.Value)
		furthest = max(furthest, r.Step)
		if i := slices.IndexFunc(last, func(l Report) bool { return l.Seed == r.Seed }); i >= 0 {
			last[i] = r
		} else {
			last = append(last, r)
		}
	}
	last = slices.DeleteFunc(last, func(r Report) bool { return r.Step < furthest })
	slices.SortFunc(last, func(a, b Report) int { return a.Seed - b.Seed })
	return last
}

// worst makes of a value that is not finite the worst that there is.
func worst(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return math.Inf(1)
	}
	return v
}

// median sorts values, of which there is at least one, and returns their median.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	if n%2 == 1 {
		return values[n/2]
	}
	return float64(values[n/2-1]/2) + float64(values[n/2]/2)
}
