package search

import (
	"math/rand/v2"

	"descent/core/knob"
)

var randomDoc = knob.Doc{
	Formula: "x = low + u (high − low), u ~ U(0, 1); on a log scale of log x\n" +
		"with a prior: half of the trials are drawn from it",
	Source: "Bergstra, Bengio, Random Search for Hyper-Parameter Optimization, JMLR 2012; " +
		"prior: Mallik et al., PriorBand, arXiv 2306.12370, 2023, section 5.1",
	PyTorch: knob.None,
	When:    "As the baseline of a search, and with many workers, since no trial waits for another.",
	Range:   knob.None,
}

// random proposes independent samples.
type random struct{}

func (random) Ask(q Question) (Proposal, error) {
	rng := q.Random()
	if q.Space.Around != nil && rng.Float64() < 0.5 {
		return Proposal{Point: q.Space.Around.draw(q.Space, rng)}, nil
	}
	return Proposal{Point: uniform(q.Space, rng)}, nil
}

// uniform is a random point of a space.
func uniform(s Space, rng *rand.Rand) Point {
	u := make([]float64, len(s.Axes))
	for i := range u {
		u[i] = rng.Float64()
	}
	return s.At(u)
}
