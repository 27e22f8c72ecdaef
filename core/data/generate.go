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
}

var generators = []generator{
	{"moons", "two half circles, one hooked into the other, two classes in the plane", moons},
	{"circles", "a circle within a circle, two classes in the plane", circles},
	{"xor", "four quarters of a square, opposite ones of one class, in the plane", xor},
	{"gaussians", "round clouds side by side, data.classes of them, in the plane", gaussians},
	{"spiral", "two arms winding round each other, two classes in the plane", spiral},
	{"checkerboard", "four by four squares, two classes in the plane", checkerboard},
	{"sine", "one wave of sin x, plus noise", sineWave},
	{"chebyshev", "the Chebyshev polynomial of data.degree at points evenly on [-1, 1], plus noise", chebyshev},
	{"modular", "(a + b) mod data.modulus for all a and b, each one-hot", modular},
	{"sparse", "one target, a hidden linear map of data.active of the inputs, plus noise", sparse},
	{"linear-teacher", "targets are a hidden linear map of the inputs, plus noise", linearTeacher},
}

// Generators are the names a recipe may use as data.set, with their help.
func Generators() []knob.Option {
	out := make([]knob.Option, len(generators))
	for i, g := range generators {
		out[i] = knob.Option{Name: g.name, Help: g.help}
	}
	return out
}

// Generate makes the table that s.Set names; ok is false if that is no generator.
func Generate(s Spec, seed uint64) (t *Table, ok bool) {
	for _, g := range generators {
		if g.name == s.Set {
			return g.make(s, rand.New(rand.NewPCG(seed, 0))), true
		}
	}
	return nil, false
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
