package search

import (
	"math/rand/v2"
	"strconv"

	"descent/core/kernel"
	"descent/core/knob"
)

var haltonDoc = knob.Doc{
	Formula: "u_j = Σ_k π_jk(a_k) b^(−k−1), n = Σ_k a_k b^k\n" +
		"b the j-th prime, n the number of the trial, π_jk permutations of the digits drawn from the seed",
	Source: "Owen, A Randomized Halton Algorithm in R, arXiv 1706.02808, 2017; " +
		"Bousquet et al., Critical Hyper-Parameters: No Random, No Cry, arXiv 1706.03200, 2017",
	PyTorch: "torch.quasirandom.SobolEngine, another sequence of low discrepancy",
	When: "In place of random search: it covers the space more evenly, each axis and pairs of axes alike, " +
		"and any number of workers can go on with it.",
	Range: "up to about 20 axes",
}

// halton proposes the points of a scrambled Halton sequence, of which the number of the
// trial is the index.
type halton struct{}

func (halton) Ask(q Question) (Proposal, error) {
	u := make([]float64, len(q.Space.Axes))
	base := 1
	for j := range u {
		base = primeAfter(base)
		u[j] = radical(uint64(q.Number), base, kernel.Mix(q.Seed, "halton "+strconv.Itoa(j)))
	}
	return Proposal{Point: q.Space.At(u)}, nil
}

// radical is the scrambled radical inverse of n: its digits, permuted, behind the point.
// All digits up to the precision of a float64 are permuted, zeros too.
func radical(n uint64, base int, seed uint64) float64 {
	u := 0.0
	for k, place := uint64(0), 1/float64(base); place > 0x1p-53; k, place = k+1, place/float64(base) {
		digits := rand.New(rand.NewPCG(seed, k)).Perm(base)
		u += float64(float64(digits[n%uint64(base)]) * place)
		n /= uint64(base)
	}
	return min(u, 1)
}

// primeAfter is the first prime after n.
func primeAfter(n int) int {
	for n++; ; n++ {
		prime := n > 1
		for d := 2; d*d <= n; d++ {
			prime = prime && n%d != 0
		}
		if prime {
			return n
		}
	}
}
