package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"descent/core/knob"
)

// generator makes a table from nothing but the spec and a source.
type generator struct {
	name, help string
	make       func(s Spec, rng *rand.Rand) *Table
}

var generators = []generator{
	{"spiral", "two arms winding round each other, two classes in the plane", spiral},
	{"moons", "two half circles, one hooked into the other, two classes in the plane", moons},
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

// plane makes a table of points in the plane with a class each; the classes
// alternate row by row.
func plane(s Spec, rng *rand.Rand, at func(class int, along float64) (x, y float64)) *Table {
	t := &Table{Inputs: []string{"x", "y"}, Rows: s.Samples}
	classes := make([]float64, s.Samples)
	for r := range s.Samples {
		class := r % 2
		x, y := at(class, rng.Float64())
		t.X = append(t.X, x+s.Noise*rng.NormFloat64(), y+s.Noise*rng.NormFloat64())
		classes[r] = float64(class)
	}
	t.Targets = []Column{numeric("class", classes)}
	return t
}

// spiral has two arms of one and a half turns within the unit circle.
func spiral(s Spec, rng *rand.Rand) *Table {
	return plane(s, rng, func(class int, along float64) (float64, float64) {
		radius := math.Sqrt(along)
		sin, cos := math.Sincos(3*math.Pi*radius + math.Pi*float64(class))
		return radius * cos, radius * sin
	})
}

// moons has an upper half circle round the origin and a lower one round (1, ½).
func moons(s Spec, rng *rand.Rand) *Table {
	return plane(s, rng, func(class int, along float64) (float64, float64) {
		sin, cos := math.Sincos(math.Pi * along)
		if class == 0 {
			return cos, sin
		}
		return 1 - cos, 0.5 - sin
	})
}

// linearTeacher draws W, inputs and noise from normal distributions and sets
// y = x Wᵀ / √inputs + noise, so that each output has deviation near 1.
func linearTeacher(s Spec, rng *rand.Rand) *Table {
	w := make([]float64, s.Outputs*s.Inputs)
	for i := range w {
		w[i] = rng.NormFloat64() / math.Sqrt(float64(s.Inputs))
	}
	t := &Table{Rows: s.Samples, X: make([]float64, s.Samples*s.Inputs)}
	for j := range s.Inputs {
		t.Inputs = append(t.Inputs, "x"+strconv.Itoa(j))
	}
	for j := range s.Outputs {
		t.Targets = append(t.Targets, numeric(fmt.Sprintf("y%d", j), make([]float64, s.Samples)))
	}
	for r := range s.Samples {
		x := t.X[r*s.Inputs : (r+1)*s.Inputs]
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		for j := range s.Outputs {
			sum := 0.0
			for i, v := range x {
				sum += v * w[j*s.Inputs+i]
			}
			t.Targets[j].Numbers[r] = sum + s.Noise*rng.NormFloat64()
		}
	}
	return t
}
