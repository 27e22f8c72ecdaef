package nn

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
