package nn

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

var geluActivation = activation{
	name: "gelu", help: "GELU: x Φ(x), Φ the normal distribution function; a smooth ReLU",
	forward: gelu, backward: geluBack,
	doc: knob.Doc{
		Formula: "y = x Φ(x), Φ(x) = ½ erfc(−x/√2), exact and not by tanh",
		Source:  "D. Hendrycks, K. Gimpel, “Gaussian Error Linear Units (GELUs)”, arXiv 1606.08415, 2016, section 2",
		PyTorch: "torch.nn.GELU()",
		When:    "The activation of transformers, and a good choice wherever relu is one. Several times the cost of relu.",
		Range:   "−0.17 to ∞",
	},
}

// normalCDF is Φ, the distribution function of the standard normal.
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
