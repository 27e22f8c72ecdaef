package search

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
)

// halfLog2Pi is log √(2π).
const halfLog2Pi = 0.91893853320467274178

// narrow is the width below which the mass of a normal distribution is taken from the
// density in the middle, in standard deviations, or in the distances over which the
// density falls by e where that is less.
const narrow = 0.1

// far is where a tail begins of which it does not matter, in the sum of a mixture, what
// it has to the last digit.
const far = 14

// logMass is the logarithm of the standard normal distribution between a and b, a < b.
// It is right to about ten digits; of a narrow interval far in a tail the mass is right
// to a thousandth.
func logMass(a, b float64) float64 {
	if a > 0 {
		a, b = -b, -a
	}
	w, m := b-a, (a+b)/2
	switch {
	case float64(w*max(1, -m, m)) < narrow:
		// ∫ φ = w φ(m) (1 + w²/24 He₂(m) + w⁴/1920 He₄(m) + …)
		w2, m2 := float64(w*w), float64(m*m)
		fourth := float64(w2*w2) * (float64(m2*(m2-6)) + 3) / 1920
		second := float64(w2*(m2-1)) / 24
		return kernel.Log(float64(w*(1+second+fourth))) - halfLog2Pi - float64(m2/2)
	case m < -far && float64(w*-m) < 3:
		// ∫ φ ≈ w φ(m) sinh(y)/y e^(−w²/24), y = m w/2; log sinh(y)/y = y²/6 − y⁴/180 + y⁶/2835 − …
		y := float64(float64(m*w)*float64(m*w)) / 4
		sinh := float64(y * (1.0/6 - float64(y*(1.0/180-float64(y/2835)))))
		return kernel.Log(w) - halfLog2Pi - float64(float64(m*m)/2) + sinh - float64(float64(w*w)/24)
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
