package nn

import (
	"math"

	"descent/core/kernel"
)

// softplus is log(1 + eˣ), written as max(x, 0) + log(1 + e^−|x|), as
// torch.nn.Softplus without its threshold. Dugas et al. 2001.
func softplus(y, x []float64) {
	for i, v := range x {
		y[i] = -math.Abs(v)
	}
	kernel.ExpAll(y, y)
	for i, v := range x {
		y[i] = max(v, 0) + kernel.Log1p(y[i])
	}
}

// softplusBack is σ(x).
func softplusBack(dx, dy, x, _ []float64) {
	kernel.SigmoidAll(dx, x)
	for i, v := range dy {
		dx[i] *= v
	}
}
