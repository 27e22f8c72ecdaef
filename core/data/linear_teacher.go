package data

import (
	"math"
	"math/rand/v2"

	"descent/core/kernel"
	"descent/core/knob"
)

var linearTeacherGenerator = generator{"linear-teacher", "linear regression: a random linear map of the inputs, plus noise", linearTeacher, knob.Doc{
	Formula: "y = x Wᵀ/√d + N(0, noise²), x, W ~ N(0, 1)",
	Source:  "A. M. Saxe, J. L. McClelland, S. Ganguli, “Exact solutions to the nonlinear dynamics of learning in deep linear neural networks”, ICLR 2014",
	PyTorch: "sklearn.datasets.make_regression",
	When:    "A convex problem with a known solution, to check optimizers on; with several identity layers, the dynamics of deep linear networks.",
	Range:   "10 inputs, noise 0 to 0.1",
}}

// linearTeacher draws W, inputs and noise from normal distributions and sets
// y = x Wᵀ / √inputs + noise, so that each output has deviation near 1.
func linearTeacher(s Spec, rng *rand.Rand) *Table {
	w := make([]float64, s.Outputs*s.Inputs)
	for i := range w {
		w[i] = kernel.Normal(rng) / math.Sqrt(float64(s.Inputs))
	}
	t := linear(s, rng, w)
	for j, name := range numbered("y", s.Outputs) {
		t.Targets[j].Name = name
	}
	return t
}

// linear draws inputs from a normal distribution; a target for each row of
// weights is their product, plus noise.
func linear(s Spec, rng *rand.Rand, weights []float64) *Table {
	t := &Table{Rows: s.Samples, Inputs: numbered("x", s.Inputs), X: make([]float64, s.Samples*s.Inputs)}
	for range len(weights) / s.Inputs {
		t.Targets = append(t.Targets, numeric("y", make([]float64, s.Samples)))
	}
	for r := range s.Samples {
		x := t.X[r*s.Inputs : (r+1)*s.Inputs]
		for i := range x {
			x[i] = kernel.Normal(rng)
		}
		for j := range t.Targets {
			sum := 0.0
			for i, v := range x {
				sum += float64(v * weights[j*s.Inputs+i])
			}
			t.Targets[j].Numbers[r] = noisy(sum, s, rng)
		}
	}
	return t
}
