package gauss

import (
	"math"

	"descent/core/kernel"
)

// Bounds of the parameters in Fit, in the logarithm.
const (
	leastScale, mostScale   = -14, 8 // of 1/ℓ²
	leastSignal, mostSignal = -9, 5
	leastNoise, mostNoise   = -25, 1
	floor                   = 1e-6 // of the noise
)

// Fit returns the kernel of the highest posterior density: the marginal likelihood of
// the observations (Rasmussen, Williams 2006, equation 5.8), and priors on its
// parameters. Those are Optuna's: log p = −0.1 s − 0.1/s of an inverse squared length
// scale s, Gamma(2, 1) of the signal and Gamma(1.1, 30) of the noise. y should have
// mean 0 and variance 1, and x lie in a cube of side 1.
func Fit(d Data) Kernel {
	dims := len(d.Choice)
	f := newFitness(d)
	theta, low, high := make([]float64, dims+2), make([]float64, dims+2), make([]float64, dims+2)
	for i := range dims {
		low[i], high[i] = leastScale, mostScale
	}
	low[dims], high[dims] = leastSignal, mostSignal
	low[dims+1], high[dims+1] = leastNoise, mostNoise
	theta[dims+1] = -4
	Minimise(f.loss, theta, low, high, 60, 1e-2)
	return f.kernel(theta)
}

// fitness is minus the logarithm of the posterior density of a kernel.
type fitness struct {
	data    Data
	apart   []float64 // squared distances of pairs, in each dimension
	r2      []float64 // of pairs: the distances, then the correlations
	slope   []float64
	scratch []float64
}

func newFitness(d Data) *fitness {
	n, dims := len(d.Y), len(d.Choice)
	pairs := n * (n - 1) / 2
	f := &fitness{data: d, r2: make([]float64, pairs), slope: make([]float64, pairs), scratch: make([]float64, pairs)}
	f.apart = make([]float64, 0, pairs*dims)
	for i, x := range d.X {
		for _, y := range d.X[:i] {
			for c := range dims {
				f.apart = append(f.apart, apart(x[c], y[c], d.Choice[c]))
			}
		}
	}
	return f
}

func (f *fitness) kernel(theta []float64) Kernel {
	dims := len(f.data.Choice)
	k := Kernel{Scales: make([]float64, dims), Signal: kernel.Exp(theta[dims]), Noise: kernel.Exp(theta[dims+1]) + floor}
	for i := range dims {
		k.Scales[i] = kernel.Exp(theta[i])
	}
	return k
}

// loss is the function to minimise, and its gradient.
func (f *fitness) loss(theta, gradient []float64) float64 {
	n, dims := len(f.data.Y), len(f.data.Choice)
	k := f.kernel(theta)
	for p := range f.r2 {
		sum := 0.0
		for c, a := range f.apart[p*dims : (p+1)*dims] {
			sum = math.FMA(k.Scales[c], a, sum)
		}
		f.r2[p] = sum
	}
	matern(f.r2, f.slope, f.scratch)
	a := newSquare(n)
	p := 0
	for i := range n {
		row := a.row(i)
		for j := range i {
			row[j] = float64(k.Signal * f.r2[p])
			p++
		}
		row[i] = k.Signal + k.Noise
	}
	clear(gradient)
	inverse, ok := factor(a)
	if !ok {
		return math.Inf(1)
	}
	full := gram(inverse)
	alpha := times(full, f.data.Y)
	loss, bySignal, byNoise := 0.0, 0.0, 0.0
	p = 0
	for i := range n {
		loss = math.FMA(0.5*f.data.Y[i], alpha[i], loss) + kernel.Log(a.row(i)[i])
		inv := full.row(i)
		own := inv[i] - float64(alpha[i]*alpha[i])
		bySignal += float64(own / 2)
		byNoise += float64(own / 2)
		for j := range i {
			w := inv[j] - float64(alpha[i]*alpha[j])
			bySignal = math.FMA(w, f.r2[p], bySignal)
			w = float64(w * f.slope[p])
			for c, a := range f.apart[p*dims : (p+1)*dims] {
				gradient[c] = math.FMA(w, a, gradient[c])
			}
			p++
		}
	}
	for c, s := range k.Scales {
		gradient[c] = float64(gradient[c]*float64(k.Signal*s)) + float64(0.1*s) - 0.1/s
		loss += float64(0.1*s) + 0.1/s
	}
	loss += k.Signal - theta[dims]
	gradient[dims] = float64(bySignal*k.Signal) + k.Signal - 1
	raw := k.Noise - floor
	loss += float64(30*k.Noise) - float64(0.1*kernel.Log(k.Noise))
	gradient[dims+1] = float64((byNoise + 30 - 0.1/k.Noise) * raw)
	return loss
}
