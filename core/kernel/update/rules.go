package update

import (
	"math"

	"descent/core/kernel"
)

// Each method applies a rule, whose operations it defines element by element, to a pass
// and reports whether all parameters are finite after it. Products are converted so that
// no compiler fuses them with a sum.

func root[T kernel.Float](x T) T { return T(math.Sqrt(float64(x))) }

// SGD takes the gradient itself.
func (p *Pass[T]) SGD() (finite bool) {
	return p.run(sgd, [3][]T{}, [8]T{}, func(_ int, g T) T { return g })
}

// Begin sets the buffer of momentum to the gradient, which is the update.
func (p *Pass[T]) Begin(buffer []T) (finite bool) {
	return p.run(begin, [3][]T{buffer}, [8]T{}, func(i int, g T) T {
		buffer[i] = g
		return g
	})
}

// Momentum is b ← μ b + rest · g, which is the update.
func (p *Pass[T]) Momentum(buffer []T, mu, rest float64) (finite bool) {
	f := [8]T{T(mu), T(rest)}
	return p.run(momentum, [3][]T{buffer}, f, func(i int, g T) T {
		buffer[i] = T(f[0]*buffer[i]) + T(f[1]*g)
		return buffer[i]
	})
}

// Nesterov is b ← keep · b + g, and the update g + μ b.
func (p *Pass[T]) Nesterov(buffer []T, keep, mu float64) (finite bool) {
	f := [8]T{T(keep), T(mu)}
	return p.run(nesterov, [3][]T{buffer}, f, func(i int, g T) T {
		buffer[i] = T(f[0]*buffer[i]) + g
		return g + T(f[1]*buffer[i])
	})
}

// Adagrad is s ← s + g², and the update g / (√s + ε) / slow.
func (p *Pass[T]) Adagrad(sum []T, eps, slow float64) (finite bool) {
	f := [8]T{T(eps), T(slow)}
	return p.run(adagrad, [3][]T{sum}, f, func(i int, g T) T {
		sum[i] += T(g * g)
		return g / (root(sum[i]) + f[0]) / f[1]
	})
}

// RMSprop is v ← α v + (1 − α) g², and the update g / (√v + ε). Centred, with mean not
// nil, v − ḡ² stands for v, with ḡ ← α ḡ + (1 − α) g. With a buffer, b ← μ b + that is
// the update.
func (p *Pass[T]) RMSprop(square, mean, buffer []T, alpha, eps, mu float64) (finite bool) {
	f := [8]T{T(alpha), T(1 - alpha), T(eps), T(mu)}
	r := rmsprop
	switch {
	case mean != nil && buffer != nil:
		r = rmspropCenteredMomentum
	case mean != nil:
		r = rmspropCentered
	case buffer != nil:
		r = rmspropMomentum
	}
	return p.run(r, [3][]T{square, mean, buffer}, f, func(i int, g T) T {
		square[i] = T(f[0]*square[i]) + T(f[1]*T(g*g))
		v := square[i]
		if mean != nil {
			mean[i] = T(f[0]*mean[i]) + T(f[1]*g)
			v = max(v-T(mean[i]*mean[i]), 0)
		}
		u := g / (root(v) + f[2])
		if buffer != nil {
			buffer[i] = T(f[3]*buffer[i]) + u
			u = buffer[i]
		}
		return u
	})
}

// Adadelta is v ← ρ v + (1 − ρ) g², the update u = √(d + ε) / √(v + ε) · g, and
// d ← ρ d + (1 − ρ) u².
func (p *Pass[T]) Adadelta(square, deltas []T, rho, eps float64) (finite bool) {
	f := [8]T{T(rho), T(1 - rho), T(eps)}
	return p.run(adadelta, [3][]T{square, deltas}, f, func(i int, g T) T {
		square[i] = T(f[0]*square[i]) + T(f[1]*T(g*g))
		u := root(deltas[i]+f[2]) / root(square[i]+f[2]) * g
		deltas[i] = T(f[0]*deltas[i]) + T(f[1]*T(u*u))
		return u
	})
}

// factors are those of Adam.
func factors[T kernel.Float](f kernel.AdamFactors) [8]T {
	root := T(f.Root)
	return [8]T{T(f.Beta1), T(1 - f.Beta1), T(f.Beta2), T(1 - f.Beta2), T(f.Unbias), T(f.Eps), root, 1 / root}
}

