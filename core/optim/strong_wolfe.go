package optim

import "math"

const nocedalWright = "J. Nocedal, S. J. Wright, “Numerical Optimization”, 2nd edition, 2006"

// strongWolfe searches for a step length t that satisfies the strong Wolfe
// conditions, f(t) ≤ f(0) + c₁ t f′(0) and |f′(t)| ≤ −c₂ f′(0): it extends the step
// until it has a bracket, then zooms in by cubic interpolation. at returns loss and
// slope at a step length and is first called at t; loss and slope are those at 0; a
// bracket narrower than shortest is given up. It returns the best step length, its
// loss, how often at was called and the step length it was called with last.
// Nocedal, Wright 2006, algorithms 3.5 and 3.6, with the bounds and safeguards of
// torch.optim.LBFGS.
func strongWolfe(at func(t float64) (loss, slope float64), t, loss, slope, shortest float64) (best, value float64, asked int, last float64) {
	const c1, c2, most = 1e-4, 0.9, 25
	start := linePoint{0, loss, slope}
	probe := func(t float64) linePoint {
		f, s := at(t)
		asked++
		last = t
		return linePoint{t, f, s}
	}
	tooHigh := func(p linePoint) bool { return !(p.f <= loss+float64(c1*float64(p.t*slope))) } // NaN is
	flat := func(p linePoint) bool { return math.Abs(p.slope) <= -c2*slope }

	before, p := start, probe(t)
	low, high := start, p
	tries := 0
	for ; tries < most; tries++ {
		if tooHigh(p) || tries > 1 && p.f >= before.f || !flat(p) && p.slope >= 0 {
			low, high = before, p
			break
		}
		if flat(p) {
			return p.t, p.f, asked, last
		}
		next := cubicLeast(before, p, p.t+float64(0.01*(p.t-before.t)), 10*p.t)
		before, p = p, probe(next)
	}
	if tries == most {
		low, high = start, p
	}
	// The sides keep their places, since the interpolation is not quite symmetric.
	side := [2]linePoint{low, high}
	lower := func() int {
		if side[0].f <= side[1].f {
			return 0
		}
		return 1
	}
	i := lower()
	stuck := false
	for ; tries < most; tries++ {
		left, right := min(side[0].t, side[1].t), max(side[0].t, side[1].t)
		if right-left < shortest {
			break
		}
		t := cubicLeast(side[0], side[1], left, right)
		edge := float64(0.1 * (right - left))
		switch near := min(right-t, t-left) < edge; {
		case near && (stuck || t >= right || t <= left):
			if math.Abs(t-right) < math.Abs(t-left) {
				t = right - edge
			} else {
				t = left + edge
			}
			stuck = false
		default:
			stuck = near
		}
		p := probe(t)
		if tooHigh(p) || p.f >= side[i].f {
			side[1-i] = p
			i = lower()
			continue
		}
		done := flat(p)
		if !done && float64(p.slope*(side[1-i].t-side[i].t)) >= 0 {
			side[1-i] = side[i]
		}
		side[i] = p
		if done {
			break
		}
	}
	return side[i].t, side[i].f, asked, last
}

// linePoint is a step length with loss and slope there.
type linePoint struct{ t, f, slope float64 }

// cubicLeast is the minimizer of the cubic through two points and their slopes,
// within bounds, and their midpoint where the cubic has none.
// Nocedal, Wright 2006, eq. 3.59.
func cubicLeast(a, b linePoint, from, to float64) float64 {
	if a.t > b.t {
		a, b = b, a
	}
	d := a.slope + b.slope - float64(3*(a.f-b.f))/(a.t-b.t)
	square := float64(d*d) - float64(a.slope*b.slope)
	if !(square >= 0) {
		return (from + to) / 2
	}
	root := math.Sqrt(square)
	t := b.t - float64((b.t-a.t)*((b.slope+root-d)/(b.slope-a.slope+float64(2*root))))
	return min(max(t, from), to)
}
