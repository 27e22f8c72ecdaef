package search

import (
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/kernel"
	"descent/core/knob"
)

// cube is a space as a sampler of vectors sees it. A coordinate belongs to each axis:
// of numbers the place on the scale of Inner, from 0 to 1 within the range; of choices
// the number of the choice. Values that today's axis does not have lie outside.
type cube struct {
	axes    []Axis
	choices [][]knob.Value // of each axis, with those of earlier trials at the end
	missing []float64      // the coordinate where a point has no value
	space   Space
}

func newCube(q Question) *cube {
	c := &cube{axes: q.Space.Axes, space: q.Space}
	c.choices = make([][]knob.Value, len(c.axes))
	c.missing = make([]float64, len(c.axes))
	for i, a := range c.axes {
		if a.Kind != Choice {
			c.missing[i] = 0.5
			continue
		}
		c.choices[i] = slices.Clone(a.Choices)
		for _, t := range q.Told {
			if v, ok := t.Point[a.Path]; ok && !slices.ContainsFunc(c.choices[i], v.Equal) {
				c.choices[i] = append(c.choices[i], v)
			}
		}
	}
	for i, b := range c.around() {
		if b.choices == nil {
			c.missing[i] = b.mu
		}
	}
	return c
}

// of are the coordinates of a point, which need not lie in the space.
func (c *cube) of(p Point) []float64 {
	x := make([]float64, len(c.axes))
	for i, a := range c.axes {
		v, ok := p[a.Path]
		x[i] = c.missing[i]
		switch {
		case !ok:
		case a.Kind == Choice:
			if k := slices.IndexFunc(c.choices[i], v.Equal); k >= 0 {
				x[i] = float64(k)
			}
		default:
			if u := a.coordinate(v); !math.IsNaN(u) {
				x[i] = u
			}
		}
	}
	return x
}

// coordinate is the place of a number on the axis, NaN if it has none.
func (a Axis) coordinate(v knob.Value) float64 {
	low, high := a.Inner()
	u := a.ToInner(v.Num())
	switch {
	case v.Word() != "" || len(v.Items()) > 0 || math.IsInf(u, 0) || math.IsNaN(u):
		return math.NaN()
	case low == high:
		return 0.5
	}
	return (u - low) / (high - low)
}

// at is the value of an axis at a coordinate.
func (c *cube) at(i int, u float64) knob.Value {
	a := c.axes[i]
	if a.Kind == Choice {
		return a.Choices[min(max(int(u), 0), len(a.Choices)-1)]
	}
	low, high := a.Inner()
	return a.FromInner(low + float64(min(max(u, 0), 1)*(high-low)))
}

// point is the place in the space that is nearest to coordinates.
func (c *cube) point(x []float64) Point {
	p := Point{}
	for i, a := range c.axes {
		if a.Condition.Holds(p) {
			p[a.Path] = c.at(i, x[i])
		}
	}
	return p
}

// choice says for each axis whether it is one of choices.
func (c *cube) choice() []bool {
	out := make([]bool, len(c.axes))
	for i, a := range c.axes {
		out[i] = a.Kind == Choice
	}
	return out
}

// most is the number of values up to which an axis of numbers is searched value by value.
const most = 256

// values are the coordinates of the values of each axis, nil where they are, as good
// as, continuous.
func (c *cube) values() [][]float64 {
	out := make([][]float64, len(c.axes))
	for i, a := range c.axes {
		n := a.Count()
		if n == 0 || a.Kind != Choice && n > most {
			continue
		}
		for k, v := range a.values() {
			u := float64(k)
			if a.Kind != Choice {
				u = a.coordinate(v)
			}
			out[i] = append(out[i], u)
		}
	}
	return out
}

// snap moves coordinates to those of values.
func (c *cube) snap(x []float64, values [][]float64) {
	for i, of := range values {
		if of == nil {
			continue
		}
		best := of[0]
		for _, u := range of {
			if math.Abs(u-x[i]) < math.Abs(best-x[i]) {
				best = u
			}
		}
		x[i] = best
	}
}

