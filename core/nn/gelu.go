package nn

import (
	"math"

	"descent/core/kernel"
)

// normalCDF is Φ, the share of a normal distribution below x.
func normalCDF(x float64) float64 { return kernel.Erfc(float64(x*(-math.Sqrt2/2))) / 2 }

// gelu is x Φ(x), exactly and not by a tanh, as torch.nn.GELU.
// Hendrycks, Gimpel 2016.
func gelu(y, x []float64) {
	for i, v := range x {
		y[i] = v * normalCDF(v)
	}
}

// geluBack is Φ(x) + x φ(x) with φ(x) = e^(−x²/2) / √(2π).
func geluBack(dx, dy, x, _ []float64) {
	const root = math.SqrtPi * math.Sqrt2
	for i, v := range x {
		dx[i] = -v * v / 2
	}
	kernel.ExpAll(dx, dx)
	for i, v := range x {
		dx[i] = dy[i] * (float64(normalCDF(v)) + float64(v*dx[i])/root)
	}
}
