package population

import (
	"maps"
	"math"
	"math/rand/v2"

	"descent/core/knob"
	"descent/core/search"
)

// The factors by which a number is multiplied, of which each is taken with the same
// probability (section 4.1.1), and the probability with which a choice is drawn anew.
const (
	Down     = 0.8
	Up       = 1.2
	Redrawn  = 0.25
	leastOne = 0.01 // of the range: the least by which a number on a linear scale moves, so that 0 can be left
)

// Perturb explores around a point: each number is multiplied by 0.8 or 1.2 and kept
// within its axis, where 1 − x is multiplied on the scale of decay rates; a number on a
// linear scale moves by a hundredth of the range at least, and one with steps by a step.
// A choice is drawn anew with a probability of 0.25. An axis that the point has no
// value for gets a random one. What is not an axis is kept; axes that have ceased to
// exist are left out.
func Perturb(s search.Space, p search.Point, rng *rand.Rand) search.Point {
	return each(s, p, func(a search.Axis) knob.Value {
		u, up, redrawn := rng.Float64(), rng.IntN(2) == 1, rng.Float64() < Redrawn
		v, ok := p[a.Path]
		switch {
		case !ok || a.Kind == search.Choice && (redrawn || !a.Contains(v)):
			return a.At(u)
		case a.Kind == search.Choice:
			return v
		}
		return scaled(a, v.Num(), up)
	})
}

// Resample draws all axes anew, and keeps what else a point says.
func Resample(s search.Space, p search.Point, rng *rand.Rand) search.Point {
	return each(s, p, func(a search.Axis) knob.Value { return a.At(rng.Float64()) })
}

// each is a point with a value for each axis that exists there. value is asked for
// every axis, so that what it draws does not depend on which of them exist.
func each(s search.Space, p search.Point, value func(search.Axis) knob.Value) search.Point {
	out := search.Point{}
	maps.Copy(out, p)
	for _, a := range s.Axes {
		delete(out, a.Path)
		if v := value(a); a.Condition.Holds(out) {
			out[a.Path] = v
		}
	}
	return out
}

// scaled is a number multiplied by a factor and kept on an axis.
func scaled(a search.Axis, x float64, up bool) knob.Value {
	x = min(max(x, a.Low), a.High)
	factor, way := Down, -1.0
	if up {
		factor, way = Up, 1.0
	}
	var y float64
	switch {
	case a.Complement:
		y = 1 - float64(factor*(1-x))
		way = -way
	case a.Log:
		y = factor * x
	default:
		y = x + float64(way*max(float64((Up-1)*math.Abs(x)), float64(leastOne*(a.High-a.Low))))
	}
	v := on(a, y)
	if step := stepOf(a); step > 0 && v.Num() == on(a, x).Num() {
		v = on(a, x+float64(way*step))
	}
	return v
}

// on is the value of an axis nearest to a number.
func on(a search.Axis, x float64) knob.Value {
	return a.FromInner(a.ToInner(min(max(x, a.Low), a.High)))
}

func stepOf(a search.Axis) float64 {
	if a.Kind == search.Int && a.Step == 0 {
		return 1
	}
	return a.Step
}
