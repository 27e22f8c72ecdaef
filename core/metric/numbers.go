package metric

import (
	"math"
	"slices"
)

// each is the mean over the outputs of a measure of one: of predictions and of what is
// true.
func each(of func(s *Sample, at func(r int) (predicted, truth float64)) float64) func(*Sample) float64 {
	return func(s *Sample) float64 {
		sum := 0.0
		for j := range s.outputs() {
			sum += of(s, func(r int) (float64, float64) {
				return s.answers.Data[r*s.answers.Stride+j], s.values.Data[r*s.values.Stride+j]
			})
		}
		return sum / float64(s.outputs())
	}
}

// errors is each of a mean over rows.
func errors(of func(predicted, truth float64) float64) func(*Sample) float64 {
	return each(func(s *Sample, at func(int) (float64, float64)) float64 {
		return s.mean(func(r int) float64 { return of(at(r)) })
	})
}

func absolute(p, y float64) float64 { return math.Abs(y - p) }
func squared(p, y float64) float64  { return float64((y - p) * (y - p)) }

// percentage is divided by the unit in the last place of 1 at least, as in scikit-learn.
func percentage(p, y float64) float64 { return math.Abs(p-y) / max(math.Abs(y), smallest) }

func rootMeanSquare(s *Sample, at func(int) (float64, float64)) float64 {
	return math.Sqrt(s.mean(func(r int) float64 { return squared(at(r)) }))
}

// explained is 1 less the fraction of the variance of what is true that predictions
// leave: 1 where there is nothing to explain and nothing is left, 0 where something is.
func explained(left, all float64) float64 {
	switch {
	case all != 0:
		return 1 - left/all
	case left == 0:
		return 1
	case left != left:
		return left
	}
	return 0
}

// determination is R².
func determination(s *Sample, at func(int) (float64, float64)) float64 {
	if s.rows() < 2 {
		return math.NaN()
	}
	truth := func(r int) float64 { _, y := at(r); return y }
	mean := s.mean(truth)
	return explained(
		s.mean(func(r int) float64 { return squared(at(r)) }),
		s.mean(func(r int) float64 { return squared(mean, truth(r)) }))
}

func explainedVariance(s *Sample, at func(int) (float64, float64)) float64 {
	truth := func(r int) float64 { _, y := at(r); return y }
	left := func(r int) float64 { p, y := at(r); return y - p }
	mean, meanLeft := s.mean(truth), s.mean(left)
	return explained(
		s.mean(func(r int) float64 { return squared(meanLeft, left(r)) }),
		s.mean(func(r int) float64 { return squared(mean, truth(r)) }))
}

// median is that of the absolute errors: of an even number the mean of the two in the
// middle; with weights the first at which half of the weight is reached.
func median(s *Sample, at func(int) (float64, float64)) float64 {
	type one struct{ size, weight float64 }
	all := make([]one, s.rows())
	for r := range all {
		all[r] = one{absolute(at(r)), s.weight(r)}
	}
	slices.SortStableFunc(all, func(a, b one) int {
		switch {
		case a.size < b.size:
			return -1
		case a.size > b.size:
			return 1
		}
		return 0
	})
	if s.weights == nil {
		n := len(all)
		return (all[(n-1)/2].size + all[n/2].size) / 2
	}
	half, sum := s.total()/2, 0.0
	for _, o := range all {
		if sum += o.weight; sum >= half && sum > 0 {
			return o.size
		}
	}
	return all[len(all)-1].size
}

// worst is the largest absolute error, of all outputs.
func worst(s *Sample) float64 {
	most := 0.0
	for r := range s.rows() {
		for j, p := range row(s.answers, r) {
			most = max(most, absolute(p, row(s.values, r)[j]))
		}
	}
	return most
}

func pinball(s *Sample) float64 {
	return errors(func(p, y float64) float64 {
		if e := y - p; e >= 0 {
			return float64(s.tau * e)
		} else {
			return float64((s.tau - 1) * e)
		}
	})(s)
}

// coverage is the fraction of targets at or below the prediction.
func coverage(p, y float64) float64 {
	if y <= p {
		return 1
	}
	return 0
}
