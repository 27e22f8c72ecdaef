package nn

import (
	"descent/core/kernel"
	"descent/core/knob"
)

var eluActivation = activation{
	name: "elu", help: "ELU: x, or eˣ − 1 below 0; smooth, saturates at −1",
	forward: elu, backward: eluBack,
	doc: knob.Doc{
		Formula: "y = x for x > 0, eˣ − 1 otherwise (α = 1)",
		Source:  "D.-A. Clevert, T. Unterthiner, S. Hochreiter, “Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)”, ICLR 2016, section 3",
		PyTorch: "torch.nn.ELU(alpha=1.0)",
		When:    "In plain deep stacks without normalization: mean outputs are nearer to 0 than those of relu. Costs an exponential.",
		Range:   "−1 to ∞",
	},
}

// elu is x above 0 and eˣ − 1 below, as torch.nn.ELU. With t = tanh(x/2),
// eˣ − 1 = 2t / (1 − t), which does not cancel near 0.
// Clevert, Unterthiner, Hochreiter 2016.
func elu(y, x []float64) {
	for i, v := range x {
		y[i] = v / 2
	}
	kernel.TanhAll(y, y)
	for i, v := range x {
		if v > 0 {
			y[i] = v
		} else {
			y[i] = 2 * y[i] / (1 - y[i])
		}
	}
}

func eluBack(dx, dy, _, y []float64) {
	for i, v := range y {
		dx[i] = dy[i]
		if v <= 0 {
			dx[i] *= v + 1 // eˣ
		}
	}
}
