package nn

import "descent/core/knob"

var leakyReluActivation = activation{
	name: "leaky_relu", help: "leaky ReLU: x, or 0.01 x below 0",
	forward: leakyRelu, backward: leakyReluBack,
	doc: knob.Doc{
		Formula: "y = max(x, 0) + 0.01 min(x, 0)",
		Source:  "A. L. Maas, A. Y. Hannun, A. Y. Ng, “Rectifier Nonlinearities Improve Neural Network Acoustic Models”, ICML 2013 workshop on deep learning for audio, speech and language processing",
		PyTorch: "torch.nn.LeakyReLU(negative_slope=0.01)",
		When:    "Where relu units die: below 0 a small gradient is left, so that a unit can recover. Otherwise about as good as relu.",
		Range:   "−∞ to ∞",
	},
}

// leak is the slope below 0, torch.nn.LeakyReLU's default.
const leak = 0.01

// leakyRelu is x above 0 and 0.01 x below. Maas, Hannun, Ng 2013.
func leakyRelu(y, x []float64) {
	for i, v := range x {
		if v <= 0 {
			v *= leak
		}
		y[i] = v
	}
}

func leakyReluBack(dx, dy, _, y []float64) {
	for i, v := range y {
		dx[i] = dy[i]
		if v <= 0 {
			dx[i] *= leak
		}
	}
}
