package search

import (
	"descent/core/knob"
)

var cmaDoc = knob.Doc{
	Formula: "x ~ N(m, σ²C); m, σ and C follow the better half of each generation of 4 + ⌊3 ln d⌋ trials\n" +
		"at first σ = 1/6 of the range, m its middle; after trials of another sampler m is the best one,\n" +
		"and σ along each axis at most the standard deviation of the best tenth",
	Source:  "Hansen, The CMA Evolution Strategy: A Tutorial, 2016; Nomura, Akimoto, Ono, CMA-ES with Learning Rate Adaptation, 2023; Hamano et al., CMA-ES with Margin, 2022",
	PyTorch: knob.None,
	When:    "For hundreds of trials or more over numbers, also where the objective is rugged or its axes depend on each other. Choices are drawn independently.",
	Range:   "some 100 generations; greed s in [−1, 1]: a generation has 2^(−s) times as many trials",
}

// cmaes proposes samples of a normal distribution. Its state is computed from the
// trials told: the note of a trial names its generation and the trials that made the
// distribution, so that a trial that ends late changes nothing in the past. When the
// space is changed a new distribution begins at the best trial.
type cmaes struct {
	greed float64 // a generation has 2^−greed times as many trials
}

func (s cmaes) Ask(q Question) (Proposal, error) {
	q = others(q)
	r := newReplay(q, s.greed)
	r.run()
	rng := q.Random()
	for try := 0; ; try++ {
		x := r.sample(rng)
		p := r.point(x, rng)
		if known(q, p) && try < mostTries {
			continue
		}
		note := mark{r.space, r.generation, try, r.parents}.String()
		if n := q.Space.Count(); n > 0 && known(q, p) {
			rest, err := untried(q, rng.IntN(n))
			return Proposal{Point: rest.Point, Note: note}, err
		}
		return Proposal{Point: p, Note: note}, nil
	}
}
