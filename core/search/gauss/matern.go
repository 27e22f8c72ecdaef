package gauss

import (
	"math"

	"descent/core/kernel"
)

// Kernel are the parameters of a Matérn 5/2 kernel with a length scale for each
// dimension:
//
//	k(x, x') = Signal (1 + t + t²/3) e⁻ᵗ, t = √(5 Σᵢ Scales[i] (xᵢ − x'ᵢ)²)
//
// Rasmussen, Williams, Gaussian Processes for Machine Learning, 2006, equation 4.17.
// In a dimension of choices (xᵢ − x'ᵢ)² is 1 for different ones: the Hamming distance.
type Kernel struct {
	Scales []float64 // 1/ℓ², of each dimension
	Signal float64   // variance of the function
	Noise  float64   // variance of the observations around it
}

// apart is the squared distance of two coordinates of a dimension.
func apart(a, b float64, choice bool) float64 {
	if choice {
		if a == b {
			return 0
		}
		return 1
	}
	return float64((a - b) * (a - b))
}

// matern turns squared distances r² into the correlation, and into its derivative by
// r² where slope is not nil. scratch has the same length.
func matern(r2, slope, scratch []float64) {
	for i, r := range r2 {
		scratch[i] = -math.Sqrt(float64(5 * r))
	}
	kernel.ExpAll(scratch, scratch)
	for i, r := range r2 {
		e, t := scratch[i], math.Sqrt(float64(5*r))
		r2[i] = float64((1 + t + float64(5.0/3*r)) * e)
		if slope != nil {
			slope[i] = float64(float64(-5.0/6*(1+t)) * e)
		}
	}
}
