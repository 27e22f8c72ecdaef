package search

import (
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

var gpDoc = knob.Doc{
	Formula: "x = argmax log EI(x), EI = E[max(0, f* − f(x))]\nf ~ GP(0, k), k = Matérn 5/2 with a length scale for each axis",
	Source:  "Snoek, Larochelle, Adams, Practical Bayesian Optimization of Machine Learning Algorithms, 2012; Ament et al., Unexpected Improvements to Expected Improvement, 2023",
	PyTorch: knob.None,
	When:    "Over numbers, up to some hundred trials, when a trial takes longer than a proposal: that takes O(n³).",
	Range:   "20 to 250 trials, up to some 20 axes; greed s in [−1, 1]: the standard deviation counts 4^(−s) times",
}

// Constants of the sampler, as Optuna's.
const (
	gpStart      = 10   // trials before there is a model
	gpCandidates = 2048 // that are looked at before the local searches
	gpSearches   = 10   // local searches
	gpDecay      = 10   // the prior counts gpDecay/n: Hvarfner et al., πBO, 2022, section 3.2
)

// gp proposes where a Gaussian process expects to improve most.
//
// Trials that are running are taken to have reached the mean of the process (kriging
// believer: Ginsbourger et al., Kriging Is Well-Suited to Parallelize Optimization,
// 2010). With two objectives it minimises their augmented Chebyshev norm with weights
// that are drawn for each trial (Knowles, ParEGO, 2006).
type gp struct {
	greed float64 // the standard deviation of the process counts 4^−greed times
}

func (s gp) Ask(q Question) (Proposal, error) {
	q = others(q)
	c := newCube(q)
	rng := q.Random()
	seen := observe(q, c, rng)
	if len(seen.y) < gpStart {
		return fresh(q, rng, c.starts(q, rng))
	}
	a := seen.acquisition(c)
	a.Spread = kernel.Exp(-math.Ln2 * 2 * s.greed)
	believed := c.around()
	if believed != nil {
		weight := float64(gpDecay) / float64(len(seen.y))
		a.Prior = func(x, gradient []float64) float64 { return float64(weight * believed.log(x, gradient, weight)) }
	}

	values := c.values()
	next := spread(len(c.axes), rng)
	candidates := make([][]float64, gpCandidates)
	for i := range candidates {
		u := next(i)
		if believed != nil && i%2 == 0 {
			candidates[i] = believed.draw(u)
		} else {
			candidates[i] = c.uniform(u)
		}
		c.snap(candidates[i], values)
	}
	scores := a.Values(candidates)
	starts := pick(candidates, scores, gpSearches-1, rng)
	if seen.best != nil {
		best := slices.Clone(seen.best)
		for i := range best {
			if !(best[i] >= 0) || c.axes[i].Kind != Choice && best[i] > 1 || c.axes[i].Kind == Choice && int(best[i]) >= len(c.axes[i].Choices) {
				best[i] = starts[0][i]
			}
		}
		c.snap(best, values)
		starts = append(starts, best)
	}
	found := a.Maximise(starts, values)
	for _, x := range found {
		if p := c.point(x); !known(q, p) {
			return Proposal{Point: p}, nil
		}
	}
	for _, i := range descending(scores) {
		if p := c.point(candidates[i]); !known(q, p) {
			return Proposal{Point: p}, nil
		}
	}
	return fresh(q, rng, func() Point { return c.point(found[0]) })
}

// starts are the points of trials before there is a model: spread evenly, or where there
// is a prior as those of TPE.
func (c *cube) starts(q Question, rng *rand.Rand) func() Point {
	if q.Space.Around != nil {
		s := stand(q, func(int) int { return 0 })
		return func() Point { return startup(q, s, rng) }
	}
	next, n := spread(len(c.axes), rand.New(rand.NewPCG(kernel.Mix(q.Seed, "start"), 0))), q.Number
	return func() Point {
		u := next(n)
		n += 7919 // from the second on: another one, if the first was tried
		return c.point(c.uniform(u))
	}
}

// pick returns the best of some candidates and others, drawn in proportion to their
// expected improvement.
func pick(from [][]float64, scores []float64, n int, rng *rand.Rand) [][]float64 {
	order := descending(scores)
	out := [][]float64{from[order[0]]}
	weights, total := make([]float64, len(from)), 0.0
	for i, s := range scores {
		if i != order[0] {
			weights[i] = kernel.Exp(s - scores[order[0]])
			total += weights[i]
		}
	}
	for len(out) < n && total > 1e-300 {
		left := float64(rng.Float64() * total)
		at := -1
		for i, w := range weights {
			if w == 0 {
				continue
			}
			at = i
			if left -= w; left < 0 {
				break
			}
		}
		if at < 0 {
			break
		}
		out = append(out, from[at])
		total -= weights[at]
		weights[at] = 0
	}
	for _, i := range order[1:] { // what has no weight at all
		if len(out) >= n {
			break
		}
		if weights[i] == 0 {
			out = append(out, from[i])
		}
	}
	return out
}

// descending are the indices of numbers, the greatest first, NaN last.
func descending(of []float64) []int {
	order := make([]int, len(of))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case of[i] > of[j] || of[j] != of[j] && of[i] == of[i]:
			return -1
		case of[j] > of[i] || of[i] != of[i] && of[j] == of[j]:
			return 1
		}
		return 0
	})
	return order
}
