package history

import "math"

// A run has diverged if it was no longer finite, or if at its end its loss is
// beyond bounds: larger than divergedFactor·(1 + |loss of the first step|), or of
// any sign larger than divergedSize. At its end means in every one of the last
// Tenth of its steps, of 100 at the most: a spike from which it recovers does not
// count. It is said to have diverged from the first step after which no loss was
// within bounds.
const (
	divergedFactor = 1e3
	divergedSize   = 1e30
)

// Growth is what is remembered of a run to judge that.
type Growth struct {
	Begun   bool
	Initial float64 // loss of the first step
	Within  int     // the last step whose loss was within bounds
	Broken  int     // the step that was not finite, 0 for none
}

// Add takes in the loss of a step.
func (g *Growth) Add(step int, loss float64) {
	if !g.Begun {
		g.Begun, g.Initial = true, loss
	}
	g.Broken = 0
	// An initial loss that is not finite has no bounds to be within.
	if loss <= divergedFactor*(1+math.Abs(g.Initial)) && math.Abs(loss) <= divergedSize {
		g.Within = step
	}
}

// Tenth is how many of so many steps count as their end.
func Tenth(steps int) int { return min(max(steps/10, 1), 100) }

// Since is the step from which a run over steps after begin has diverged; ok is
// false if it has not.
func (g *Growth) Since(begin, steps int) (step int, ok bool) {
	if g.Broken == 0 && g.Within > begin+steps-Tenth(steps) || steps == 0 && g.Broken == 0 {
		return 0, false
	}
	return max(g.Within, begin) + 1, true
}
