// Package cma is the arithmetic of CMA-ES: a normal distribution that moves to where
// its better samples lie. It gives the same bits on every processor.
package cma

import (
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/kernel"
)

// State is a normal distribution N(Mean, Sigma² C), and what is remembered of how it
// moved. New and Tell return new states; none is modified.
type State struct {
	Mean       []float64
	Sigma      float64
	Stretch    []float64 // of the deviation of stepped dimensions, when they are rounded: the matrix A of the margin
	Generation int

	c                []float64 // covariance over Sigma²
	pathSigma, pathC []float64
	root, inverse    []float64 // C^½ and C^−½
	values           []float64 // eigenvalues of C

	mean, covariance adaptation
}

// New returns the distribution with a mean and a standard deviation in each dimension.
func New(mean, deviation []float64) *State {
	d := len(mean)
	c := make([]float64, d*d)
	for i, s := range deviation {
		c[i*d+i] = float64(s * s)
	}
	return FromCovariance(mean, c)
}

// FromCovariance returns the distribution with a mean and a covariance matrix, row by
// row, which is positive definite.
func FromCovariance(mean, covariance []float64) *State {
	d := len(mean)
	s := &State{Mean: slices.Clone(mean), Stretch: make([]float64, d)}
	for i := range s.Stretch {
		s.Stretch[i] = 1
	}
	s.pathSigma, s.pathC = make([]float64, d), make([]float64, d)
	s.mean = newAdaptation(0.1, d)
	s.covariance = newAdaptation(0.03, d*d)
	s.split(slices.Clone(covariance))
	return s
}

// split sets Sigma and C to those of a covariance matrix, with det C = 1.
func (s *State) split(covariance []float64) {
	d := len(s.Mean)
	for i := range d {
		for j := range i { // symmetric to the last bit
			m := (covariance[i*d+j] + covariance[j*d+i]) / 2
			covariance[i*d+j], covariance[j*d+i] = m, m
		}
	}
	values, b := eigen(slices.Clone(covariance), d)
	highest := slices.Max(values)
	log := 0.0
	for i, v := range values {
		values[i] = max(v, 1e-14*highest, 1e-300)
		log += kernel.Log(values[i])
	}
	variance := kernel.Exp(log / float64(d))
	s.Sigma = math.Sqrt(variance)
	for i := range values {
		values[i] /= variance
	}
	s.values = values
	s.c = function(values, b, func(v float64) float64 { return v })
	s.root = function(values, b, math.Sqrt)
	s.inverse = function(values, b, func(v float64) float64 { return 1 / math.Sqrt(v) })
}

// Deviation is the standard deviation in a dimension.
func (s *State) Deviation(i int) float64 {
	return float64(s.Sigma * math.Sqrt(s.c[i*len(s.Mean)+i]))
}

// Condition is the ratio of the largest eigenvalue of the covariance to the least.
func (s *State) Condition() float64 { return slices.Max(s.values) / slices.Min(s.values) }

// Sample draws from the distribution.
func (s *State) Sample(rng *rand.Rand) []float64 {
	z := make([]float64, len(s.Mean))
	for i := range z {
		z[i] = kernel.Normal(rng)
	}
	x := product(s.root, z)
	for i := range x {
		x[i] = math.FMA(s.Sigma, x[i], s.Mean[i])
	}
	return x
}

// Inject moves a point that is not a sample of the distribution as near to its mean as
// samples are: Hansen, Injecting External Solutions Into CMA-ES, 2011, equation 4.
func (s *State) Inject(x []float64) []float64 {
	d := float64(len(x))
	y := make([]float64, len(x))
	for i := range y {
		y[i] = (x[i] - s.Mean[i]) / s.Sigma
	}
	w := product(s.inverse, y)
	length, most := math.Sqrt(dot(w, w)), math.Sqrt(d)+2*d/(d+2)
	if !(length > most) {
		return x
	}
	out := make([]float64, len(x))
	for i := range out {
		out[i] = math.FMA(float64(s.Sigma*(most/length)), y[i], s.Mean[i])
	}
	return out
}

