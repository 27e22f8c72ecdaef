package nn

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
)

var softplusActivation = activation{
	name: "softplus", help: "softplus: log(1 + eˣ); a smooth ReLU, positive everywhere",
	forward: softplus, backward: softplusBack,
	doc: knob.Doc{
		Formula: "y = log(1 + eˣ)",
		Source:  "C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia, “Incorporating Second-Order Functional Knowledge for Better Option Pricing”, NIPS 2000",
		PyTorch: "torch.nn.Softplus(beta=1), which is x above its threshold of 20",
		When:    "For outputs that have to be positive, or where the function has to be smooth. Between layers relu or gelu train better.",
		Range:   "0 to ∞",
	},
}

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
