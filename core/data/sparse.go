package data

import (
	"math"
	"math/rand/v2"

	"descent/core/knob"
)

var sparseGenerator = generator{"sparse", "sparse linear regression: only data.active inputs have a weight", sparse, knob.Doc{
	Formula: "y = w·x + N(0, noise²), x ~ N(0, I), w of k entries ±1/√k at random places, else 0",
	Source:  "R. Tibshirani, “Regression Shrinkage and Selection via the Lasso”, Journal of the Royal Statistical Society B 58(1), 1996",
	PyTorch: "sklearn.datasets.make_regression(n_informative=k)",
	When:    "To see what pruning finds: the weights that count are known.",
	Range:   "100 inputs, 3 to 10 active",
}}

// sparse is one target, a hidden linear map of the inputs in which all but a
// few weights are 0; the others are ±1/√active, at places drawn by the seed.
func sparse(s Spec, rng *rand.Rand) *Table {
	w := make([]float64, s.Inputs)
	active := min(s.Active, s.Inputs)
	for _, i := range rng.Perm(s.Inputs)[:active] {
		w[i] = 1 / math.Sqrt(float64(active))
		if rng.Uint64()&1 == 0 {
			w[i] = -w[i]
		}
	}
	return linear(s, rng, w)
}
