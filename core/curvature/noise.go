package curvature

import (
	"context"
	"math"
	"math/rand/v2"

	"descent/core"
)

// GradientNoise is the gradient noise scale: B_simple = tr Σ / |G|², Σ the covariance of the
// gradients of single training rows and G their mean. Far below it a batch twice as large halves the steps
// needed, far above it saves almost none. It finds Noise; it is not asked for a
// surface.
// McCandlish, Kaplan, Amodei et al., “An Empirical Model of Large-Batch Training”,
// arXiv 1812.06162, 2018, equation 2.9 and appendix A.1.
type GradientNoise struct{}

// Noise is what GradientNoise found. The estimates are unbiased, and so may be
// negative where the mean is lost in the noise.
type Noise struct {
	Rows, Batches int     // so many batches of equal size were taken of the rows
	Batch         int     // rows in each
	Square        float64 // |G|²
	Trace         float64 // tr Σ
}

// mostBatches is how many gradients are taken.
const mostBatches = 64

// Scale is B_simple in rows: +Inf where no gradient stands out of the noise.
func (n Noise) Scale() float64 {
	switch {
	case math.IsNaN(n.Square) || math.IsNaN(n.Trace) || n.Batches < 2:
		return math.NaN()
	case n.Trace <= 0:
		return 0
	case n.Square <= 0:
		return math.Inf(1)
	}
	return n.Trace / n.Square
}

// Recorded tells that earlier findings are of interest.
func (GradientNoise) Recorded() bool { return true }

// Measure leaves the copy as it is.
func (m GradientNoise) Measure(ctx context.Context, t *core.Trainer) any {
	return m.Follow(ctx, t, func(any) {})
}

// Follow is Measure: it tells nothing before the end.
func (m GradientNoise) Follow(ctx context.Context, t *core.Trainer, _ func(any)) any {
	p := rows(t)
	var out Noise
	out.Batch = max(p.Rows()/mostBatches, 1)
	out.Batches = p.Rows() / out.Batch
	out.Rows = out.Batches * out.Batch
	order := rand.New(rand.NewPCG(2, uint64(p.Rows()))).Perm(p.Rows())
	n := len(t.Params())
	grad, mean := make([]float64, n), make([]float64, n)
	small := 0.0 // the mean of |g|² of the batches
	for i := range out.Batches {
		if ctx.Err() != nil {
			return out
		}
		t.GradientAt(t.Params(), grad, pick(p, order[i*out.Batch:(i+1)*out.Batch]))
		small += dot(grad, grad) / float64(out.Batches)
		addScaled(mean, 1/float64(out.Batches), grad)
	}
	large := dot(mean, mean)
	if out.Batches < 2 {
		out.Square, out.Trace = large, math.NaN()
		return out
	}
	out.Square, out.Trace = unbiased(small, large, float64(out.Batch), float64(out.Rows))
	return out
}

// unbiased estimates |G|² and tr Σ from the mean |g|² of batches of two sizes:
// equations A.2 and A.3.
func unbiased(small, large, b, big float64) (square, trace float64) {
	return (float64(big*large) - float64(b*small)) / (big - b), (small - large) / (1/b - 1/big)
}