// spread returns points that fill the unit cube evenly, however many are taken: the
// additive recurrence on the powers of the root of x^(d+1) = x + 1, from a random
// start. Roberts, The Unreasonable Effectiveness of Quasirandom Sequences, 2018.
func spread(d int, rng *rand.Rand) func(n int) []float64 {
	root := 1.5
	for range 60 { // Newton
		p := kernel.Power(root, d)
		root -= (float64(p*root) - root - 1) / (float64(float64(d+1)*p) - 1)
	}
	start, step := make([]float64, d), make([]float64, d)
	for i := range d {
		start[i] = rng.Float64()
		step[i] = 1 / kernel.Power(root, i+1)
	}
	return func(n int) []float64 {
		u := make([]float64, d)
		for i := range u {
			_, u[i] = math.Modf(start[i] + float64(float64(n+1)*step[i]))
		}
		return u
	}
}

// prior is the belief that good values lie around a point, an axis each, in the
// coordinates of a cube.
type prior []belief

// around is the prior of the space, nil if there is none.
func (c *cube) around() prior {
	if c.space.Around == nil {
		return nil
	}
	p := make(prior, len(c.axes))
	for i, a := range c.axes {
		p[i] = c.space.Around.along(a)
		if low, high := a.Inner(); a.Kind != Choice && high > low {
			p[i].mu, p[i].sigma = (p[i].mu-low)/(high-low), p[i].sigma/(high-low)
		} else if a.Kind != Choice {
			p[i].mu, p[i].sigma = 0.5, 1
		}
	}
	return p
}

// log is the logarithm of the density at x over the highest there is. The gradient times
// weight is added, unless it is nil.
func (p prior) log(x, gradient []float64, weight float64) float64 {
	sum := 0.0
	for i, b := range p {
		sum += b.relative(x[i])
		if gradient != nil && b.choices == nil {
			gradient[i] -= float64(weight*(x[i]-b.mu)) / float64(b.sigma*b.sigma)
		}
	}
	return sum
}

// draw turns a point of the unit cube into coordinates that are distributed as the
// prior: of numbers by the inverse of the truncated normal distribution.
func (p prior) draw(u []float64) []float64 {
	x := make([]float64, len(u))
	for i, b := range p {
		left := u[i]
		for k, w := range b.choices {
			x[i] = float64(k)
			if left -= w; left < 0 {
				break
			}
		}
		if b.choices == nil {
			x[i] = b.quantile(u[i])
		}
	}
	return x
}

// quantile is the number in [0, 1] below which u of the truncated distribution lies.
func (b belief) quantile(u float64) float64 {
	cdf := func(x float64) float64 { return float64(kernel.Erfc((b.mu-x)/(b.sigma*math.Sqrt2)) / 2) }
	low, high := 0.0, 1.0
	below := cdf(low)
	want := below + float64(u*(cdf(high)-below))
	for range 40 {
		if mid := float64((low + high) / 2); cdf(mid) < want {
			low = mid
		} else {
			high = mid
		}
	}
	return low
}

// uniform turns a point of the unit cube into coordinates that are distributed evenly
// over the space.
func (c *cube) uniform(u []float64) []float64 {
	x := slices.Clone(u)
	for i, a := range c.axes {
		if a.Kind == Choice {
			x[i] = math.Floor(u[i] * float64(len(a.Choices)))
		}
	}
	return x
}

// others is the question without what is told of the trial itself.
func others(q Question) Question {
	if slices.ContainsFunc(q.Told, func(t Trial) bool { return t.Number == q.Number }) {
		q.Told = slices.DeleteFunc(slices.Clone(q.Told), func(t Trial) bool { return t.Number == q.Number })
	}
	return q
}

// known reports whether a point was proposed already.
func known(q Question, p Point) bool {
	return slices.ContainsFunc(q.Told, func(t Trial) bool { return t.Point.Equal(p) })
}
