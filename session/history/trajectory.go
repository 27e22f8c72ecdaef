package history

import (
	"math/bits"
)

// Point is where a surface was gone down after a step.
type Point struct {
	Step int
	X, Y float64
}

// trajectoryGrain is for a trajectory what grain is for series: the first 2·trajectoryGrain
// steps are kept, of those from trajectoryGrain·2ᵏ to trajectoryGrain·2ᵏ⁺¹ every 2ᵏ-th.
const trajectoryGrain = 2048

// every is between how many steps the trajectory has a point at a step.
func every(step int) int { return 1 << max(0, bits.Len(uint(step/trajectoryGrain))-1) }
