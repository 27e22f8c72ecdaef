package dialog

import (
	"math"
	"testing"

	"descent/core/whatif"
	"descent/tui/internal/check"
	"descent/tui/internal/frames"
)

func TestNoNumberBreaksTheRangeTest(t *testing.T) {
	for k := range check.Extremes {
		v := func(i int) float64 { return check.Extremes[(i*5+k)%len(check.Extremes)] }
		c := whatif.RateCurve{}
		for i := range 20 {
			c.Rates, c.Losses, c.Smooth = append(c.Rates, 1e-6*math.Pow(2, float64(i))), append(c.Losses, v(i)), append(c.Smooth, v(i+1))
		}
		DrawRates(frames.Plain(), c, 60, 20)
	}
}
