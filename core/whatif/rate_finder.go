package whatif

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"descent/core"
	"descent/core/knob"
)

// RateFinder is the range test: on a copy, the rate grows from From to To by the
// same factor at each of Steps steps, and the loss of each step is noted. It
// begins where training stands, or with Reset where it began. It ends early once
// the smoothed loss is four times its least, or where that is not positive four
// times as far above it as it had fallen, or not finite. It finds a RateCurve.
// Smith, "Cyclical Learning Rates for Training Neural Networks", 2015,
// section 3.3.
type RateFinder struct {
	From, To float64
	Steps    int
	Reset    bool
}

// FromStart tells whoever hands over the copy that it is to stand where training
// began, with the knobs as they are.
func (m RateFinder) FromStart() bool { return m.Reset }

// RateCurve has for each rate the loss, and its exponential average without the
// pull of the start. What is suggested lies among the rates that were tried, and
// is 0 where the curve does not bear it out: where the loss does not fall by more
// than its noise, or a limit of the range is in the branch. Note is a sentence that
// says why something is missing and what to do, "" if nothing is.
type RateCurve struct {
	Rates, Losses, Smooth []float64

	Steepest float64 // where the smoothed loss falls most by the logarithm of the rate
	Valley   float64 // two thirds along the longest fall
	Tenth    float64 // a tenth of the rate at which it is least, if it rises beyond
	Least    float64 // that rate
	Note     string
}

// Suggests tells whether the curve bears out any rate.
func (c RateCurve) Suggests() bool { return c.Steepest > 0 || c.Valley > 0 || c.Tenth > 0 }

// smoothing is how much of itself the average remembers.
const smoothing = 0.9

// Measure uses the copy up.
func (m RateFinder) Measure(ctx context.Context, t *core.Trainer) any {
	var c RateCurve
	for path, v := range map[string]knob.Value{
		"schedule.name": knob.Word("constant"), "schedule.warmup": knob.Num(0), // each sets a knob of its own: the order does not matter
	} {
		if err := t.Set(path, v); err != nil {
			c.Note = err.Error()
			return c
		}
	}
	trained := t.StepCount() > 0
	mean, weight, least := 0.0, 0.0, math.Inf(1)
	for i := range m.Steps {
		rate := m.rate(i)
		if ctx.Err() != nil {
			break
		}
		if err := t.Set("optimizer.lr", knob.Num(rate)); err != nil {
			c.Note = err.Error()
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
		least = min(least, smooth)
		high := 4 * least
		if least <= 0 {
			high = least + float64(4*(c.Smooth[0]-least))
		}
		if i > m.Steps/10 && smooth > high && smooth > c.Smooth[0] {
			break
		}
	}
	if ctx.Err() == nil && c.Note == "" {
		c.suggest(m, trained)
	}
	return c
}

// rate is that of a step, from 0.
func (m RateFinder) rate(step int) float64 {
	return m.From * math.Pow(m.To/m.From, float64(step)/float64(max(m.Steps-1, 1)))
}

const (
	// beyondNoise is how many deviations of the smoothed loss a change has to have:
	// the least of a curve that does not fall lies two or three below its mean.
	beyondNoise = 5
	// visible is the share of the loss that a change has to have besides.
	visible = 0.01
)

// suggest reads the curve.
func (c *RateCurve) suggest(m RateFinder, trained bool) {
	n, first := len(c.Smooth), max(m.Steps/10, 5) // the first steps tell how the loss is before it moves
	if n <= first {
		c.Note = fmt.Sprintf("the loss is not finite from a rate of %s on: try smaller rates, or scale inputs and targets", brief(m.rate(n)))
		return
	}
	low := first
	for i := first; i < n; i++ {
		if c.Smooth[i] < c.Smooth[low] {
			low = i
		}
	}
	before, noise := level(c.Losses[:first])
	enough := max(beyondNoise*noise, visible*math.Abs(before))
	begin := first
	for begin < n && !(before-c.Smooth[begin] > enough) {
		begin++
	}
	if begin >= low {
		what := "try a wider range, or larger batches"
		if trained && !m.Reset {
			what = "the network is trained already: try from a reset copy, or a wider range"
		}
		c.Note = fmt.Sprintf("from %s to %s the loss did not fall by more than its noise; %s", brief(c.Rates[0]), brief(c.Rates[n-1]), what)
		return
	}
	c.Least = c.Rates[low]
	turns := n < m.Steps // it blew up
	for _, v := range c.Smooth[low:] {
		turns = turns || v-c.Smooth[low] > max(float64(beyondNoise*noise), float64(visible*(before-c.Smooth[low])))
	}
	steepest, valley := c.steepest(begin, low), max(c.valley(), begin)
	switch {
	case !turns && steepest >= low-c.stride():
		c.Note = fmt.Sprintf("the loss falls ever faster up to the largest rate, %s: try larger ones, or see whether it has a least value at all", brief(m.To))
		c.Least = 0
		return
	case !turns:
		c.Note = fmt.Sprintf("the loss still falls at the largest rate, %s: with larger ones there would be more to suggest", brief(m.To))
	case c.Least/10 >= c.Rates[0]:
		c.Tenth = c.Least / 10
	default:
		c.Note = fmt.Sprintf("a tenth of the rate of the least loss lies below the smallest rate, %s: with smaller ones there would be more to suggest", brief(m.From))
	}
	c.Steepest, c.Valley = c.Rates[steepest], c.Rates[valley]
}

// level is the mean of losses and the deviation that noise gives their smoothed
// curve. It is told from the differences of neighbours, so that a slope is no noise.
func level(losses []float64) (mean, noise float64) {
	squares := 0.0
	for i, v := range losses {
		mean += v / float64(len(losses))
		if i > 0 {
			d := v - losses[i-1]
			squares += float64(d*d) / float64(2*(len(losses)-1))
		}
	}
	// The variance of an exponential average of independent values, and of the mean.
	shares := (1-smoothing)/(1+smoothing) + 1/float64(len(losses))
	return mean, math.Sqrt(squares * shares)
}

// stride is how far apart the values are between which a slope is taken: three
// steps of a hundred.
func (c *RateCurve) stride() int { return max(len(c.Smooth)*3/200, 1) }

// steepest is where from one place to another the curve falls most.
func (c *RateCurve) steepest(from, to int) int {
	at, least, by := from, 0.0, c.stride()
	for i := from; i <= to; i++ {
		a, b := max(i-by, 0), min(i+by, len(c.Smooth)-1)
		if slope := (c.Smooth[b] - c.Smooth[a]) / float64(b-a); slope < least { // the rates are evenly apart in logarithm
			at, least = i, slope
		}
	}
	return at
}

// valley is two thirds along the longest run of values each below the last of
// the run before it.
func (c *RateCurve) valley() int {
	n := len(c.Smooth)
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
	return from[best] + (best-from[best])*2/3
}

// brief writes a rate in a sentence.
func brief(rate float64) string { return strconv.FormatFloat(rate, 'g', 3, 64) }
