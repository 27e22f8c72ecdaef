package probe

import (
	"context"
	"math"

	"descent/core"
	"descent/core/knob"
)

// RateFinder is the range test: on a copy, from where training stands, the
// rate grows from From to To by the same factor at each of Steps steps, and
// the loss of each step is noted. It ends early once the smoothed loss is four
// times its least, or not finite. It finds a RateCurve.
// Smith, "Cyclical Learning Rates for Training Neural Networks", 2015,
// section 3.3.
type RateFinder struct {
	From, To float64
	Steps    int
}

// RateCurve has for each rate the loss, and its exponential average without
// the pull of the start. The suggestions are 0 where the loss never falls.
type RateCurve struct {
	Rates, Losses, Smooth []float64

	Steepest float64 // where the smoothed loss falls most by the logarithm of the rate
	Valley   float64 // two thirds along the longest fall
	Tenth    float64 // a tenth of the rate at which it is least
	Least    float64 // that rate
}

// smoothing is how much of itself the average remembers.
const smoothing = 0.9

// Measure uses the copy up.
func (m RateFinder) Measure(ctx context.Context, t *core.Trainer) any {
	var c RateCurve
	for path, v := range map[string]knob.Value{
		"schedule.name": knob.Word("constant"), "schedule.warmup": knob.Num(0), // each sets a knob of its own: the order does not matter
	} {
		if err := t.Set(path, v); err != nil {
			return c
		}
	}
	mean, weight, least := 0.0, 0.0, math.Inf(1)
	for i := range m.Steps {
		rate := m.From * math.Pow(m.To/m.From, float64(i)/float64(max(m.Steps-1, 1)))
		if ctx.Err() != nil || t.Set("optimizer.lr", knob.Num(rate)) != nil {
			break
		}
		loss := t.Advance().Loss
		if !t.Finite() {
			break
		}
		mean = float64(smoothing*mean) + float64((1-smoothing)*loss)
		weight = float64(smoothing*weight) + (1 - smoothing)
		smooth := mean / weight
		c.Rates, c.Losses, c.Smooth = append(c.Rates, rate), append(c.Losses, loss), append(c.Smooth, smooth)
		if smooth < least {
			least, c.Least = smooth, rate
		}
		if i > m.Steps/10 && smooth > 4*least && least > 0 {
			break
		}
	}
	c.suggest()
	return c
}

// suggest reads the curve; its first tenth, where the average settles, is left out.
func (c *RateCurve) suggest() {
	n := len(c.Smooth)
	low := 0
	for i, v := range c.Smooth {
		if v < c.Smooth[low] {
			low = i
		}
	}
	if low == 0 {
		return
	}
	c.Tenth = c.Least / 10
	steepest := 0.0
	for i := max(n/10, 1); i+1 < n && i <= low; i++ {
		if slope := c.Smooth[i+1] - c.Smooth[i-1]; slope < steepest { // the rates are evenly apart in logarithm
			steepest, c.Steepest = slope, c.Rates[i]
		}
	}
	// The longest run of values each below the last of the run before it.
	length, from := make([]int, n), make([]int, n)
	best := 0
	for i := range c.Smooth {
		length[i], from[i] = 1, i
		for j := range i {
			if c.Smooth[i] < c.Smooth[j] && length[j]+1 > length[i] {
				length[i], from[i] = length[j]+1, from[j]
			}
		}
		if length[i] > length[best] {
			best = i
		}
	}
	start := from[best]
	c.Valley = c.Rates[start+(best-start)*2/3]
}
