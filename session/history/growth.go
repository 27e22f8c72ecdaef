package history

import "math"

// A run has diverged if it is no longer finite, or if its final losses are out of
// bounds: larger than divergedFactor·(1 + |loss of the first step|), or larger than
// divergedSize in absolute value. The final losses are all of the last tenth of its
// steps, at most 100, so that a spike from which it recovers does not count. It has
// diverged from the first step after which no loss was within bounds.
const (
	divergedFactor = 1e3
	divergedSize   = 1e30
)

// Growth is the state needed to decide that.
type Growth struct {
	Begun   bool
	Initial float64 // loss of the first step
	Within  int     // the last step with a loss within bounds
	Broken  int     // the step that was not finite, 0 for none
}

// Add adds the loss of a step.
func (g *Growth) Add(step int, loss float64) {
	if !g.Begun {
		g.Begun, g.Initial = true, loss
	}
	g.Broken = 0
	// If the initial loss is not finite there are no bounds.
	if loss <= divergedFactor*(1+math.Abs(g.Initial)) && math.Abs(loss) <= divergedSize {
		g.Within = step
	}
}

// Tenth returns the number of final steps of a run of n steps.
func Tenth(steps int) int { return min(max(steps/10, 1), 100) }

// Since returns the step from which a run over the steps after begin has diverged;
// ok is false if it has not.
func (g *Growth) Since(begin, steps int) (step int, ok bool) {
	if g.Broken == 0 && g.Within > begin+steps-Tenth(steps) || steps == 0 && g.Broken == 0 {
		return 0, false
	}
	return max(g.Within, begin) + 1, true
}
