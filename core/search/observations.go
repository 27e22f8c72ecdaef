package search

import (
	"math"
	"math/rand/v2"
	"slices"

	"descent/core/kernel"
	"descent/core/search/gauss"
)

// gpMost is how many trials are modelled: the best, as one half, and the last.
const gpMost = 400

// observations are what a Gaussian process is told.
type observations struct {
	x         [][]float64
	y         []float64 // mean 0, variance 1
	reachable []bool    // that the trial meets the constraints and ran to its end
	best      []float64 // coordinates of the best of those, nil if there is none

	running [][]float64

	tried     [][]float64 // trials of which it is known how far they violate the constraints
	violation []float64
}

// observe collects what trials have reached. A trial that failed, or was pruned before
// it reported anything, counts as the worst.
func observe(q Question, c *cube, rng *rand.Rand) observations {
	var o observations
	weight := rng.Float64()
	values := scalar(q, weight)
	worst := math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) {
			worst = max(worst, v)
		}
	}
	for i, t := range q.Told {
		x := c.of(t.Point)
		if t.State == Running {
			o.running = append(o.running, x)
			continue
		}
		unknown := t.Violation != t.Violation || math.IsInf(t.Violation, 1)
		if !unknown && (t.Violation > 0 || t.State == Complete) {
			o.tried = append(o.tried, x)
			o.violation = append(o.violation, t.Violation)
		}
		v := values[i]
		if math.IsNaN(v) || unknown {
			if t.Violation > 0 && !unknown || math.IsInf(worst, -1) {
				continue
			}
			v = worst
		}
		o.x, o.y = append(o.x, x), append(o.y, v)
		o.reachable = append(o.reachable, t.State == Complete && t.Violation <= 0 && !math.IsNaN(values[i]))
	}
	o.thin()
	warp(o.y)
	standardise(o.y)
	lowest := math.Inf(1)
	for i, y := range o.y {
		if o.reachable[i] && y < lowest {
			lowest, o.best = y, o.x[i]
		}
	}
	return o
}

// thin leaves out what is more than the processes can be given in time: trials that are
// neither among the best nor among the last.
func (o *observations) thin() {
	if extra := len(o.running) - gpMost/2; extra > 0 {
		o.running = o.running[extra:]
	}
	if extra := len(o.tried) - gpMost; extra > 0 {
		o.tried, o.violation = o.tried[extra:], o.violation[extra:]
	}
	n := len(o.y)
	if n <= gpMost {
		return
	}
	keep := make([]bool, n)
	order := make([]int, n)
	for i := range order {
		order[i] = i
		keep[i] = i >= n-gpMost/2
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case o.reachable[i] != o.reachable[j]: // the best of those that can be reached first
			if o.reachable[i] {
				return -1
			}
			return 1
		case o.y[i] < o.y[j]:
			return -1
		case o.y[i] > o.y[j]:
			return 1
		}
		return 0
	})
	left := gpMost - gpMost/2
	for _, i := range order {
		if left > 0 && !keep[i] {
			keep[i] = true
			left--
		}
	}
	k := 0
	for i := range n {
		if keep[i] {
			o.x[k], o.y[k], o.reachable[k] = o.x[i], o.y[i], o.reachable[i]
			k++
		}
	}
	o.x, o.y, o.reachable = o.x[:k], o.y[:k], o.reachable[:k]
}

// scalar is one number for each trial, lower being better, NaN for none. weight is that
// of the first of two objectives.
func scalar(q Question, weight float64) []float64 {
	out := make([]float64, len(q.Told))
	m := max(q.Objectives, 1)
	low, high := make([]float64, m), make([]float64, m)
	for k := range m {
		low[k], high[k] = math.Inf(1), math.Inf(-1)
		for _, t := range q.Told {
			if v := value(t, k); !math.IsNaN(v) {
				low[k], high[k] = min(low[k], v), max(high[k], v)
			}
		}
	}
	for i, t := range q.Told {
		if m == 1 {
			out[i] = value(t, 0)
			continue
		}
		largest, sum := math.Inf(-1), 0.0
		for k, w := range []float64{weight, 1 - weight} {
			v := value(t, k) - low[k]
			if high[k] > low[k] {
				v /= high[k] - low[k]
			}
			v = float64(v * w)
			sum += v
			if !(v <= largest) {
				largest = v
			}
		}
		out[i] = largest + float64(0.05*sum)
	}
	return out
}

