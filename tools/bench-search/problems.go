package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"descent/core/knob"
	"descent/core/search"
)

// problem is a function to be minimised over a space.
type problem struct {
	name  string
	space search.Space
	value func(search.Point) float64
	least float64 // the minimum
}

// box is a space of d numbers x0, x1, …
func box(d int, low, high float64) search.Space {
	var s search.Space
	for i := range d {
		s.Axes = append(s.Axes, search.Axis{Path: "x" + strconv.Itoa(i), Kind: search.Float, Low: low, High: high})
	}
	return s
}

func numbers(f func(x []float64) float64) func(search.Point) float64 {
	return func(p search.Point) float64 {
		x := make([]float64, len(p))
		for i := range x {
			x[i] = p["x"+strconv.Itoa(i)].Num()
		}
		return f(x)
	}
}

// functions are the usual ones of Surjanovic and Bingham's library. The range of Ackley
// is [−15, 30], so that its minimum is not in the middle, where some samplers begin.
func functions() []problem {
	branin := box(2, 0, 15)
	branin.Axes[0].Low, branin.Axes[0].High = -5, 10
	return []problem{
		{"Branin", branin, numbers(func(x []float64) float64 {
			z := x[1] - 5.1/(4*math.Pi*math.Pi)*x[0]*x[0] + 5/math.Pi*x[0] - 6
			return z*z + 10*(1-1/(8*math.Pi))*math.Cos(x[0]) + 10
		}), 0.39788735772973816},
		{"Hartmann-6", box(6, 0, 1), numbers(hartmann), -3.322368011415511},
		{"Rosenbrock-5", box(5, -5, 10), numbers(func(x []float64) (sum float64) {
			for i := range len(x) - 1 {
				a, b := x[i+1]-x[i]*x[i], x[i]-1
				sum += 100*a*a + b*b
			}
			return sum
		}), 0},
		{"Ackley-10", box(10, -15, 30), numbers(func(x []float64) float64 {
			squares, cosines := 0.0, 0.0
			for _, v := range x {
				squares += v * v / float64(len(x))
				cosines += math.Cos(2*math.Pi*v) / float64(len(x))
			}
			return 20 + math.E - 20*math.Exp(-0.2*math.Sqrt(squares)) - math.Exp(cosines)
		}), 0},
	}
}

func hartmann(x []float64) (sum float64) {
	alpha := []float64{1, 1.2, 3, 3.2}
	a := [][]float64{{10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}}
	p := [][]float64{
		{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
		{0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
		{0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
		{0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381},
	}
	for i := range alpha {
		inner := 0.0
		for j, v := range x {
			inner += a[i][j] * (v - p[i][j]) * (v - p[i][j])
		}
		sum -= alpha[i] * math.Exp(-inner)
	}
	return sum
}

// value is a value of a point as it was proposed by another program.
func value(a search.Axis, raw json.RawMessage) (knob.Value, error) {
	var v knob.Value
	if a.Kind == search.Choice { // by its index, so that types do not matter
		var i int
		if err := json.Unmarshal(raw, &i); err != nil || i < 0 || i >= len(a.Choices) {
			return v, fmt.Errorf("%s is no choice of %s", raw, a.Path)
		}
		return a.Choices[i], nil
	}
	err := json.Unmarshal(raw, &v)
	return v, err
}
