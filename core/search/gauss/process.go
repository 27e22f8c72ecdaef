// Package gauss is regression with a Gaussian process, and what a search makes of it:
// the logarithm of the expected improvement. It gives the same bits on every processor.
package gauss

import (
	"math"

	"gonum.org/v1/gonum/blas"

	"descent/core/kernel"
)

// Data are observations: y at the rows of x. Of a dimension of choices the coordinate
// is the number of the choice.
type Data struct {
	X      [][]float64
	Y      []float64
	Choice []bool // of each dimension
}

// Process is a Gaussian process with mean 0, given observations. It is never modified.
type Process struct {
	Kernel
	data    Data
	alpha   []float64 // (K + noise)⁻¹ y
	inverse square    // L⁻¹, with L Lᵀ = K + noise
	full    square    // (K + noise)⁻¹
}

// New returns the process of a kernel and observations. The noise grows as far as it
// takes to factor the matrix.
func New(k Kernel, d Data) *Process {
	for {
		a := covariance(k, d)
		if inverse, ok := factor(a); ok {
			p := &Process{Kernel: k, data: d, inverse: inverse}
			p.full = gram(inverse)
			p.alpha = times(p.full, d.Y)
			return p
		}
		k.Noise = 10*k.Noise + 1e-9*k.Signal // exact enough: it is a guess
	}
}

// covariance is K + noise, the lower half of it.
func covariance(k Kernel, d Data) square {
	n := len(d.Y)
	a := newSquare(n)
	scratch := make([]float64, n)
	for i, x := range d.X {
		row := a.row(i)[:i]
		k.distances(row, x, d)
		matern(row, nil, scratch[:i])
		for j := range row {
			row[j] *= k.Signal
		}
		a.row(i)[i] = k.Signal + k.Noise
	}
	return a
}

// distances are the squared distances of x to the first len(out) observations.
func (k Kernel) distances(out, x []float64, d Data) {
	for j := range out {
		sum, y := 0.0, d.X[j]
		for c, s := range k.Scales {
			sum = math.FMA(s, apart(x[c], y[c], d.Choice[c]), sum)
		}
		out[j] = sum
	}
}

// times is the product of a symmetric matrix and a vector.
func times(a square, x []float64) []float64 {
	y := make([]float64, a.n)
	product(blas.NoTrans, blas.NoTrans, 1, a.n, a.n, 1, x, a.n, a.data, a.n, 0, y, a.n)
	return y
}

// Posterior is the mean and the variance of the function, without noise, at each of
// some places.
func (p *Process) Posterior(at [][]float64) (mean, variance []float64) {
	n := len(p.alpha)
	mean, variance = make([]float64, len(at)), make([]float64, len(at))
	const chunk = 64
	k, v, scratch := make([]float64, chunk*n), make([]float64, chunk*n), make([]float64, n)
	for from := 0; from < len(at); from += chunk {
		size := min(chunk, len(at)-from)
		for i := range size {
			p.covariances(k[i*n:(i+1)*n], nil, scratch, at[from+i])
		}
		product(blas.NoTrans, blas.Trans, size, n, n, 1, k, n, p.inverse.data, n, 0, v, n)
		for i := range size {
			m, s := 0.0, 0.0
			for j, a := range p.alpha {
				m = math.FMA(k[i*n+j], a, m)
				s = math.FMA(v[i*n+j], v[i*n+j], s)
			}
			mean[from+i], variance[from+i] = m, max(p.Signal-s, 0)
		}
	}
	return mean, variance
}

// covariances are those of the function at x with its values at the observations; slope
// are their derivatives by the squared distance, unless it is nil.
func (p *Process) covariances(k, slope, scratch, x []float64) {
	p.distances(k, x, p.data)
	matern(k, slope, scratch)
	kernel.Scale(k, p.Signal)
	if slope != nil {
		kernel.Scale(slope, p.Signal)
	}
}

// Slope is the mean and the variance at one place, and their gradients, which are
// written. In dimensions of choices these are 0.
func (p *Process) Slope(x, byMean, byVariance []float64) (mean, variance float64) {
	n := len(p.alpha)
	k, slope, scratch := make([]float64, n), make([]float64, n), make([]float64, n)
	p.covariances(k, slope, scratch, x)
	q := times(p.full, k)
	clear(byMean)
	clear(byVariance)
	lost := 0.0
	for j, y := range p.data.X {
		mean = math.FMA(k[j], p.alpha[j], mean)
		lost = math.FMA(k[j], q[j], lost)
		a, b := float64(slope[j]*p.alpha[j]), float64(slope[j]*q[j])
		for c, s := range p.Scales {
			if p.data.Choice[c] {
				continue
			}
			by := float64(float64(2*s) * (x[c] - y[c]))
			byMean[c] = math.FMA(a, by, byMean[c])
			byVariance[c] = math.FMA(-2*b, by, byVariance[c])
		}
	}
	return mean, max(p.Signal-lost, 0)
}

// With returns the process with more observations.
func (p *Process) With(x [][]float64, y []float64) *Process {
	d := Data{Choice: p.data.Choice}
	d.X = append(append(d.X, p.data.X...), x...)
	d.Y = append(append(d.Y, p.data.Y...), y...)
	return New(p.Kernel, d)
}
