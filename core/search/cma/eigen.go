package cma

import "math"

// eigen returns the eigenvalues of a symmetric matrix of d rows and the eigenvectors as
// the columns of b, by Jacobi's rotations: Golub, Van Loan, Matrix Computations,
// algorithm 8.5.3. a is overwritten.
func eigen(a []float64, d int) (values, b []float64) {
	b = make([]float64, d*d)
	for i := range d {
		b[i*d+i] = 1
	}
	for range 60 { // sweeps; some six are enough
		off, on := 0.0, 0.0
		for i := range d {
			for j := range d {
				if i == j {
					on = math.FMA(a[i*d+j], a[i*d+j], on)
				} else {
					off = math.FMA(a[i*d+j], a[i*d+j], off)
				}
			}
		}
		if !(off > 1e-30*on) {
			break
		}
		for p := range d {
			for q := p + 1; q < d; q++ {
				rotate(a, b, d, p, q)
			}
		}
	}
	values = make([]float64, d)
	for i := range values {
		values[i] = a[i*d+i]
	}
	return values, b
}

// rotate makes a[p, q] zero.
func rotate(a, b []float64, d, p, q int) {
	if a[p*d+q] == 0 {
		return
	}
	tau := (a[q*d+q] - a[p*d+p]) / (2 * a[p*d+q])
	t := 1 / (math.Abs(tau) + math.Sqrt(math.FMA(tau, tau, 1)))
	if tau < 0 {
		t = -t
	}
	c := 1 / math.Sqrt(math.FMA(t, t, 1))
	s := float64(t * c)
	for k := range d {
		x, y := a[k*d+p], a[k*d+q]
		a[k*d+p], a[k*d+q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	for k := range d {
		x, y := a[p*d+k], a[q*d+k]
		a[p*d+k], a[q*d+k] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
	a[p*d+q], a[q*d+p] = 0, 0
	for k := range d {
		x, y := b[k*d+p], b[k*d+q]
		b[k*d+p], b[k*d+q] = float64(c*x)-float64(s*y), float64(s*x)+float64(c*y)
	}
}

// function is b f(values) bᵀ.
func function(values, b []float64, f func(float64) float64) []float64 {
	d := len(values)
	out := make([]float64, d*d)
	for k, v := range values {
		v = f(v)
		for i := range d {
			w := float64(v * b[i*d+k])
			for j := range d {
				out[i*d+j] = math.FMA(w, b[j*d+k], out[i*d+j])
			}
		}
	}
	return out
}

// product is a x, for a square matrix.
func product(a, x []float64) []float64 {
	d := len(x)
	y := make([]float64, d)
	for i := range y {
		for j, v := range x {
			y[i] = math.FMA(a[i*d+j], v, y[i])
		}
	}
	return y
}

// dot is xᵀ y.
func dot(x, y []float64) float64 {
	sum := 0.0
	for i, v := range x {
		sum = math.FMA(v, y[i], sum)
	}
	return sum
}

// between is m a m of symmetric matrices.
func between(m, a []float64, d int) []float64 {
	half, out := make([]float64, d*d), make([]float64, d*d)
	for i := range d {
		for k := range d {
			for j := range d {
				half[i*d+j] = math.FMA(m[i*d+k], a[k*d+j], half[i*d+j])
			}
		}
	}
	for i := range d {
		for k := range d {
			for j := range d {
				out[i*d+j] = math.FMA(half[i*d+k], m[k*d+j], out[i*d+j])
			}
		}
	}
	return out
}
