package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

// generator makes a table from nothing but the spec and a source.
type generator struct {
	name, help string
	make       func(s Spec, rng *rand.Rand) *Table
	doc        knob.Doc
}

// noisy is v plus the noise that the spec asks for.
func noisy(v float64, s Spec, rng *rand.Rand) float64 {
	return v + float64(s.Noise*kernel.Normal(rng))
}

// sine is the sine of a moderate angle.
func sine(x float64) float64 { return kernel.Cos(x - math.Pi/2) }

// rounds makes a table of points in the plane; the class of each row is given
// to at, and goes round from row to row.
func rounds(s Spec, rng *rand.Rand, classes int, at func(class int) (x, y float64)) *Table {
	next := 0
	return plane(s, rng, func() (x, y float64, class int) {
		class = next % classes
		next++
		x, y = at(class)
		return x, y, class
	})
}

// plane makes a table of points in the plane with a class each; the noise
// moves a point and leaves its class.
func plane(s Spec, rng *rand.Rand, at func() (x, y float64, class int)) *Table {
	t := &Table{Inputs: []string{"x", "y"}, Rows: s.Samples}
	classes := make([]float64, s.Samples)
	for r := range s.Samples {
		x, y, class := at()
		x = noisy(x, s, rng)
		t.X = append(t.X, x, noisy(y, s, rng))
		classes[r] = float64(class)
	}
	t.Targets = []Column{numeric("class", classes)}
	return t
}

// curve makes a table of one input and one target, the noise on the target.
func curve(s Spec, rng *rand.Rand, at func(row int) (x, y float64)) *Table {
	t := &Table{Inputs: []string{"x"}, Rows: s.Samples, X: make([]float64, s.Samples)}
	targets := make([]float64, s.Samples)
	for r := range targets {
		var y float64
		t.X[r], y = at(r)
		targets[r] = noisy(y, s, rng)
	}
	t.Targets = []Column{numeric("y", targets)}
	return t
}
