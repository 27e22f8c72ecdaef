package microscope

import (
	"math"

	"gonum.org/v1/gonum/blas/blas64"
)

type general = blas64.General

func norm(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x * x)
	}
	return math.Sqrt(sum)
}

// rootMean is the root of the mean.
func rootMean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return math.Sqrt(sum / float64(len(v)))
}

// angle is that between an update, which is subtracted, and the gradient, in
// degrees: 0 for gradient descent. NaN where one of them is 0.
func angle(update, grad []float64) float64 {
	dot := 0.0
	for i, u := range update {
		dot += float64(u * grad[i])
	}
	return math.Acos(min(max(dot/(norm(update)*norm(grad)), -1), 1)) * 180 / math.Pi
}

func rms(v []float64) float64 { return norm(v) / math.Sqrt(float64(len(v))) }

// copied is a row in memory of its own.
func copied(m general, row int) []float64 {
	return append([]float64(nil), m.Data[row*m.Stride:row*m.Stride+m.Cols]...)
}
