package search

import (
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/search/gauss"
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
	gpMost       = 400  // trials that are modelled: the best half of them, and the last
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

// observations are what a Gaussian process is told.
type observations struct {
	x         [][]float64
	y         []float64 // mean 0, variance 1
	reachable []bool    // that the trial meets the constraints and ran to its end
	best      []float64 // coordinates of the best of those, nil if there is none

	running [][]float64

	tried     [][]float64 // trials of which it is known how far they violate the constraints
	violation []float64
}

// observe collects what trials have reached. A trial that failed, or was pruned before
// it reported anything, counts as the worst.
func observe(q Question, c *cube, rng *rand.Rand) observations {
	var o observations
	weight := rng.Float64()
	values := scalar(q, weight)
	worst := math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) {
			worst = max(worst, v)
		}
	}
	for i, t := range q.Told {
		x := c.of(t.Point)
		if t.State == Running {
			o.running = append(o.running, x)
			continue
		}
		unknown := t.Violation != t.Violation || math.IsInf(t.Violation, 1)
		if !unknown && (t.Violation > 0 || t.State == Complete) {
			o.tried = append(o.tried, x)
			o.violation = append(o.violation, t.Violation)
		}
		v := values[i]
		if math.IsNaN(v) || unknown {
			if t.Violation > 0 && !unknown || math.IsInf(worst, -1) {
				continue
			}
			v = worst
		}
		o.x, o.y = append(o.x, x), append(o.y, v)
		o.reachable = append(o.reachable, t.State == Complete && t.Violation <= 0 && !math.IsNaN(values[i]))
	}
	o.thin()
	warp(o.y)
	standardise(o.y)
	lowest := math.Inf(1)
	for i, y := range o.y {
		if o.reachable[i] && y < lowest {
			lowest, o.best = y, o.x[i]
		}
	}
	return o
}

// thin leaves out what is more than the processes can be given in time: trials that are
// neither among the best nor among the last.
func (o *observations) thin() {
	if extra := len(o.running) - gpMost/2; extra > 0 {
		o.running = o.running[extra:]
	}
	if extra := len(o.tried) - gpMost; extra > 0 {
		o.tried, o.violation = o.tried[extra:], o.violation[extra:]
	}
	n := len(o.y)
	if n <= gpMost {
		return
	}
	keep := make([]bool, n)
	order := make([]int, n)
	for i := range order {
		order[i] = i
		keep[i] = i >= n-gpMost/2
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case o.reachable[i] != o.reachable[j]: // the best of those that can be reached first
			if o.reachable[i] {
				return -1
			}
			return 1
		case o.y[i] < o.y[j]:
			return -1
		case o.y[i] > o.y[j]:
			return 1
		}
		return 0
	})
	left := gpMost - gpMost/2
	for _, i := range order {
		if left > 0 && !keep[i] {
			keep[i] = true
			left--
		}
	}
	k := 0
	for i := range n {
		if keep[i] {
			o.x[k], o.y[k], o.reachable[k] = o.x[i], o.y[i], o.reachable[i]
			k++
		}
	}
	o.x, o.y, o.reachable = o.x[:k], o.y[:k], o.reachable[:k]
}

// scalar is one number for each trial, lower being better, NaN for none. weight is that
// of the first of two objectives.
func scalar(q Question, weight float64) []float64 {
	out := make([]float64, len(q.Told))
	m := max(q.Objectives, 1)
	low, high := make([]float64, m), make([]float64, m)
	for k := range m {
		low[k], high[k] = math.Inf(1), math.Inf(-1)
		for _, t := range q.Told {
			if v := value(t, k); !math.IsNaN(v) {
				low[k], high[k] = min(low[k], v), max(high[k], v)
			}
		}
	}
	for i, t := range q.Told {
		if m == 1 {
			out[i] = value(t, 0)
			continue
		}
		largest, sum := math.Inf(-1), 0.0
		for k, w := range []float64{weight, 1 - weight} {
			v := value(t, k) - low[k]
			if high[k] > low[k] {
				v /= high[k] - low[k]
			}
			v = float64(v * w)
			sum += v
			if !(v <= largest) {
				largest = v
			}
		}
		out[i] = largest + float64(0.05*sum)
	}
	return out
}

