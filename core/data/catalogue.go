package data

import (
	"math/rand/v2"

	"descent/core/knob"
)

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
