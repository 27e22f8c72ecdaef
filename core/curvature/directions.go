package curvature

import (
	"math"
	"math/rand/v2"

	"descent/core"
	"descent/core/knob"
	"descent/core/nn"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
)

// plane is two directions through the weights, of the size of the network's layout.
type plane struct{ a, b []float64 }

// Random returns a direction of normal numbers, each filter scaled to the norm of the
// filter of the weights that it stands for: a row of a kernel, an embedding's vector.
// Biases and the parameters of norms stay as they are: the direction is 0 there.
// Li, Xu, Taylor, Studer, Goldstein, “Visualizing the Loss Landscape of Neural Nets”,
// NeurIPS 2018, section 4.
func Random(layout knob.Layout, weights []float64, seed uint64, which int) []float64 {
	out := make([]float64, len(weights))
	rng := rand.New(rand.NewPCG(seed, uint64(which)))
	for _, seg := range layout {
		if seg.Role != knob.Kernel && seg.Role != nn.Vector && seg.Role != "point" {
			continue
		}
		d, w := seg.Of(out), seg.Of(weights)
		normals(d, rng)
		filters := seg.Shape[0]
		each := len(d) / max(filters, 1)
		for f := range filters {
			df, wf := d[f*each:(f+1)*each], w[f*each:(f+1)*each]
			for i, v := range wf { // pruned weights stay at 0
				if v == 0 && seg.Role == knob.Kernel {
					df[i] = 0
				}
			}
			if n := norm(df); n > 0 {
				scale(df, norm(wf)/n)
			}
		}
	}
	return out
}

// principal are the two principal directions, of length 1, of points, with the share
// of their variance that each explains; ok is false where they span no plane.
func principal(points [][]float64) (p plane, explained [2]float64, ok bool) {
	m := len(points)
	if m < 3 {
		return plane{}, explained, false
	}
	mean := make([]float64, len(points[0]))
	for _, q := range points {
		addScaled(mean, 1/float64(m), q)
	}
	centred := make([][]float64, m)
	for i, q := range points {
		centred[i] = append([]float64(nil), q...)
		addScaled(centred[i], -1, mean)
	}
	gram := make([]float64, m*m) // the same eigenvalues as the covariance, and far fewer numbers
	total := 0.0
	for i := range m {
		for j := range i + 1 {
			gram[i*m+j] = dot(centred[i], centred[j])
			gram[j*m+i] = gram[i*m+j]
		}
		total += gram[i*m+i]
	}
	values, work := make([]float64, m), make([]float64, 1)
	f := gonum.Implementation{}
	f.Dsyev(lapack.EVCompute, blas.Lower, m, gram, m, values, work, -1)
	work = make([]float64, int(work[0]))
	if !f.Dsyev(lapack.EVCompute, blas.Lower, m, gram, m, values, work, len(work)) || !(total > 0) || math.IsInf(total, 0) {
		return plane{}, explained, false
	}
	direction := func(k int) []float64 {
		out := make([]float64, len(mean))
		for i, q := range centred {
			addScaled(out, gram[i*m+k], q)
		}
		if n := norm(out); n > 0 {
			scale(out, 1/n)
		}
		return out
	}
	explained = [2]float64{values[m-1] / total, values[m-2] / total}
	if !(values[m-2] > 1e-12*values[m-1]) {
		return plane{}, explained, false
	}
	return plane{direction(m - 1), direction(m - 2)}, explained, true
}

// project returns the coordinates of the point of the plane through centre that is
// nearest to w.
func (p plane) project(w, centre []float64) (x, y float64) {
	away := make([]float64, len(w))
	for i, v := range w {
		away[i] = v - centre[i]
	}
	aa, bb, ab := dot(p.a, p.a), dot(p.b, p.b), dot(p.a, p.b)
	wa, wb := dot(away, p.a), dot(away, p.b)
	det := float64(aa*bb) - float64(ab*ab)
	if !(det > 0) {
		return math.NaN(), math.NaN()
	}
	return (float64(wa*bb) - float64(wb*ab)) / det, (float64(wb*aa) - float64(wa*ab)) / det
}

// weightsOf are the weights that gradients are taken at, before rounding.
func weightsOf(t *core.Trainer) []float64 {
	return append([]float64(nil), t.View().Unrounded(t.Params())...)
}