// Adam is m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g², their sums fused, and the
// update m̂ / (√v̂ + ε).
func (p *Pass[T]) Adam(m, v []T, of kernel.AdamFactors) (finite bool) {
	f := factors[T](of)
	return p.run(adam, [3][]T{m, v}, f, func(i int, g T) T {
		m[i] = kernel.FMA(f[0], m[i], T(g*f[1]))
		v[i] = kernel.FMA(f[2], v[i], T(T(g*f[3])*g))
		return T(m[i]*f[4]) / (root(v[i])/f[6] + f[5])
	})
}

// AMSGrad is Adam, its sums not fused, with the largest v so far in the denominator.
func (p *Pass[T]) AMSGrad(m, v, largest []T, of kernel.AdamFactors) (finite bool) {
	f := factors[T](of)
	return p.run(amsgrad, [3][]T{m, v, largest}, f, func(i int, g T) T {
		m[i] = T(f[0]*m[i]) + T(f[1]*g)
		v[i] = T(f[2]*v[i]) + T(f[3]*T(g*g))
		largest[i] = max(largest[i], v[i])
		return T(m[i]*f[4]) / (root(largest[i])/f[6] + f[5])
	})
}

// Adamax is m ← β₁ m + (1 − β₁) g and u ← max(β₂ u, |g| + ε), and the update m̂ / u.
func (p *Pass[T]) Adamax(m, largest []T, of kernel.AdamFactors) (finite bool) {
	f := [8]T{T(of.Beta1), T(1 - of.Beta1), T(of.Beta2), T(of.Eps), T(of.Unbias), T(math.Copysign(0, -1))}
	return p.run(adamax, [3][]T{m, largest}, f, func(i int, g T) T {
		m[i] = T(f[0]*m[i]) + T(f[1]*g)
		largest[i] = max(T(f[2]*largest[i]), T(math.Abs(float64(g)))+f[3])
		return T(m[i]*f[4]) / largest[i]
	})
}

// NAdam is Adam, its sums not fused, with fromGrad · g + fromMean · m for m̂ and
// v / unbias for v̂.
func (p *Pass[T]) NAdam(m, v []T, beta1, beta2, fromGrad, fromMean, unbias, eps float64) (finite bool) {
	f := [8]T{T(beta1), T(1 - beta1), T(beta2), T(1 - beta2), T(fromGrad), T(fromMean), T(unbias), T(eps)}
	return p.run(nadam, [3][]T{m, v}, f, func(i int, g T) T {
		m[i] = T(f[0]*m[i]) + T(f[1]*g)
		v[i] = T(f[2]*v[i]) + T(f[3]*T(g*g))
		return (T(f[4]*g) + T(f[5]*m[i])) / (root(v[i]/f[6]) + f[7])
	})
}

// RAdam is Adam, its sums not fused, with the update m / unbias · (rectified · (root /
// (√v + ε))), or m / unbias where rectified is 0.
func (p *Pass[T]) RAdam(m, v []T, beta1, beta2, unbias, rectified, bias, eps float64) (finite bool) {
	f := [8]T{T(beta1), T(1 - beta1), T(beta2), T(1 - beta2), T(unbias), T(rectified), T(bias), T(eps)}
	r := radam
	if rectified == 0 {
		r = radamEarly
	}
	return p.run(r, [3][]T{m, v}, f, func(i int, g T) T {
		m[i] = T(f[0]*m[i]) + T(f[1]*g)
		v[i] = T(f[2]*v[i]) + T(f[3]*T(g*g))
		u := m[i] / f[4]
		if rectified != 0 {
			u *= T(f[5] * (f[6] / (root(v[i]) + f[7])))
		}
		return u
	})
}

// Lion is the update sign(β₁ m + (1 − β₁) g), and m ← β₂ m + (1 − β₂) g.
func (p *Pass[T]) Lion(m []T, beta1, beta2 float64) (finite bool) {
	f := [8]T{T(beta1), T(1 - beta1), T(beta2), T(1 - beta2), 1, T(math.Copysign(0, -1))}
	return p.run(lion, [3][]T{m}, f, func(i int, g T) T {
		u := T(f[0]*m[i]) + T(f[1]*g)
		m[i] = T(f[2]*m[i]) + T(f[3]*g)
		switch {
		case u > 0:
			return 1
		case u < 0:
			return -1
		}
		return u
	})
}
