package history

import (
	"math/bits"
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
