package probe

import (
	"context"

	"descent/core"
	"descent/core/data"

	"gonum.org/v1/gonum/blas/blas64"
)

// Residuals sets what a network of numbers predicts beside what is true, for
// one of its outputs. It finds a Fit.
type Residuals struct{ Output int }

// Fit has the numbers row by row, and R2, the share of their variance that is
// explained: 1 − Σ(y − ŷ)² / Σ(y − ȳ)². True and Predicted are in units of the table,
// whether or not the targets are standardized.
type Fit struct {
	True, Predicted []float64
	R2              float64
}

// Measure uses the held rows.
func (m Residuals) Measure(ctx context.Context, t *core.Trainer) any {
	var f Fit
	eachBlock(ctx, t, Held(t), func(_ int, p data.Part, out blas64.General) {
		for r := range p.Rows() {
			f.True = append(f.True, row(p.Values, r)[m.Output])
			f.Predicted = append(f.Predicted, row(out, r)[m.Output])
		}
	})
	mean := 0.0
	for _, y := range f.True {
		mean += y / float64(len(f.True))
	}
	left, all := 0.0, 0.0
	for i, y := range f.True {
		left += float64((y - f.Predicted[i]) * (y - f.Predicted[i]))
		all += float64((y - mean) * (y - mean))
	}
	if all > 0 {
		f.R2 = 1 - left/all
	}
	for _, values := range [][]float64{f.True, f.Predicted} {
		for i, v := range values {
			values[i] = t.Data().RawTarget(m.Output, v)
		}
	}
	return f
}
