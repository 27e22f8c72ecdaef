package curvature

import (
	"context"
	"math"

	"descent/core"
	"descent/core/optim"
)

// Sharpness is the largest eigenvalue λmax of the Hessian of the training loss, and
// for adaptive optimizers of the preconditioned Hessian P^(−1/2) H P^(−1/2), beside
// the optimizer's limit of stability. It finds Sharp.
// Cohen et al., “Gradient Descent on Neural Networks Typically Occurs at the Edge of
// Stability”, ICLR 2021; “Adaptive Gradient Methods at the Edge of Stability”, 2022.
type Sharpness struct{}

// Sharp is what Sharpness found. The loss is that of training without dropout,
// augmentation, penalties and rounding, over the first Rows of Of training rows.
type Sharp struct {
	Rows, Of       int
	Loss, Gradient float64         // L and ‖∇L‖ over these rows
	Hessian        Eigen           // of H
	Preconditioned Eigen           // of P^(−1/2) H P^(−1/2); without products while Limit is not adaptive
	Limit          optim.Stability // of the coming step, without its Scale
}

// Counts is the eigenvalue that the limit is of.
func (s Sharp) Counts() Eigen {
	if s.Limit.Adaptive {
		return s.Preconditioned
	}
	return s.Hessian
}

// Share is the eigenvalue as a share of the limit: below 1 is stable; NaN where there
// is no limit.
func (s Sharp) Share() float64 {
	if s.Limit.None != "" || s.Limit.Limit == 0 {
		return math.NaN()
	}
	return s.Counts().Value / s.Limit.Limit
}

// Regime is where training stands to the limit.
type Regime int

// The regimes. At the edge of stability λmax hovers just above the limit (Cohen et al.
// 2021, figure 1).
const (
	Unknown Regime = iota // there is no limit, or nothing finite
	Stable                // below 0.9 of the limit
	Edge                  // from there to 1.25 of it
	Beyond                // above
)

// Regime tells which one it is.
func (s Sharp) Regime() Regime {
	switch share := s.Share(); {
	case math.IsNaN(share):
		return Unknown
	case share < 0.9:
		return Stable
	case share <= 1.25:
		return Edge
	}
	return Beyond
}

// Measure leaves the copy as it is.
func (m Sharpness) Measure(ctx context.Context, t *core.Trainer) any {
	return m.Follow(ctx, t, func(any) {})
}

// Recorded tells that earlier findings are of interest.
func (Sharpness) Recorded() bool { return true }

// Follow is Measure, and tells of each product with the Hessian.
func (m Sharpness) Follow(ctx context.Context, t *core.Trainer, tell func(any)) any {
	p := rows(t)
	out := Sharp{Rows: p.Rows(), Limit: t.Stability()}
	if d := t.Data(); d != nil {
		out.Of = d.Train.Rows()
	}
	n := len(t.Params())
	grad := make([]float64, n)
	out.Loss = t.GradientAt(t.Params(), grad, p)
	out.Gradient = norm(grad)
	roots, open := make([]float64, n), make([]float64, n)
	for i := range roots {
		roots[i], open[i] = 1, 1
		if s := out.Limit.Scale; s != nil {
			roots[i] = math.Sqrt(s[i])
			if s[i] == 0 {
				open[i] = 0
			}
		}
	}
	scaled := out.Limit.Scale
	out.Limit.Scale = nil
	if out.Limit.Adaptive || out.Limit.None == "" && partial(scaled) {
		h := newHessian(t, p, roots)
		out.Preconditioned = largest(ctx, n, open, h.apply, func(e Eigen) { out.Preconditioned = e; tell(out) })
		out.Limit.Adaptive = true
	}
	h := newHessian(t, p, open)
	out.Hessian = largest(ctx, n, open, h.apply, func(e Eigen) { out.Hessian = e; tell(out) })
	return out
}

// partial tells whether some parameters have a share of the learning rate that is
// neither all nor nothing: the limit is then of the Hessian that is scaled by it.
func partial(scale []float64) bool {
	for _, s := range scale {
		if s != 0 && s != 1 {
			return true
		}
	}
	return false
}
