package probe

import (
	"context"

	"descent/core"
	"descent/core/data"

	"gonum.org/v1/gonum/blas/blas64"
)

// Confusion counts which classes are taken for which. It finds a ConfusionMatrix.
type Confusion struct{}

// ConfusionMatrix holds in Counts[truth][guess] how many rows of a class were
// given to which.
type ConfusionMatrix struct {
	Counts [][]int
	Rows   int
	Right  int
}

// Measure is asked only where each row has a class, or a target of two values.
func (Confusion) Measure(ctx context.Context, t *core.Trainer) any {
	classes := len(t.Data().Classes())
	m := ConfusionMatrix{Counts: make([][]int, classes)}
	for i := range m.Counts {
		m.Counts[i] = make([]int, classes)
	}
	eachBlock(ctx, t, Held(t), func(_ int, p data.Part, out blas64.General) {
		for r := range p.Rows() {
			truth, guess, _ := judged(t, p, out, r)
			m.Counts[truth][guess]++
			m.Rows++
			if guess == truth {
				m.Right++
			}
		}
	})
	return m
}
