package nn

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

// orthogonal fills a kernel, taken as a matrix of one row an output, so that
// its rows (or its columns, where these are fewer) are perpendicular and of
// length 1: normal numbers, made so one vector after the other by modified
// Gram-Schmidt. Saxe, McClelland, Ganguli 2014; as torch.nn.init.orthogonal_.
func orthogonal(w []float64, seg knob.Segment, rng *rand.Rand) {
	rows := seg.Shape[0]
	cols := len(w) / rows
	if rows <= cols {
		orthonormal(w, rows, cols, rng)
		return
	}
	v := make([]float64, len(w))
	orthonormal(v, cols, rows, rng)
	for r := range rows {
		for c := range cols {
			w[r*cols+c] = v[c*rows+r]
		}
	}
}

// orthonormal fills v with count vectors of length n, count ≤ n.
func orthonormal(v []float64, count, n int, rng *rand.Rand) {
	for k := range count {
		new := v[k*n : (k+1)*n]
		for i := range new {
			new[i] = kernel.Normal(rng)
		}
		for j := range k {
			old := v[j*n : (j+1)*n]
			along := dot(old, new)
			for i, o := range old {
				new[i] = math.FMA(-along, o, new[i])
			}
		}
		long := math.Sqrt(dot(new, new))
		for i := range new {
			new[i] /= long
		}
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum = math.FMA(x, b[i], sum)
	}
	return sum
}
