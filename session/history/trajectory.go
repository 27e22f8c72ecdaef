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

// Thin returns at most most points at equal distances, and the last.
func Thin(points []Point, most int) []Point {
	apart := (len(points) + most - 1) / max(most, 1)
	if apart <= 1 {
		return points
	}
	out := make([]Point, 0, most+1)
	for i := 0; i < len(points); i += apart {
		out = append(out, points[i])
	}
	if last := points[len(points)-1]; out[len(out)-1] != last {
		out = append(out, last)
	}
	return out
}
