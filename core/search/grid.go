package search

import (
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"

	"descent/core/kernel"
	"descent/core/knob"
)

// gridPoints is how many points a grid has about, unless it is said.
const gridPoints = 100

var gridDoc = knob.Doc{
	Formula: "every combination of the values of each axis, in an order shuffled by the seed\n" +
		"choices and numbers with a step: all values\n" +
		"other numbers: m values at equal distances on the scale of the axis, both ends among them,\n" +
		"m ≥ 2 the greatest with which there are at most 100 points",
	Source:  knob.None,
	PyTorch: knob.None,
	When: "For one or two axes of which the whole picture is needed. With more, random search finds better " +
		"values in as many trials, since a grid repeats each value of an axis that matters.",
	Range: "1 or 2 axes",
}

// grid proposes every point of a lattice once: to each trial that of its number, and
// after the end those that no trial has had, as where there were others before.
type grid struct{ points int }

func (g grid) Ask(q Question) (Proposal, error) {
	l := newLattice(q.Space, g.points)
	n := l.count()
	if q.Number < n {
		return Proposal{Point: l.point(shuffled(q.Number, n, q.Seed))}, nil
	}
	tried := q.points()
	for i := range n {
		if p := l.point(shuffled(i, n, q.Seed)); !tried[p.String()] {
			return Proposal{Point: p}, nil
		}
	}
	return Proposal{}, ErrExhausted
}

// GridPoints is the number of points that the sampler "grid" proposes in a space.
func GridPoints(s Space, o Options) int { return newLattice(s, o.Points).count() }

// lattice are the points of a space with some values of each axis.
type lattice struct {
	space  Space
	values [][]knob.Value // of each axis
}

// newLattice is the finest lattice with at most so many points.
func newLattice(s Space, points int) lattice {
	if points <= 0 {
		points = gridPoints
	}
	of := func(m int) lattice {
		l := lattice{space: s}
		for _, a := range s.Axes {
			l.values = append(l.values, a.spread(m))
		}
		return l
	}
	// One value more on each axis until there are too many, or no axis takes more.
	m := 2 + sort.Search(points, func(k int) bool { return of(k+3).count() > points })
	return of(m)
}

// spread are m values at equal distances on the scale of the axis; all values of one
// that has choices or a step.
func (a Axis) spread(m int) []knob.Value {
	n := a.Count()
	if a.Kind == Choice || a.Step > 0 || n > 0 && n <= m {
		return a.values()
	}
	low, high := a.ToInner(a.Low), a.ToInner(a.High)
	var out []knob.Value
	for i := range m {
		v := knob.Num(a.Low)
		switch {
		case i == m-1:
			v = knob.Num(a.High)
		case i > 0:
			v = a.FromInner(low + float64((high-low)*(float64(i)/float64(m-1))))
		}
		if !slices.ContainsFunc(out, v.Equal) {
			out = append(out, v)
		}
	}
	return out
}

// count is the number of points.
func (l lattice) count() int { return l.from(0, Point{}) }

// from is the number of ways to go on from a point that has its values before axis i.
func (l lattice) from(i int, p Point) int {
	if i == len(l.values) {
		return 1
	}
	a := l.space.Axes[i]
	if !a.Condition.Holds(p) {
		return l.from(i+1, p)
	}
	if !l.asked(i) {
		return product(len(l.values[i]), l.from(i+1, p))
	}
	total := 0
	for _, v := range l.values[i] {
		p[a.Path] = v
		total = min(total+l.from(i+1, p), mostPoints)
		delete(p, a.Path)
	}
	return total
}

// asked reports whether an axis decides which others exist.
func (l lattice) asked(i int) bool {
	return slices.ContainsFunc(l.space.Axes[i+1:], func(b Axis) bool { return b.Condition != nil && b.Condition.Path == l.space.Axes[i].Path })
}

// point is a point by its index.
func (l lattice) point(index int) Point {
	p := Point{}
	for i, a := range l.space.Axes {
		if !a.Condition.Holds(p) {
			continue
		}
		for _, v := range l.values[i] {
			p[a.Path] = v
			n := l.from(i+1, p)
			if index < n {
				break
			}
			index -= n
		}
	}
	return p
}

// shuffled is the place of i in a permutation of n that belongs to a seed: a Feistel
// network on the bits of i, gone through until the result is below n (Black, Rogaway,
// Ciphers with Arbitrary Finite Domains, 2002), so that nothing has to be stored.
func shuffled(i, n int, seed uint64) int {
	half := 1
	for 1<<(2*half) < n {
		half++
	}
	mask := uint64(1)<<half - 1
	for x := uint64(i); ; {
		left, right := x>>half, x&mask
		for round := range 4 {
			key := kernel.Mix(seed, "grid round "+strconv.Itoa(round))
			left, right = right, left^rand.NewPCG(key, right).Uint64()&mask
		}
		if x = left<<half | right; x < uint64(n) {
			return int(x)
		}
	}
}
