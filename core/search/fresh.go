package search

import "math/rand/v2"

// repeats is how often another point is asked for, where there is an end of points and
// the first was tried already.
const repeats = 10

// fresh asks for a point that was not tried. Training is repeatable, so another trial
// of the same point would find the same.
func fresh(q Question, rng *rand.Rand, ask func() Point) (Proposal, error) {
	total := q.Space.Count()
	p := ask()
	if total == 0 {
		return Proposal{Point: p}, nil
	}
	for try := 0; q.tried(p); try++ {
		if try == repeats {
			return untried(q, rng.IntN(total))
		}
		p = ask()
	}
	return Proposal{Point: p}, nil
}

// untried is the first point of a finite space that was not tried, from a place on.
func untried(q Question, from int) (Proposal, error) {
	tried := q.points()
	l := lattice{space: q.Space}
	for _, a := range q.Space.Axes {
		l.values = append(l.values, a.values())
	}
	n := l.count()
	for i := range n {
		if p := l.point((from + i) % n); !tried[p.String()] {
			return Proposal{Point: p}, nil
		}
	}
	return Proposal{}, ErrExhausted
}
