package search

import (
	"math/rand/v2"

	"descent/core/kernel"
)

// widest and narrowest are the limits of the width of a prior.
const widest, narrowest = 10, 1e-4

// belief is a prior along an axis: a normal distribution, truncated to the range of the
// axis, or the probabilities of choices.
type belief struct {
	mu, sigma float64
	choices   []float64
}

// flat is the belief that nothing is known of an axis: as the prior kernel of TPE, it
// is as wide as the range.
func flat(a Axis) belief {
	if a.Kind == Choice {
		choices := make([]float64, len(a.Choices))
		for i := range choices {
			choices[i] = 1 / float64(len(choices))
		}
		return belief{choices: choices}
	}
	low, high := a.span()
	return belief{mu: (low + high) / 2, sigma: high - low}
}

// along is the prior along an axis: flat where there is none, or no center.
func (s *Around) along(a Axis) belief {
	if s == nil {
		return flat(a)
	}
	v, ok := s.Center[a.Path]
	if !ok {
		return flat(a)
	}
	if a.Kind == Choice {
		return choiceAround(a, a.Index(v), s.Width)
	}
	return numberAround(a, v.Num(), s.Width)
}

// choiceAround gives a choice the weight 1 − width, though never less than the others.
func choiceAround(a Axis, center int, width float64) belief {
	b := flat(a)
	n := len(b.choices)
	if center < 0 || n < 2 {
		return b
	}
	weight := max(1-max(width, narrowest), 1/float64(n))
	for i := range b.choices {
		b.choices[i] = (1 - weight) / float64(n-1)
	}
	b.choices[center] = weight
	return b
}

// numberAround is centered on the value of the axis that is nearest to x.
func numberAround(a Axis, x, width float64) belief {
	low, high := a.span()
	x = a.ToInner(min(max(x, a.Low), a.High))
	return belief{mu: min(max(x, low), high), sigma: min(max(width, narrowest), widest) * (high - low)}
}

// draw is a value of the axis.
func (b belief) draw(a Axis, rng *rand.Rand) (x float64) {
	if a.Kind == Choice {
		return float64(weighted(rng, b.choices))
	}
	low, high := a.span()
	return truncated(rng, b.mu, b.sigma, low, high)
}

// relative is the logarithm of the density at a point along some axes, in shares of the
// highest there is.
func (s *Around) relative(axes []Axis, x []float64) float64 {
	sum := 0.0
	for i, a := range axes {
		sum += s.along(a).relative(x[i])
	}
	return sum
}

// relative is that along one axis.
func (b belief) relative(x float64) float64 {
	if b.choices != nil {
		most := 0.0
		for _, w := range b.choices {
			most = max(most, w)
		}
		return kernel.Log(b.choices[int(x)] / most)
	}
	z := (x - b.mu) / b.sigma
	return -float64(z*z) / 2
}

// weighted draws an index with the given probabilities, which sum to 1.
func weighted(rng *rand.Rand, weights []float64) int {
	u := rng.Float64()
	last := 0
	for i, w := range weights {
		if w > 0 {
			last = i
			if u < w {
				break
			}
		}
		u -= w
	}
	return last
}

// draw proposes a point from the prior.
func (s *Around) draw(space Space, rng *rand.Rand) Point {
	p := Point{}
	for _, a := range space.Axes {
		b := s.along(a)
		x := b.draw(a, rng) // drawn for every axis, so that the others do not depend on what exists
		if a.Condition.Holds(p) {
			p[a.Path] = a.valueAt(x)
		}
	}
	return p
}

// likelihood is the density of a point, in units of that without a prior. A value that
// is not on its axis says nothing.
func (s *Around) likelihood(space Space, p Point) float64 {
	sum := 0.0
	for _, a := range space.Axes {
		x, ok := a.locate(p[a.Path])
		if _, exists := p[a.Path]; !exists || !ok || a.Count() == 1 {
			continue
		}
		sum += s.along(a).log(a, x)
	}
	return kernel.Exp(sum)
}

// log is the logarithm of the density along an axis, in units of the uniform one.
func (b belief) log(a Axis, x float64) float64 {
	if b.choices != nil {
		return kernel.Log(float64(b.choices[int(x)] * float64(len(b.choices))))
	}
	low, high := a.span()
	z := (x - b.mu) / b.sigma
	return kernel.Log((high-low)/b.sigma) - halfLog2Pi - float64(float64(z*z)/2) - logMass((low-b.mu)/b.sigma, (high-b.mu)/b.sigma)
}
