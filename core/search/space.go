package search

import (
	"fmt"
	"slices"
)

// Space is where a search looks. An axis that exists only under a condition follows
// the axis that its condition is about.
type Space struct {
	Axes   []Axis
	Around *Around // nil for no prior
}

// Around is a prior: it says that good values lie around a point.
type Around struct {
	Center Point   `json:"center"`
	Width  float64 `json:"width"` // standard deviation, in shares of the range of an axis; of a choice 1 − the weight of the center
}

// Check says in one sentence what is wrong with a space.
func (s Space) Check() error {
	if len(s.Axes) == 0 {
		return fmt.Errorf("there is nothing to search over")
	}
	for i, a := range s.Axes {
		if err := a.Check(); err != nil {
			return err
		}
		if s.Axis(a.Path) != i {
			return fmt.Errorf("%s is searched over twice", a.Path)
		}
		if c := a.Condition; c != nil {
			at := s.Axis(c.Path)
			switch {
			case at < 0 || at >= i:
				return fmt.Errorf("%s depends on %s, which has to be searched over before it", a.Path, c.Path)
			case !slices.ContainsFunc(c.In, s.Axes[at].Contains):
				return fmt.Errorf("%s never exists: it depends on values of %s that are not searched over", a.Path, c.Path)
			}
		}
	}
	return nil
}

// Axis is the index of the axis of a path, −1 for none.
func (s Space) Axis(path string) int {
	return slices.IndexFunc(s.Axes, func(a Axis) bool { return a.Path == path })
}

// At returns the point with coordinates u in [0, 1], one for each axis. Axes that do
// not exist there are left out.
func (s Space) At(u []float64) Point {
	p := Point{}
	for i, a := range s.Axes {
		if a.Condition.Holds(p) {
			p[a.Path] = a.At(u[i])
		}
	}
	return p
}

// Contains reports whether a point lies in the space: it has a value on each axis that
// exists there, and no other.
func (s Space) Contains(p Point) bool {
	n := 0
	for _, a := range s.Axes {
		v, ok := p[a.Path]
		if ok != a.Condition.Holds(p) || ok && !a.Contains(v) {
			return false
		}
		if ok {
			n++
		}
	}
	return n == len(p)
}

// Numeric reports whether every axis is a range of numbers that always exists.
func (s Space) Numeric() bool {
	return !slices.ContainsFunc(s.Axes, func(a Axis) bool { return a.Kind == Choice || a.Condition != nil })
}

// mostPoints is the greatest number of points that is counted.
const mostPoints = 1 << 40

// product is a·b, at most mostPoints.
func product(a, b int) int {
	if b > 0 && a > mostPoints/b {
		return mostPoints
	}
	return a * b
}

// Count is the number of points, 0 where there is no end of them; more than 2⁴⁰ are
// counted as so many.
func (s Space) Count() int {
	var count func(i int, p Point) int
	count = func(i int, p Point) int {
		if i == len(s.Axes) {
			return 1
		}
		a := s.Axes[i]
		if !a.Condition.Holds(p) {
			return count(i+1, p)
		}
		if a.Count() == 0 {
			return 0
		}
		asked := slices.ContainsFunc(s.Axes[i+1:], func(b Axis) bool { return b.Condition != nil && b.Condition.Path == a.Path })
		if !asked {
			return product(a.Count(), count(i+1, p))
		}
		total := 0
		for _, v := range a.values() {
			p[a.Path] = v
			n := count(i+1, p)
			delete(p, a.Path)
			if n == 0 {
				return 0
			}
			total = min(total+n, mostPoints)
		}
		return total
	}
	return count(0, Point{})
}
