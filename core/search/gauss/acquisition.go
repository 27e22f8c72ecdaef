package gauss

import (
	"math"
	"slices"
)

// Acquisition is what a search maximises to find where to look next: log EI, with the
// logarithms of the probability to meet the constraints (Gardner et al., Bayesian
// Optimization with Inequality Constraints, 2014) and of a prior added.
type Acquisition struct {
	Process  *Process
	Best     float64  // value to improve on; +Inf if there is none: then only the constraints count
	Spread   float64  // factor of the standard deviation: above 1 explores more
	Feasible *Process // of a number that is below 0 where the constraints are met; nil without constraints
	// Prior adds its gradient and returns the logarithm of its density, to whatever
	// power; nil for none. The gradient is nil where it is not asked for.
	Prior func(x, gradient []float64) float64
}

// little is added to variances, so that there is a slope at an observation.
const little = 1e-12

// Values are those of the acquisition at each of some places.
func (a *Acquisition) Values(at [][]float64) []float64 {
	out := make([]float64, len(at))
	if !math.IsInf(a.Best, 1) {
		mean, variance := a.Process.Posterior(at)
		for i, m := range mean {
			out[i], _, _ = LogEI(m, float64(a.Spread*math.Sqrt(variance[i]+little)), a.Best)
		}
	}
	if a.Feasible != nil {
		mean, variance := a.Feasible.Posterior(at)
		for i, m := range mean {
			log, _ := LogCDF(-m / math.Sqrt(variance[i]+little))
			out[i] += log
		}
	}
	if a.Prior != nil {
		for i, x := range at {
			out[i] += a.Prior(x, nil)
		}
	}
	return out
}

// slope is the value at one place, and its gradient, which is written.
func (a *Acquisition) slope(x, gradient []float64) float64 {
	byMean, byVariance := make([]float64, len(x)), make([]float64, len(x))
	clear(gradient)
	value := 0.0
	if !math.IsInf(a.Best, 1) {
		mean, variance := a.Process.Slope(x, byMean, byVariance)
		deviation := math.Sqrt(variance + little)
		log, m, s := LogEI(mean, float64(a.Spread*deviation), a.Best)
		s = float64(s*a.Spread) / (2 * deviation)
		value = log
		for i := range gradient {
			gradient[i] = math.FMA(m, byMean[i], float64(s*byVariance[i]))
		}
	}
	if a.Feasible != nil {
		mean, variance := a.Feasible.Slope(x, byMean, byVariance)
		deviation := math.Sqrt(variance + little)
		log, by := LogCDF(-mean / deviation)
		value += log
		for i := range gradient {
			gradient[i] += float64(by*(float64(mean*byVariance[i])/(2*float64(deviation*deviation))-byMean[i])) / deviation
		}
	}
	if a.Prior != nil {
		value += a.Prior(x, gradient)
	}
	return value
}

// Maximise improves on each of some starts: along the gradient in continuous
// dimensions, value by value in those that have values, in turn, until neither helps.
// values are the coordinates that there are in a dimension, nil for all from 0 to 1.
// The places it returns are sorted, the best first.
func (a *Acquisition) Maximise(starts, values [][]float64) [][]float64 {
	reached := make([]float64, len(starts))
	out := make([][]float64, len(starts))
	for i, x := range starts {
		out[i] = slices.Clone(x)
		reached[i] = a.climb(out[i], values)
	}
	order := make([]int, len(starts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case reached[i] > reached[j]:
			return -1
		case reached[i] < reached[j]:
			return 1
		}
		return 0
	})
	sorted := make([][]float64, len(out))
	for k, i := range order {
		sorted[k] = out[i]
	}
	return sorted
}

// rounds is how often a climb changes from the continuous dimensions to the others.
const rounds = 10

func (a *Acquisition) climb(x []float64, values [][]float64) float64 {
	low, high, wide := make([]float64, len(x)), make([]float64, len(x)), false
	for i := range x {
		low[i], high[i] = x[i], x[i]
		if values[i] == nil {
			low[i], high[i], wide = 0, 1, true
		}
	}
	value := a.Values([][]float64{x})[0]
	for range rounds {
		if wide {
			z := a.climbSmooth(slices.Clone(x), low, high, values)
			if v := a.Values([][]float64{z})[0]; v > value {
				copy(x, z)
				value = v
			}
		}
		moved := false
		for i, of := range values {
			if len(of) < 2 {
				continue
			}
			var tries [][]float64
			for _, u := range near(of, x[i], a.Process.data.Choice[i]) {
				z := slices.Clone(x)
				z[i] = u
				tries = append(tries, z)
			}
			for k, v := range a.Values(tries) {
				if v > value {
					x[i], value, moved = tries[k][i], v, true
				}
			}
		}
		if !moved {
			break
		}
		for i := range x {
			if values[i] != nil {
				low[i], high[i] = x[i], x[i]
			}
		}
	}
	return value
}

// climbSmooth moves x along the gradient. The coordinates are divided by the length
// scales, in which the function is equally steep in all of them.
func (a *Acquisition) climbSmooth(x, low, high []float64, values [][]float64) []float64 {
	scale := make([]float64, len(x))
	z, lowest, highest := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	for i, s := range a.Process.Scales {
		scale[i] = max(math.Sqrt(s), 1)
		z[i], lowest[i], highest[i] = x[i]*scale[i], low[i]*scale[i], high[i]*scale[i]
	}
	back := func(z []float64) {
		for i := range x {
			x[i] = min(max(z[i]/scale[i], low[i]), high[i])
		}
	}
	Minimise(func(z, gradient []float64) float64 {
		back(z)
		value := a.slope(x, gradient)
		for i := range gradient {
			gradient[i] = -gradient[i] / scale[i]
			if values[i] != nil {
				gradient[i] = 0
			}
		}
		return -value
	}, z, lowest, highest, 60, 1e-2)
	back(z)
	return x
}

// all is the number of values up to which each is tried.
const all = 16

// near are the values to try in a dimension instead of u: all, or where there are many
// those that lie a power of two away in their order.
func near(values []float64, u float64, choice bool) []float64 {
	at := slices.Index(values, u)
	var out []float64
	if choice || len(values) <= all || at < 0 {
		for i, v := range values {
			if i != at {
				out = append(out, v)
			}
		}
		return out
	}
	for step := 1; step < len(values); step *= 2 {
		if at-step >= 0 {
			out = append(out, values[at-step])
		}
		if at+step < len(values) {
			out = append(out, values[at+step])
		}
	}
	return out
}
