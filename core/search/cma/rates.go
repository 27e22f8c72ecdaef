package cma

import (
	"math"

	"descent/core/kernel"
)

// rates are the constants of a generation of lambda members in d dimensions: Hansen,
// The CMA Evolution Strategy: A Tutorial, 2016, table 1; the numbers of equations are
// its.
type rates struct {
	weights                    []float64 // of the members, the best first; the worse half is below 0
	mu                         int       // members with a positive weight
	effective                  float64   // μ_eff
	forRankOne, forRankMu      float64   // c₁ and c_μ
	forPath, forSigma, damping float64   // c_c, c_σ and d_σ
	length                     float64   // E|N(0, I)|
	sum                        float64   // of the weights
}

func newRates(d, lambda int) rates {
	n := float64(d)
	r := rates{weights: make([]float64, lambda), mu: lambda / 2}
	var sum, squares, worseSum, worseSquares, positive, negative float64
	for i := range r.weights {
		w := kernel.Log(float64(lambda+1)/2) - kernel.Log(float64(i+1)) // (49)
		r.weights[i] = w
		if i < r.mu {
			sum, squares = sum+w, math.FMA(w, w, squares)
		} else {
			worseSum, worseSquares = worseSum+w, math.FMA(w, w, worseSquares)
		}
		if w > 0 {
			positive += w
		} else {
			negative -= w
		}
	}
	r.effective = float64(sum*sum) / squares
	worse := 0.0
	if worseSquares > 0 {
		worse = float64(worseSum*worseSum) / worseSquares
	}
	m := r.effective
	r.forRankOne = 2 / (float64((n+1.3)*(n+1.3)) + m)                            // (57)
	r.forRankMu = min(1-r.forRankOne-1e-8, 2*(m-2+1/m)/(float64((n+2)*(n+2))+m)) // (58), 2·μ_eff/2
	r.forSigma = (m + 2) / (n + m + 5)                                           // (55)
	r.damping = 1 + 2*max(0, math.Sqrt((m-1)/(n+1))-1) + r.forSigma
	r.forPath = (4 + m/n) / (n + 4 + 2*m/n) // (56)
	r.length = float64(math.Sqrt(n) * (1 - 1/(4*n) + 1/(21*float64(n*n))))
	least := 1 + 2*worse/(m+2) // (51)
	if r.forRankMu > 0 {
		least = min(least, 1+r.forRankOne/r.forRankMu, (1-r.forRankOne-r.forRankMu)/float64(n*r.forRankMu)) // (50), (52)
	}
	for i, w := range r.weights { // (53)
		switch {
		case w >= 0:
			r.weights[i] = w / positive
		case negative > 0:
			r.weights[i] = float64(least*w) / negative
		}
		r.sum += r.weights[i]
	}
	return r
}

// Size is the default number of members of a generation in d dimensions (48).
func Size(d int) int { return 4 + int(3*kernel.Log(float64(d))) }
