package search

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

// Constants of the sampler.
const (
	nsgaStartup    = 20  // trials before the first child
	nsgaPopulation = 50  // trials that may be parents
	nsgaCrossover  = 0.9 // probability that a child has two parents
	nsgaSpread     = 3   // η of simulated binary crossover: the greater, the nearer to the parents
	nsgaMutation   = 20  // η of polynomial mutation
)

var nsgaDoc = knob.Doc{
	Formula: "children of two parents, each the better of two drawn from the best 50 trials:\n" +
		"by front, then by crowding distance; what violates constraints behind what does not\n" +
		"crossover with probability 0.9: numbers by SBX with η = 3, choices from either parent\n" +
		"mutation with probability 1/d for each axis: polynomial with η = 20, a choice drawn anew\n" +
		"greed s in [−1, 1]: parents are the best 50 · 2^(−s)",
	Source: "Deb, Pratap, Agarwal, Meyarivan, A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II, 2002; " +
		"one child at a time: Durillo et al., On the Effect of the Steady-State Selection Scheme, EMO 2009",
	PyTorch: knob.None,
	When:    "With two objectives, hundreds of trials or more, and many parallel workers; also over choices and conditional axes.",
	Range:   "200 trials or more; the first 20 are random",
}

// nsga proposes children of good trials. It has no generations: whatever is known when
// it is asked is the population, so that workers wait for nothing.
type nsga struct{ greed float64 }

func (s nsga) Ask(q Question) (Proposal, error) {
	q = others(q)
	rng := q.Random()
	size := max(4, int(math.Round(nsgaPopulation*kernel.Exp(float64(-math.Ln2*s.greed)))))
	p := newPopulation(q, size)
	if len(p.order.finished) < nsgaStartup || len(p.parents) < 2 {
		return fresh(q, rng, func() Point { return startup(q, p.order, rng) })
	}
	return fresh(q, rng, func() Point {
		a, b := p.parent(rng), p.parent(rng)
		if rng.Float64() >= nsgaCrossover {
			b = a
		}
		return child(q.Space, q.Told[a].Point, q.Told[b].Point, rng)
	})
}

// population are the trials that may be parents.
type population struct {
	order    standing
	parents  []int           // indices of trials, the best first
	level    map[int]float64 // the front of each, or its value with one objective
	crowding map[int]float64
}

func newPopulation(q Question, size int) population {
	p := population{level: map[int]float64{}, crowding: map[int]float64{}}
	p.order = stand(q, func(finished int) int { return min(size, finished) })
	p.parents = p.order.finished[:min(size, p.order.known)]
	level := func(i int) float64 { return q.Told[i].Values[0] }
	if q.Objectives > 1 {
		level = p.order.fronts(q)
	}
	fronts := map[[2]float64][]int{}
	for _, i := range p.parents {
		if c := p.order.classes[i]; c == infeasible {
			p.level[i] = q.Told[i].Violation
		} else {
			p.level[i] = level(i)
			at := [2]float64{float64(c), p.level[i]}
			fronts[at] = append(fronts[at], i)
		}
	}
	for _, front := range fronts { // in any order: they have nothing to do with each other
		spacing(p.crowding, front, q)
	}
	return p
}

// spacing computes the crowding distance of the trials of a front: how far the neighbours
// of each are apart in each objective, in shares of the front; infinite at its ends.
// Deb et al. 2002, section III-B.
func spacing(into map[int]float64, front []int, q Question) {
	for k := range q.Objectives {
		value := func(i int) float64 { return q.Told[i].Values[k] }
		sorted := slices.Clone(front)
		slices.SortFunc(sorted, func(i, j int) int { return cmp.Or(cmp.Compare(value(i), value(j)), i-j) })
		last := len(sorted) - 1
		width := value(sorted[last]) - value(sorted[0])
		for at, i := range sorted {
			switch {
			case at == 0 || at == last:
				into[i] = math.Inf(1)
			case width > 0 && !math.IsInf(width, 1):
				into[i] += (value(sorted[at+1]) - value(sorted[at-1])) / width
			}
		}
	}
}

// parent is the better of two that are drawn.
func (p population) parent(rng *rand.Rand) int {
	a, b := p.parents[rng.IntN(len(p.parents))], p.parents[rng.IntN(len(p.parents))]
	if cmp.Or(
		cmp.Compare(p.order.classes[a], p.order.classes[b]),
		cmp.Compare(p.level[a], p.level[b]),
		-cmp.Compare(p.crowding[a], p.crowding[b])) > 0 {
		return b
	}
	return a
}

// child crosses two parents and mutates what comes of it. What neither parent has is
// drawn anew: from the prior, if there is one.
func child(space Space, a, b Point, rng *rand.Rand) Point {
	p := Point{}
	chance := 1 / float64(len(space.Axes))
	for _, axis := range space.Axes {
		if !axis.Condition.Holds(p) || axis.Count() == 1 {
			if axis.Condition.Holds(p) {
				p[axis.Path] = axis.At(0.5)
			}
			continue
		}
		x, has := axis.inherited(a)
		y, hasToo := axis.inherited(b)
		mutates := rng.Float64() < chance
		swap := rng.Float64() < 0.5
		switch {
		case !has && !hasToo || mutates && axis.Kind == Choice:
			p[axis.Path] = axis.valueAt(space.Around.along(axis).draw(axis, rng))
			continue
		case !has || swap && hasToo:
			x, y = y, x
			if !has || !hasToo {
				y = x
			}
		case !hasToo:
			y = x
		}
		if axis.Kind != Choice {
			low, high := axis.span()
			x = crossed(x, y, rng)
			if mutates {
				x += float64(mutation(rng) * (high - low))
			}
			x = min(max(x, low), high)
		}
		p[axis.Path] = axis.valueAt(x)
	}
	return p
}

// inherited is where the value of a parent lies. Numbers beyond the range lie at its
// end.
func (a Axis) inherited(p Point) (x float64, ok bool) {
	v, ok := p[a.Path]
	if !ok {
		return 0, false
	}
	if a.Kind == Choice {
		i := a.Index(v)
		return float64(i), i >= 0
	}
	if v.Word() != "" || len(v.Items()) > 0 {
		return 0, false
	}
	return a.locate(knob.Num(min(max(v.Num(), a.Low), a.High)))
}

// crossed is the child near x of simulated binary crossover: Deb, Agrawal, Simulated
// Binary Crossover for Continuous Search Space, 1995.
func crossed(x, y float64, rng *rand.Rand) float64 {
	u := 2 * rng.Float64() // exact
	if u > 1 {
		u = 1 / (2 - u)
	}
	spread := root(u, nsgaSpread)
	return float64((float64((1+spread)*x) + float64((1-spread)*y)) / 2)
}

// mutation is a step of polynomial mutation, in shares of the range.
func mutation(rng *rand.Rand) float64 {
	u := 2 * rng.Float64() // exact
	if u < 1 {
		return root(u, nsgaMutation) - 1
	}
	return 1 - root(2-u, nsgaMutation)
}

// root is u^(1/(η + 1)).
func root(u, eta float64) float64 { return kernel.Exp(kernel.Log(u) / (eta + 1)) }
