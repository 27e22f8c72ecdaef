package gauss

import (
	"math"

	"descent/core/kernel"
)

// logRoot is ½ log 2π.
const logRoot = 0.91893853320467274178

// far is where tails are computed by their asymptotic series.
const far = -25

// logDensity is log φ(z).
func logDensity(z float64) float64 { return float64(-0.5*float64(z*z)) - logRoot }

// LogCDF is log Φ(z), and its derivative.
func LogCDF(z float64) (value, slope float64) {
	if z > far {
		value = kernel.Log(0.5 * kernel.Erfc(-z/math.Sqrt2))
	} else {
		w := 1 / float64(z*z)
		value = logDensity(z) - kernel.Log(-z) + kernel.Log(1-float64(w*(1-float64(w*(3-float64(w*(15-float64(105*w))))))))
	}
	return value, kernel.Exp(logDensity(z) - value)
}

// LogEI is the logarithm of the improvement on best that is expected of a value with
// a mean and a standard deviation, lower being better, and its derivatives by the two.
//
//	log EI = log σ + log h(z), h(z) = φ(z) + z Φ(z), z = (best − μ)/σ
//
// Ament et al., Unexpected Improvements to Expected Improvement for Bayesian
// Optimization, 2023, equation 9: it is finite and has a slope where the improvement
// itself is 0 to the last bit.
func LogEI(mean, deviation, best float64) (value, byMean, byDeviation float64) {
	z := (best - mean) / deviation
	h := logH(z)
	cdf, _ := LogCDF(z)
	return kernel.Log(deviation) + h, -kernel.Exp(cdf-h) / deviation, kernel.Exp(logDensity(z)-h) / deviation
}

// logH is log(φ(z) + z Φ(z)).
func logH(z float64) float64 {
	if z > -1 {
		return kernel.Log(kernel.Exp(logDensity(z)) + float64(0.5*float64(z*kernel.Erfc(-z/math.Sqrt2))))
	}
	if z > far { // φ (1 + z √(π/2) erfcx(−z/√2))
		scaled := float64(kernel.Erfc(-z/math.Sqrt2) * kernel.Exp(float64(0.5*float64(z*z))))
		return logDensity(z) + kernel.Log(1+float64(float64(1.2533141373155002512*z)*scaled))
	}
	w := 1 / float64(z*z)
	series := 1 - float64(w*(3-float64(w*(15-float64(w*(105-float64(945*w)))))))
	return logDensity(z) - float64(2*kernel.Log(-z)) + kernel.Log(series)
}
