package nn

import "descent/core/knob"

var hardSwishActivation = activation{
	name: "hard-swish", help: "hard swish: x · ReLU6(x + 3) / 6; piecewise approximation of SiLU",
	forward: hardSwish, backward: hardSwishBack,
	doc: knob.Doc{
		Formula: "y = x · min(max(x + 3, 0), 6) / 6",
		Source:  "A. Howard et al., “Searching for MobileNetV3”, ICCV 2019, section 5.2",
		PyTorch: "torch.nn.Hardswish()",
		When:    "In place of silu where exponentials are expensive, as on small devices and under quantization.",
		Range:   "−0.375 to ∞",
	},
}

// hardSwish is x · min(max(x + 3, 0), 6) / 6, swish in straight pieces, as
// torch.nn.Hardswish. Howard et al. 2019, section 5.2.
func hardSwish(y, x []float64) {
	for i, v := range x {
		y[i] = v * min(max(v+3, 0), 6) / 6
	}
}

// hardSwishBack is 0 below −3, x/3 + ½ up to 3 and 1 beyond.
func hardSwishBack(dx, dy, x, _ []float64) {
	for i, v := range x {
		slope := v/3 + 0.5
		switch {
		case v < -3:
			slope = 0
		case v > 3:
			slope = 1
		}
		dx[i] = dy[i] * slope
	}
}
