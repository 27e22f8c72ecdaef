package nn

import (
	"descent/core/kernel"
	"descent/core/knob"
)

var eluActivation = activation{
	name: "elu", help: "ELU: x, or eˣ − 1 below 0; smooth, saturates at −1",
	forward: elu(1), backward: eluBack(1),
	options: []option{{name: "alpha", form: number, max: 1e6, fallback: "1", help: "α: the output for x → −∞ is −α"}},
	with: func(e *Entry) (func(y, x []float64), func(dx, dy, x, y []float64)) {
		alpha := e.number("alpha")
		return elu(alpha), eluBack(alpha)
	},
	doc: knob.Doc{
		Formula: "y = x for x > 0, α (eˣ − 1) otherwise; α = 1 or, in a stack, that of the layer",
		Source:  "D.-A. Clevert, T. Unterthiner, S. Hochreiter, “Fast and Accurate Deep Network Learning by Exponential Linear Units (ELUs)”, ICLR 2016, section 3",
		PyTorch: "torch.nn.ELU(alpha=1.0)",
		When:    "In plain deep stacks without normalization: mean outputs are nearer to 0 than those of relu. Costs an exponential. In a stack α can be chosen: elu alpha=0.5.",
		Range:   "α from 0.1 to 1; y from −α to ∞",
	},
}

// elu is x above 0 and α (eˣ − 1) below, as torch.nn.ELU. With t = tanh(x/2),
// eˣ − 1 = 2t / (1 − t), which does not cancel near 0.
// Clevert, Unterthiner, Hochreiter 2016.
func elu(alpha float64) func(y, x []float64) {
	return func(y, x []float64) {
		for i, v := range x {
			y[i] = v / 2
		}
		kernel.TanhAll(y, y)
		for i, v := range x {
			if v > 0 {
				y[i] = v
			} else {
				y[i] = alpha * (2 * y[i] / (1 - y[i]))
			}
		}
	}
}

func eluBack(alpha float64) func(dx, dy, x, y []float64) {
	return func(dx, dy, x, y []float64) {
		for i, v := range y {
			dx[i] = dy[i]
			if x[i] <= 0 {
				dx[i] *= v + alpha // α eˣ
			}
		}
	}
}
