package nn

import (
	"descent/core/kernel"
	"descent/core/knob"
)

var siluActivation = activation{
	name: "silu", help: "SiLU (swish): x σ(x); a smooth ReLU that dips below 0",
	forward: silu, backward: siluBack,
	doc: knob.Doc{
		Formula: "y = x / (1 + e⁻ˣ)",
		Source:  "S. Elfwing, E. Uchibe, K. Doya, “Sigmoid-Weighted Linear Units for Neural Network Function Approximation in Reinforcement Learning”, Neural Networks 107, 2018; P. Ramachandran, B. Zoph, Q. V. Le, “Searching for Activation Functions”, arXiv 1710.05941, 2017",
		PyTorch: "torch.nn.SiLU()",
		When:    "As gelu: smooth, often a little better than relu in deep networks.",
		Range:   "−0.28 to ∞",
	},
}

// silu is x σ(x), also called swish, as torch.nn.SiLU.
// Elfwing, Uchibe, Doya 2018; Ramachandran, Zoph, Le 2017.
func silu(y, x []float64) {
	kernel.SigmoidAll(y, x)
	for i, v := range x {
		y[i] *= v
	}
}

// siluBack is σ(x) (1 + x (1 − σ(x))).
func siluBack(dx, dy, x, _ []float64) {
	kernel.SigmoidAll(dx, x)
	for i, v := range x {
		s := dx[i]
		dx[i] = dy[i] * float64(s*(1+float64(v*(1-s))))
	}
}
