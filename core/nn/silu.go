package nn

import "descent/core/kernel"

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
