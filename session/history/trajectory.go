package history

import (
	"math/bits"
)

// Point is a position on a surface after a step.
type Point struct {
	Step int
	X, Y float64
}

// trajectoryGrain is the analogue of grain for a trajectory: the first
// 2·trajectoryGrain steps are kept, and every 2ᵏ-th of those from
// trajectoryGrain·2ᵏ to trajectoryGrain·2ᵏ⁺¹.
const trajectoryGrain = 2048

// every returns the distance in steps between points of the trajectory at a step.
func every(step int) int { return 1 << max(0, bits.Len(uint(step/trajectoryGrain))-1) }