// value is what a trial has reached in an objective, NaN if that is not a number.
func value(t Trial, objective int) float64 {
	if t.State == Running || t.State == Failed || objective >= len(t.Values) || math.IsInf(t.Values[objective], 0) {
		return math.NaN()
	}
	return t.Values[objective]
}

// warp brings the values of an objective that spans orders of magnitude nearer to a
// normal distribution: y becomes log(y − min + s), with the shift s of the highest
// likelihood (Box, Cox, An Analysis of Transformations, 1964), unless y itself is as
// likely. The order of the values stays.
func warp(y []float64) {
	if len(y) < 3 {
		return
	}
	sorted := slices.Sorted(slices.Values(y))
	least, n := sorted[0], float64(len(y))
	unit := sorted[len(y)/2] - least
	if !(unit > 0) || math.IsInf(sorted[len(y)-1]-least, 1) {
		return
	}
	logs := make([]float64, len(y))
	likelihood := func(v []float64, slope float64) float64 {
		mean, square := 0.0, 0.0
		for _, x := range v {
			mean += x / n
		}
		for _, x := range v {
			square += float64((x-mean)*(x-mean)) / n
		}
		return slope - float64(n/2*kernel.Log(square))
	}
	scaled := make([]float64, len(y)) // as likely as y, and far from overflow
	for i, v := range y {
		scaled[i] = (v - least) / unit
	}
	shift, most := 0.0, likelihood(scaled, 0)+warpGain
	for s := 0.1; s < 1e4; s = float64(s * 3) {
		slope := 0.0
		for i, v := range scaled {
			logs[i] = kernel.Log(v + s)
			slope -= logs[i]
		}
		if l := likelihood(logs, slope); l > most {
			shift, most = s, l
		}
	}
	if shift > 0 {
		for i, v := range scaled {
			y[i] = kernel.Log(v + shift)
		}
	}
}

// warpGain is how much more likely than y its logarithm has to be, in the logarithm.
const warpGain = 2

// standardise shifts and scales numbers to mean 0 and variance 1.
func standardise(y []float64) {
	n := float64(len(y))
	if n == 0 {
		return
	}
	scale := 0.0 // so that squares stay finite
	for _, v := range y {
		scale = max(scale, math.Abs(v))
	}
	if scale == 0 {
		return
	}
	mean, square := 0.0, 0.0
	for i := range y {
		y[i] /= scale
		mean += y[i] / n
	}
	for i := range y {
		y[i] -= mean
		square += float64(y[i]*y[i]) / n
	}
	if deviation := math.Sqrt(square); deviation > 1e-12 {
		for i := range y {
			y[i] /= deviation
		}
	}
}

// acquisition fits the processes.
func (o observations) acquisition(c *cube) *gauss.Acquisition {
	d := gauss.Data{X: o.x, Y: o.y, Choice: c.choice()}
	p := gauss.New(gauss.Fit(d), d)
	a := &gauss.Acquisition{Process: p, Best: math.Inf(1)}
	for i, y := range o.y {
		if o.reachable[i] {
			a.Best = min(a.Best, y)
		}
	}
	if len(o.running) > 0 {
		mean, _ := p.Posterior(o.running)
		a.Process = p.With(o.running, mean)
	}
	if slices.ContainsFunc(o.violation, func(v float64) bool { return v > 0 }) {
		a.Feasible = feasibility(o.tried, o.violation, c)
	}
	return a
}

// feasibility is a process of how far constraints are violated. How far they are met is
// not known; it is taken to be as far as the median violation.
func feasibility(x [][]float64, violation []float64, c *cube) *gauss.Process {
	var above []float64
	for _, v := range violation {
		if v > 0 {
			above = append(above, v)
		}
	}
	slices.Sort(above)
	median := above[len(above)/2]
	d := gauss.Data{X: x, Choice: c.choice()}
	for _, v := range violation {
		if v > 0 {
			d.Y = append(d.Y, min(v/median, 2))
		} else {
			d.Y = append(d.Y, -1)
		}
	}
	return gauss.New(gauss.Fit(d), d)
}
