package session

import (
	"math/bits"
	"slices"
)

// Point is where a surface was gone down after a step.
type Point struct {
	Step int
	X, Y float64
}

// trailGrain is for trails what grain is for series: the first 2·trailGrain
// steps are kept, of those from trailGrain·2ᵏ to trailGrain·2ᵏ⁺¹ every 2ᵏ-th.
const trailGrain = 2048

// every is between how many steps the trail has a point at a step.
func every(step int) int { return 1 << max(0, bits.Len(uint(step/trailGrain))-1) }

// mark notes where a surface stands after a step, in the trail of the branch b
// if it is not nil.
func (l *lane) mark(b *branch) {
	x, y, ok := l.trainer.Point()
	if !ok {
		return
	}
	l.tip.Point = Point{l.tip.Step, x, y}
	if b != nil && l.tip.Step%every(l.tip.Step) == 0 {
		b.curves.Trail = append(b.curves.Trail, l.tip.Point)
	}
}

// trail is the way down from the first step on to the tip: a point for every so
// many steps, at most 2·trailGrain of them, and the last.
func (b *branch) trail(end *tip) []Point {
	apart, limit := every(end.Step), end.Step
	var out []Point
	for c := b; c != nil; c = c.parent {
		for _, p := range slices.Backward(c.curves.Trail) {
			if p.Step <= limit && p.Step%apart == 0 {
				out = append(out, p)
			}
		}
		limit = min(limit, c.from)
	}
	slices.Reverse(out)
	if len(out) > 0 && end.Step%apart != 0 {
		out = append(out, end.Point)
	}
	return out
}
