package search

import "descent/core/knob"

var randomDoc = knob.Doc{
	Formula: "x = low + u (high − low), u ~ U(0, 1); on a log scale of log x",
	Source:  "Bergstra, Bengio, Random Search for Hyper-Parameter Optimization, JMLR 2012",
	PyTorch: knob.None,
	When:    "as the baseline of a search, and with many workers, since a trial does not wait for another",
	Range:   knob.None,
}

// random proposes independent samples.
type random struct{}

func (random) Ask(q Question) (Proposal, error) {
	rng := q.Random()
	u := make([]float64, len(q.Space.Axes))
	for i := range u {
		u[i] = rng.Float64()
	}
	return Proposal{Point: q.Space.At(u)}, nil
}
