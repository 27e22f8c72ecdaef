package metric

import (
	"cmp"
	"math"
	"slices"
)

// Point is a place on the curves of ROC and of precision and recall: how much lies at
// or above a threshold.
type Point struct {
	Threshold float64
	True      float64 // weight of the positive rows at or above it
	False     float64 // weight of the negative ones
}

// thresholds are those of an output, falling: a point for each value that differs.
// positive and negative are the weights of all rows that have it, and that have it not.
func (s *Sample) thresholds(output int) (points []Point, positive, negative float64) {
	order := make([]int, s.rows())
	for i := range order {
		order[i] = i
	}
	at := func(r int) float64 { return s.answers.Data[r*s.answers.Stride+output] }
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(at(b), at(a)), a-b) })
	for i, r := range order {
		if s.holds(r, output) {
			positive += s.weight(r)
		} else {
			negative += s.weight(r)
		}
		if i+1 == len(order) || at(order[i+1]) != at(r) {
			points = append(points, Point{at(r), positive, negative})
		}
	}
	return points, positive, negative
}

// area is that under the ROC curve of an output; NaN where all rows have it, or none.
func (s *Sample) area(output int) float64 {
	points, positive, negative := s.thresholds(output)
	sum, before := 0.0, Point{}
	for _, p := range points {
		sum += float64((p.False - before.False) * (p.True + before.True))
		before = p
	}
	return sum / 2 / float64(positive*negative)
}

// averagePrecision is that of an output; NaN where no row has it.
func (s *Sample) averagePrecision(output int) float64 {
	points, positive, _ := s.thresholds(output)
	sum, before := 0.0, 0.0
	for _, p := range points {
		sum += float64((p.True - before) * ratio(p.True, p.True+p.False))
		before = p.True
	}
	return sum / positive
}

// overOutputs is the measure of the second of two classes, or the mean over those
// classes or labels that have one.
func overOutputs(of func(*Sample, int) float64) func(*Sample) float64 {
	return func(s *Sample) float64 {
		if s.kind == oneClass && s.outputs() == 2 {
			return of(s, 1)
		}
		sum, n := 0.0, 0
		for j := range s.outputs() {
			if v := of(s, j); !math.IsNaN(v) {
				sum += v
				n++
			}
		}
		return sum / float64(n)
	}
}

// among is how often the right class is among the k most probable ones. Of equal
// probabilities the last comes first, as scikit-learn has it.
func among(k int) func(*Sample) float64 {
	return func(s *Sample) float64 {
		return s.mean(func(r int) float64 {
			p, before := row(s.answers, r), 0
			for j, v := range p {
				if own := p[s.class[r]]; v > own || v == own && j > s.class[r] {
					before++
				}
			}
			if before < k {
				return 1
			}
			return 0
		})
	}
}
