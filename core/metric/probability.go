package metric

import (
	"math"

	"descent/core/kernel"
)

// smallest is how near to 0 and 1 a probability may come before its logarithm is
// taken: that of scikit-learn for float64.
const smallest = 0x1p-52

func clipped(p float64) float64 { return min(max(p, smallest), 1-smallest) }

// logLoss is the mean of −log of the probability of what is true, each row made to sum
// to 1; of labels the mean over them.
func logLoss(s *Sample) float64 {
	return s.mean(func(r int) float64 {
		sum := 0.0
		if s.kind == oneClass {
			for _, p := range row(s.answers, r) {
				sum += clipped(p)
			}
			return -kernel.Log(clipped(row(s.answers, r)[s.class[r]]) / sum)
		}
		for j, p := range row(s.answers, r) {
			if p = clipped(p); s.holds(r, j) {
				sum -= kernel.Log(p)
			} else {
				sum -= kernel.Log(1 - p)
			}
		}
		return sum / float64(s.outputs())
	})
}

// brier is the mean squared error of the probability: of the second of two classes,
// the sum over more, the mean over labels.
func brier(s *Sample) float64 {
	two := s.kind == oneClass && s.outputs() == 2
	return s.mean(func(r int) float64 {
		sum := 0.0
		for j, p := range row(s.answers, r) {
			if s.holds(r, j) {
				p--
			}
			if !two || j == 1 {
				sum += float64(p * p)
			}
		}
		if s.kind == labels {
			sum /= float64(s.outputs())
		}
		return sum
	})
}

// Reliability sorts rows by the probability of the class that they are given to, into
// bins of equal width.
// Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017.
type Reliability []Bin

// Bin is one of them.
type Bin struct {
	Rows        int
	Weight      float64
	Said, Right float64 // means over its rows: the probability, and how many were right; 0 without rows
}

// Add counts a row that was given to a class with a probability; NaN is left out.
func (b Reliability) Add(probability float64, right bool, weight float64) {
	if probability != probability {
		return
	}
	to := &b[min(int(float64(float64(len(b))*probability)), len(b)-1)]
	to.Rows++
	to.Weight += weight
	to.Said += float64(probability * weight)
	if right {
		to.Right += weight
	}
}

// End divides the sums of Add, and returns the expected calibration error:
// Σ |said − right| weighted by rows (Guo et al., eq. 3).
func (b Reliability) End() (calibrationError float64) {
	total := 0.0
	for _, one := range b {
		total += one.Weight
	}
	for i := range b {
		if one := &b[i]; one.Weight > 0 {
			one.Said, one.Right = one.Said/one.Weight, one.Right/one.Weight
			calibrationError += float64(math.Abs(one.Said-one.Right)*one.Weight) / total
		}
	}
	return calibrationError
}

// CalibrationBins is how many bins an expected calibration error is over.
const CalibrationBins = 15

func calibrationError(s *Sample) float64 {
	b := make(Reliability, CalibrationBins)
	for r, guess := range s.guess {
		b.Add(row(s.answers, r)[guess], guess == s.class[r], s.weight(r))
	}
	return b.End()
}
