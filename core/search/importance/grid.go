package importance

import (
	"math"

	"descent/core/kernel"
	"descent/core/knob"
	"descent/core/search"
)

// cells is into how many a range of numbers is divided.
const cells = 50

// grid divides an axis into cells: each choice is one; a range of numbers has as many
// as it has values, but no more than cells.
type grid struct {
	axis     search.Axis
	choice   bool
	size     int
	low, gap float64 // the center of the first cell and the distance of two, on the scale of the axis
	from, to float64 // the range, with what rounding may leave it by
}

func gridOf(a search.Axis) grid {
	g := grid{axis: a, choice: a.Kind == search.Choice, size: len(a.Choices)}
	if g.choice {
		return g
	}
	slack := float64(1e-6 * max(math.Abs(a.Low), math.Abs(a.High)))
	g.from, g.to = a.Low-slack, a.High+slack
	g.size = cells
	n := a.Count()
	switch {
	case n == 1:
		g.size = 1
	case a.Kind == search.Int && (a.Log || a.Complement):
		g.size = min(cells, int(math.Ceil(kernel.Log(a.High-a.Low+1)/math.Ln2-1e-9))+1)
	case n > 0:
		g.size = min(cells, n)
	}
	g.low = a.ToInner(a.Low)
	if g.size > 1 {
		g.gap = (a.ToInner(a.High) - g.low) / float64(g.size-1)
	}
	return g
}

// cell is the cell of a value, −1 for one that is not on the axis.
func (g grid) cell(v knob.Value) int {
	x := v.Num()
	switch {
	case g.choice:
		return g.axis.Index(v)
	case !(x >= g.from && x <= g.to):
		return -1
	case g.gap == 0:
		return 0
	}
	i := int(math.Ceil((g.axis.ToInner(x)-g.low)/g.gap - 0.5))
	return min(max(i, 0), g.size-1)
}