// Tell returns the distribution after a generation: its members, the best first. The
// numbers of equations are those of Hansen's tutorial.
func (s *State) Tell(members [][]float64) *State {
	d, lambda := len(s.Mean), len(members)
	if d == 0 || lambda < 2 {
		return s
	}
	r := newRates(d, lambda)
	t := *s
	t.Generation++
	y := make([][]float64, lambda)
	step := make([]float64, d)
	for k, x := range members {
		y[k] = make([]float64, d)
		for i := range d {
			y[k][i] = (x[i] - s.Mean[i]) / s.Sigma
			if k < r.mu {
				step[i] = math.FMA(r.weights[k], y[k][i], step[i]) // (41)
			}
		}
	}
	// Paths (43), (45).
	white := product(s.inverse, step)
	t.pathSigma, t.pathC = make([]float64, d), make([]float64, d)
	gain := math.Sqrt(float64(float64(r.forSigma*(2-r.forSigma)) * r.effective))
	for i := range d {
		t.pathSigma[i] = float64((1-r.forSigma)*s.pathSigma[i]) + float64(gain*white[i])
	}
	length := math.Sqrt(dot(t.pathSigma, t.pathSigma))
	sigma := float64(s.Sigma * kernel.Exp(float64(r.forSigma/r.damping*(length/r.length-1)))) // (44)
	h := 0.0
	if length/math.Sqrt(1-kernel.Power(1-r.forSigma, 2*(t.Generation+1))) < float64((1.4+2/float64(d+1))*r.length) {
		h = 1
	}
	gain = math.Sqrt(float64(float64(r.forPath*(2-r.forPath)) * r.effective))
	for i := range d {
		t.pathC[i] = float64((1-r.forPath)*s.pathC[i]) + float64(float64(h*gain)*step[i])
	}
	// The covariance (47).
	keep := 1 + float64(float64(r.forRankOne*(1-h))*float64(r.forPath*(2-r.forPath))) - r.forRankOne - float64(r.forRankMu*r.sum)
	c := make([]float64, d*d)
	for i := range c {
		c[i] = float64(keep * s.c[i])
	}
	outer(c, r.forRankOne, t.pathC)
	for k, w := range r.weights {
		if w < 0 { // (46)
			z := product(s.inverse, y[k])
			w *= float64(d) / (dot(z, z) + 1e-8)
		}
		outer(c, float64(r.forRankMu*w), y[k])
	}
	t.adapt(s, step, c, sigma)
	return &t
}

// outer adds w x xᵀ.
func outer(a []float64, w float64, x []float64) {
	d := len(x)
	for i, v := range x {
		v = float64(w * v)
		for j, u := range x {
			a[i*d+j] = math.FMA(v, u, a[i*d+j])
		}
	}
}

// adapt moves the mean by as much of a step, and the covariance by as much of a change,
// as their learning rates say. t is the state to set, s the one before.
func (t *State) adapt(s *State, step, c []float64, sigma float64) {
	d := len(s.Mean)
	variance := float64(s.Sigma * s.Sigma)
	change := make([]float64, d*d) // of Sigma² C
	for i := range change {
		change[i] = float64(float64(sigma*sigma)*c[i]) - float64(variance*s.c[i])
	}
	local := between(s.inverse, change, d)
	for i := range local {
		local[i] /= variance * math.Sqrt2
	}
	t.mean = s.mean.next(product(s.inverse, step))
	t.covariance = s.covariance.next(local)
	t.Mean = make([]float64, d)
	for i := range d {
		t.Mean[i] = math.FMA(float64(t.mean.eta*s.Sigma), step[i], s.Mean[i])
	}
	for i := range change {
		change[i] = math.FMA(t.covariance.eta, change[i], float64(variance*s.c[i]))
	}
	t.Stretch = slices.Clone(s.Stretch)
	t.split(change)
	kernel.Scale(t.pathC, sigma/t.Sigma) // in units of Sigma
	t.Sigma *= s.mean.eta / t.mean.eta   // (20)
}
