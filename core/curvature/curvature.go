// Package curvature measures the training loss around the weights, on a copy: its
// sharpness against the optimizer's limit of stability, the noise of its gradient,
// what each layer does, and pictures of its heights. Its probes are slow; they tell
// what they have so far and are broken off with their context.
package curvature

import (
	"math"
	"math/rand/v2"

	"descent/core"
	"descent/core/data"

	"gonum.org/v1/gonum/blas/blas64"
)

// gradientWork bounds the multiply-adds of one gradient; leastRows is how many rows
// it takes all the same.
const (
	gradientWork = 1 << 27
	leastRows    = 128
)

// rows are the training rows that gradients are taken over: all, or for large
// networks the first of them. A surface has none.
func rows(t *core.Trainer) data.Part { return firstRows(t, gradientWork, leastRows) }

// firstRows are as many of the first training rows as so many multiply-adds pay for,
// forward and back.
func firstRows(t *core.Trainer, work, least int) data.Part {
	n, ok := t.Network()
	if !ok {
		return data.Part{}
	}
	all := t.Data().Train
	return all.Cut(0, min(all.Rows(), max(work/max(n.RowWork(), 1), least)))
}

// pick copies rows of a part.
func pick(p data.Part, which []int) data.Part {
	out := data.Part{X: gather(p.X, which), Values: gather(p.Values, which)}
	if p.Weights != nil {
		for _, r := range which {
			out.Weights = append(out.Weights, p.Weights[r])
		}
	}
	if p.Classes != nil {
		out.Classes = make([]int, len(which))
		for i, r := range which {
			out.Classes[i] = p.Classes[r]
		}
	}
	return out
}

func gather(m blas64.General, which []int) blas64.General {
	out := blas64.General{Rows: len(which), Cols: m.Cols, Stride: m.Cols, Data: make([]float64, len(which)*m.Cols)}
	for i, r := range which {
		copy(out.Data[i*m.Cols:(i+1)*m.Cols], m.Data[r*m.Stride:r*m.Stride+m.Cols])
	}
	return out
}

// normals fills v with normal numbers.
func normals(v []float64, rng *rand.Rand) {
	for i := range v {
		v[i] = rng.NormFloat64()
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i, x := range a {
		sum += float64(x * b[i])
	}
	return sum
}

func norm(v []float64) float64 { return math.Sqrt(dot(v, v)) }

// addScaled adds s·x to dst.
func addScaled(dst []float64, s float64, x []float64) {
	for i, v := range x {
		dst[i] += float64(s * v)
	}
}

func scale(v []float64, by float64) {
	for i := range v {
		v[i] *= by
	}
}
