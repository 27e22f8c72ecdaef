package cma

import (
	"math"

	"descent/core/kernel"
)

// adaptation is the learning rate of the mean or of the covariance, which keeps the
// ratio of signal to noise of its changes constant: Nomura, Akimoto, Ono, CMA-ES with
// Learning Rate Adaptation, 2023, section 4. It begins as 1, and changes once the
// averages are over 1/β generations: before, the ratio is hardly more than chance, and
// a short search would be slowed by it.
type adaptation struct {
	eta    float64   // the rate, at most 1
	beta   float64   // decay of the averages
	change []float64 // moving average of changes, E
	square float64   // moving average of their squared lengths, V
	count  int       // changes taken into account
}

const (
	alpha = 1.4 // the ratio of signal to noise that is aimed for
	gamma = 0.1 // how fast the rate changes
)

func newAdaptation(beta float64, n int) adaptation {
	return adaptation{eta: 1, beta: beta, change: make([]float64, n)}
}

// next takes a change in local coordinates into account.
func (a adaptation) next(change []float64) adaptation {
	n := a
	n.change = make([]float64, len(change))
	for i, v := range change {
		n.change[i] = float64((1-a.beta)*a.change[i]) + float64(a.beta*v)
	}
	n.square = float64((1-a.beta)*a.square) + float64(a.beta*dot(change, change))
	n.count++
	// While the averages are young: their weights do not add up to 1 yet, and what of
	// their square is chance is more than β/(2 − β).
	left := kernel.Power(1-a.beta, n.count)
	total := 1 - left
	signal, square := dot(n.change, n.change)/float64(total*total), n.square/total
	chance := a.beta / (2 - a.beta) * (1 + left) / total
	ratio := (signal - float64(chance*square)) / (square - signal) // (16)
	if math.IsNaN(ratio) || float64(float64(n.count)*a.beta) < 1 {
		return n
	}
	turn := min(max(ratio/float64(alpha*a.eta)-1, -1), 1)
	n.eta = min(1, float64(a.eta*kernel.Exp(float64(min(float64(gamma*a.eta), a.beta)*turn)))) // (18)
	return n
}
