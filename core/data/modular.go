package data

import (
	"math/rand/v2"
	"strconv"

	"descent/core/knob"
)

var modularGenerator = generator{"modular", "modular addition: (a + b) mod data.modulus for all pairs, one-hot inputs", modular, knob.Doc{
	Formula: "class = (a + b) mod p for all a, b < p; inputs one-hot(a), one-hot(b)",
	Source:  "A. Power, Y. Burda, H. Edwards, I. Babuschkin, V. Misra, “Grokking: Generalization Beyond Overfitting on Small Algorithmic Datasets”, arXiv 2201.02177, 2022",
	PyTorch: knob.None,
	When:    "For grokking: with half of the rows held out and weight decay, validation accuracy rises long after training accuracy is 1.",
	Range:   "modulus 23 to 97, data.validation 0.5",
}}

// modular has a row for each pair a, b below the modulus p: a one-hot in the
// first p inputs, b in the next, and the class (a + b) mod p (Power et al. 2022,
// grokking).
func modular(s Spec, _ *rand.Rand) *Table {
	p := s.Modulus
	t := &Table{Rows: p * p, X: make([]float64, 2*p*p*p)}
	for _, letter := range []string{"a=", "b="} {
		for i := range p {
			t.Inputs = append(t.Inputs, letter+strconv.Itoa(i))
		}
	}
	classes := make([]float64, t.Rows)
	for a := range p {
		for b := range p {
			r := a*p + b
			t.X[r*2*p+a] = 1
			t.X[r*2*p+p+b] = 1
			classes[r] = float64((a + b) % p)
		}
	}
	t.Targets = []Column{numeric("sum", classes)}
	return t
}
