package nn

import "descent/core/knob"

var leakyReluActivation = activation{
	name: "leaky_relu", help: "leaky ReLU: x, or 0.01 x below 0",
	forward: leakyRelu(leak), backward: leakyReluBack(leak),
	options: []option{{name: "slope", form: number, max: 1e6, fallback: "0.01", help: "slope below 0"}},
	with: func(e *Entry) (func(y, x []float64), func(dx, dy, x, y []float64)) {
		slope := e.number("slope")
		return leakyRelu(slope), leakyReluBack(slope)
	},
	doc: knob.Doc{
		Formula: "y = max(x, 0) + s min(x, 0), s = 0.01 or, in a stack, the slope of the layer",
		Source:  "A. L. Maas, A. Y. Hannun, A. Y. Ng, “Rectifier Nonlinearities Improve Neural Network Acoustic Models”, ICML 2013 workshop on deep learning for audio, speech and language processing",
		PyTorch: "torch.nn.LeakyReLU(negative_slope=0.01)",
		When:    "Where relu units die: below 0 a small gradient is left, so that a unit can recover. Otherwise about as good as relu. In a stack the slope can be chosen: leaky_relu slope=0.2.",
		Range:   "slope 0.01 to 0.3; y from −∞ to ∞",
	},
}

// leak is the slope below 0, torch.nn.LeakyReLU's default.
const leak = 0.01

// leakyRelu is x above 0 and slope · x below. Maas, Hannun, Ng 2013.
func leakyRelu(slope float64) func(y, x []float64) {
	return func(y, x []float64) {
		for i, v := range x {
			if v <= 0 {
				v *= slope
			}
			y[i] = v
		}
	}
}

func leakyReluBack(slope float64) func(dx, dy, x, y []float64) {
	return func(dx, dy, x, _ []float64) {
		for i, v := range x {
			dx[i] = dy[i]
			if v <= 0 {
				dx[i] *= slope
			}
		}
	}
}
