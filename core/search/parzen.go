package search

import (
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/kernel"
)

// parzen is a Parzen estimator of the density of observations over some axes: a mixture
// of one product of kernels for each observation, and one for the prior, the last.
type parzen struct {
	weights []float64 // of the kernels, sum 1
	logs    []float64 // of the weights
	along   []kernels // an axis each
	sums    []float64 // of a kernel along the axes, while a density is computed
}

// kernels are those of a mixture along one axis.
type kernels struct {
	axis      Axis
	low, high float64
	prior     belief

	// Of numbers: normal distributions, truncated to the range.
	mu, sigma []float64
	norm      []float64 // what is subtracted from −z²/2, or from the logarithm of the mass of a step
	same      []int     // the first kernel with the same mu and sigma, where values are stepped

	// Of choices: the observed one, −1 for none, and the probabilities of it and of each other.
	chosen    []int
	hit, miss float64
}

// newParzen makes an estimator of observations, of which observed[i] are the coordinates
// along axis i, NaN for one that has none there. Along such an axis its kernel is that
// of the prior. weights are those of the observations, prior that of the prior kernel.
func newParzen(axes []Axis, observed [][]float64, weights []float64, prior float64, around *Around) parzen {
	n := len(weights)
	p := parzen{weights: append(slices.Clone(weights), prior)}
	if n == 0 {
		p.weights[0] = 1
	}
	total := 0.0
	for _, w := range p.weights {
		total += w
	}
	for i := range p.weights {
		p.weights[i] /= total
	}
	p.logs, p.sums = make([]float64, n+1), make([]float64, n+1)
	kernel.LogAll(p.logs, p.weights)
	for i, a := range axes {
		k := kernels{axis: a, prior: around.along(a)}
		if a.Kind == Choice {
			k.choose(observed[i], prior)
		} else {
			k.low, k.high = a.span()
			k.place(observed[i])
		}
		p.along = append(p.along, k)
	}
	return p
}

// choose makes the kernels of choices: the observed one is smoothed by the weight of the
// prior over the number of kernels.
func (k *kernels) choose(observed []float64, prior float64) {
	smooth := prior / float64(len(observed)+1)
	total := 1 + float64(float64(len(k.axis.Choices))*smooth)
	k.hit, k.miss = (1+smooth)/total, smooth/total
	k.chosen = make([]int, len(observed)+1)
	for i := range k.chosen {
		k.chosen[i] = -1
		if i < len(observed) && observed[i] == observed[i] {
			k.chosen[i] = int(observed[i])
		}
	}
}

// place makes the kernels of numbers. The bandwidth of each is the distance to the
// farther one of its neighbours, of those at the ends to the only one, and of a single
// one to the farther end of the range.
func (k *kernels) place(observed []float64) {
	n := len(observed)
	k.mu, k.sigma = make([]float64, n+1), make([]float64, n+1)
	k.norm = make([]float64, n+1)
	order := make([]mean, 0, n)
	for i, x := range observed {
		k.mu[i], k.sigma[i] = k.prior.mu, k.prior.sigma
		if x == x {
			order = append(order, mean{x, i})
		}
	}
	k.mu[n], k.sigma[n] = k.prior.mu, k.prior.sigma
	slices.SortFunc(order, mean.compare)
	width := k.high - k.low
	least := width / min(100, float64(len(order)+2))
	for at, m := range order {
		x := m.at
		left, right := x-k.low, k.high-x
		if len(order) > 1 {
			left, right = 0, 0
			if at > 0 {
				left = x - order[at-1].at
			}
			if at+1 < len(order) {
				right = order[at+1].at - x
			}
		}
		k.mu[m.of], k.sigma[m.of] = x, min(max(left, right, least), width)
	}
	stepped := k.axis.step() > 0
	seen := map[[2]float64]int{}
	for i := range k.mu {
		if stepped {
			first, ok := seen[[2]float64{k.mu[i], k.sigma[i]}]
			if !ok {
				first = i
				seen[[2]float64{k.mu[i], k.sigma[i]}] = i
			}
			k.same = append(k.same, first)
			if first != i {
				k.norm[i] = k.norm[first]
				continue
			}
		}
		k.norm[i] = logMass((k.low-k.mu[i])/k.sigma[i], (k.high-k.mu[i])/k.sigma[i])
		if !stepped {
			k.norm[i] += kernel.Log(k.sigma[i]) + halfLog2Pi
		}
	}
}

// mean is that of a kernel, and whose.
type mean struct {
	at float64
	of int
}

func (m mean) compare(o mean) int {
	switch {
	case m.at < o.at:
		return -1
	case m.at > o.at:
		return 1
	}
	return m.of - o.of
}

// add adds the logarithm of each kernel at x to sums; of a stepped axis that of its mass
// over the step.
func (k *kernels) add(sums []float64, x float64) {
	switch {
	case k.axis.Kind == Choice:
		hit, miss := kernel.Log(k.hit), kernel.Log(k.miss)
		prior := kernel.Log(k.prior.choices[int(x)])
		for i, c := range k.chosen {
			switch c {
			case -1:
				sums[i] += prior
			case int(x):
				sums[i] += hit
			default:
				sums[i] += miss
			}
		}
	case k.same != nil:
		low, high := k.cell(x)
		mass := make([]float64, len(sums))
		for i, first := range k.same {
			if first == i {
				mass[i] = logMass((low-k.mu[i])/k.sigma[i], (high-k.mu[i])/k.sigma[i]) - k.norm[i]
			}
			sums[i] += mass[first]
		}
	default:
		for i, mu := range k.mu {
			z := (x - mu) / k.sigma[i]
			sums[i] -= k.norm[i] + float64(float64(z*z)/2)
		}
	}
}

// cell is what is rounded to the value at x of a stepped axis.
func (k *kernels) cell(x float64) (low, high float64) {
	a := k.axis
	v, half := a.FromInner(x).Num(), float64(a.step()/2)
	low, high = k.low, k.high
	if v-half > a.Low {
		low = max(low, a.ToInner(v-half))
	}
	if v+half < a.High {
		high = min(high, a.ToInner(v+half))
	}
	return low, high
}

// draw draws a coordinate from the kernel i.
func (k *kernels) draw(rng *rand.Rand, i int) float64 {
	if k.axis.Kind != Choice {
		return truncated(rng, k.mu[i], k.sigma[i], k.low, k.high)
	}
	if k.chosen[i] < 0 {
		return float64(weighted(rng, k.prior.choices))
	}
	p := make([]float64, len(k.axis.Choices))
	for c := range p {
		p[c] = k.miss
	}
	p[k.chosen[i]] = k.hit
	return float64(weighted(rng, p))
}

// draw draws a point from the mixture: its coordinates along each axis, as they are
// after they were rounded to a value.
func (p parzen) draw(rng *rand.Rand) []float64 {
	i := weighted(rng, p.weights)
	out := make([]float64, len(p.along))
	for j := range p.along {
		k := &p.along[j]
		out[j] = k.draw(rng, i)
		if x, ok := k.axis.locate(k.axis.valueAt(out[j])); ok {
			out[j] = x
		}
	}
	return out
}

// log is the logarithm of the density at a point.
func (p parzen) log(x []float64) float64 {
	sums := p.sums
	copy(sums, p.logs)
	for j := range p.along {
		p.along[j].add(sums, x[j])
	}
	most := slices.Max(sums)
	if math.IsInf(most, -1) {
		return most
	}
	for i := range sums {
		sums[i] -= most
	}
	kernel.ExpAll(sums, sums)
	total := 0.0
	for _, s := range sums {
		total += s
	}
	return most + kernel.Log(total)
}