// value is what a trial has reached in an objective, NaN if that is not a number.
func value(t Trial, objective int) float64 {
	if t.State == Running || t.State == Failed || objective >= len(t.Values) || math.IsInf(t.Values[objective], 0) {
		return math.NaN()
	}
	return t.Values[objective]
}

// warp brings the values of an objective that spans orders of magnitude nearer to a
// normal distribution: y becomes log(y − min + s), with the shift s of the highest
// likelihood (Box, Cox, An Analysis of Transformations, 1964), unless y itself is as
// likely. The order of the values stays.
func warp(y []float64) {
	if len(y) < 3 {
		return
	}
	sorted := slices.Sorted(slices.Values(y))
	least, n := sorted[0], float64(len(y))
	unit := sorted[len(y)/2] - least
	if !(unit > 0) || math.IsInf(sorted[len(y)-1]-least, 1) {
		return
	}
	logs := make([]float64, len(y))
	likelihood := func(v []float64, slope float64) float64 {
		mean, square := 0.0, 0.0
		for _, x := range v {
			mean += x / n
		}
		for _, x := range v {
			square += float64((x-mean)*(x-mean)) / n
		}
		return slope - float64(n/2*kernel.Log(square))
	}
	scaled := make([]float64, len(y)) // as likely as y, and far from overflow
	for i, v := range y {
		scaled[i] = (v - least) / unit
	}
	shift, most := 0.0, likelihood(scaled, 0)+warpGain
	for s := 0.1; s < 1e4; s = float64(s * 3) {
		slope := 0.0
		for i, v := range scaled {
			logs[i] = kernel.Log(v + s)
			slope -= logs[i]
		}
		if l := likelihood(logs, slope); l > most {
			shift, most = s, l
		}
	}
	if shift > 0 {
		for i, v := range scaled {
			y[i] = kernel.Log(v + shift)
		}
	}
}

// warpGain is how much more likely than y its logarithm has to be, in the logarithm.
const warpGain = 2

// standardise shifts and scales numbers to mean 0 and variance 1.
func standardise(y []float64) {
	n := float64(len(y))
	if n == 0 {
		return
	}
	scale := 0.0 // so that squares stay finite
	for _, v := range y {
		scale = max(scale, math.Abs(v))
	}
	if scale == 0 {
		return
	}
	mean, square := 0.0, 0.0
	for i := range y {
		y[i] /= scale
		mean += y[i] / n
	}
	for i := range y {
		y[i] -= mean
		square += float64(y[i]*y[i]) / n
	}
	if deviation := math.Sqrt(square); deviation > 1e-12 {
		for i := range y {
			y[i] /= deviation
		}
	}
}

// acquisition fits the processes.
func (o observations) acquisition(c *cube) *gauss.Acquisition {
	d := gauss.Data{X: o.x, Y: o.y, Choice: c.choice()}
	p := gauss.New(gauss.Fit(d), d)
	a := &gauss.Acquisition{Process: p, Best: math.Inf(1)}
	for i, y := range o.y {
		if o.reachable[i] {
			a.Best = min(a.Best, y)
		}
	}
	if len(o.running) > 0 {
		mean, _ := p.Posterior(o.running)
		a.Process = p.With(o.running, mean)
	}
	if slices.ContainsFunc(o.violation, func(v float64) bool { return v > 0 }) {
		a.Feasible = feasibility(o.tried, o.violation, c)
	}
	return a
}

// feasibility is a process of how far constraints are violated. How far they are met is
// not known; it is taken to be as far as the median violation.
func feasibility(x [][]float64, violation []float64, c *cube) *gauss.Process {
	var above []float64
	for _, v := range violation {
		if v > 0 {
			above = append(above, v)
		}
	}
	slices.Sort(above)
	median := above[len(above)/2]
	d := gauss.Data{X: x, Choice: c.choice()}
	for _, v := range violation {
		if v > 0 {
			d.Y = append(d.Y, min(v/median, 2))
		} else {
			d.Y = append(d.Y, -1)
		}
	}
	return gauss.New(gauss.Fit(d), d)
}
