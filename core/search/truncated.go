package search

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
)

// halfLog2Pi is log √(2π).
const halfLog2Pi = 0.91893853320467274178

// narrow is the width, in standard deviations, below which the mass of a normal
// distribution is its density times the width, to the second order.
const narrow = 1e-4

// logMass is the logarithm of the standard normal distribution between a and b, a < b.
// It is right to about ten digits however far they lie in a tail.
func logMass(a, b float64) float64 {
	if a > 0 {
		a, b = -b, -a
	}
	switch {
	case b-a < narrow:
		w, m := b-a, (a+b)/2
		second := float64(float64(w*w)*(float64(m*m)-1)) / 24
		return kernel.Log(w) - halfLog2Pi - float64(float64(m*m)/2) + kernel.Log(1+second)
	case a < -9 && b > 9:
		return 0
	case b > 0:
		return kernel.Log(1 - float64(kernel.Erfc(-a/math.Sqrt2)/2) - float64(kernel.Erfc(b/math.Sqrt2)/2))
	}
	upper := logBelow(b)
	return upper + kernel.Log(1-kernel.Exp(logBelow(a)-upper))
}

// logBelow is the logarithm of the standard normal distribution below z ≤ 0.
func logBelow(z float64) float64 {
	square := float64(z * z)
	if z > -30 {
		return kernel.Log(kernel.Erfc(-z/math.Sqrt2) / 2)
	}
	// The asymptotic series of Mills' ratio: 1 − 1/z² + 1·3/z⁴ − 1·3·5/z⁶ + …
	sum, term := 1.0, 1.0
	for i := 1; i <= 8; i++ {
		term = float64(term * (-float64(2*i-1) / square))
		sum += term
	}
	return kernel.Log(sum) - kernel.Log(-z) - halfLog2Pi - float64(square/2)
}

// truncated draws from the normal distribution between low and high. The mean has to
// lie between them, and sigma must not be much greater than their distance.
func truncated(rng *rand.Rand, mu, sigma, low, high float64) float64 {
	for {
		if x := mu + float64(sigma*kernel.Normal(rng)); x >= low && x <= high {
			return x
		}
	}
}
