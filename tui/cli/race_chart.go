package cli

import (
	"descent/session/headless"
)

// curvesOf are the curves of racers, for the chart.
func curvesOf(racers []headless.Racer) (out []raceCurve) {
	for _, r := range racers {
		c := raceCurve{Name: r.Value}
		for _, s := range r.Curve {
			c.Low, c.Median, c.High = append(c.Low, float64(s.Low)), append(c.Median, float64(s.Median)), append(c.High, float64(s.High))
		}
		out = append(out, c)
	}
	return out
}

// alike tells that all racers came to the same numbers.
func alike(out []headless.Racer) bool {
	for _, r := range out[1:] {
		if r.Diverged > 0 || r.Loss != out[0].Loss || r.ValLoss != nil && out[0].ValLoss != nil && *r.ValLoss != *out[0].ValLoss {
			return false
		}
	}
	return len(out) > 1
}
