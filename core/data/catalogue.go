package data

import (
	"math/rand/v2"

	"descent/core/knob"
)

// generators is the catalogue of data generators.
var generators = []generator{
	moonsGenerator, circlesGenerator, xorGenerator, gaussiansGenerator, spiralGenerator, checkerboardGenerator,
	sineGenerator, chebyshevGenerator, modularGenerator, sparseGenerator, linearTeacherGenerator,
}

// Generators are the names a recipe may use as data.set, with their help.
func Generators() []knob.Option {
	out := make([]knob.Option, len(generators))
	for i, g := range generators {
		out[i] = knob.Option{Name: g.name, Help: g.help, Doc: g.doc}
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
