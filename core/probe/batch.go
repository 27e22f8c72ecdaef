package probe

import (
	"context"
	"slices"

	"descent/core"
	"descent/core/data"

	"gonum.org/v1/gonum/blas/blas64"
)

// Batch asks for rows of the coming step's batch as they are and as augmentation
// makes them, Count of them from First on; where the batch has fewer, the last
// ones that Count goes into. It finds a objective.Batch of its own.
type Batch struct{ First, Count int }

// Measure is not asked for a surface.
func (m Batch) Measure(_ context.Context, t *core.Trainer) any {
	first, count := max(m.First, 0), max(m.Count, 0)
	b := t.Preview(first, count)
	if b.Before.Rows() == 0 && count > 0 && b.Of > 0 {
		b = t.Preview((b.Of-1)/count*count, count)
	}
	b.Before, b.After, b.Partner = clone(b.Before), clone(b.After), clone(b.Partner)
	return b
}

// clone are the same rows in memory of their own.
func clone(p data.Part) data.Part {
	own := func(m blas64.General) blas64.General {
		m.Data = slices.Clone(m.Data)
		return m
	}
	return data.Part{X: own(p.X), Values: own(p.Values), Classes: slices.Clone(p.Classes), Weights: slices.Clone(p.Weights)}
}
