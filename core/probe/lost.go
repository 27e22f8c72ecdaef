package probe

import (
	"context"

	"descent/core"
)

// Evaluation is how good the held rows are answered: their loss and, where answers
// are right or wrong, the share that is right.
type Evaluation struct{ Loss, Accuracy float64 }

// CompressionLoss asks what compression costs: it measures the held rows under the weights
// as they are evaluated, and under the same without masks and rounding, of weights
// and of the inputs of layers. It finds a Comparison.
type CompressionLoss struct{}

// Comparison is Now beside Dense.
type Comparison struct {
	Now, Dense  Evaluation
	HasAccuracy bool
}

// Measure leaves the copy as it is.
func (CompressionLoss) Measure(_ context.Context, t *core.Trainer) any {
	c := Comparison{HasAccuracy: t.HasAccuracy()}
	p := Held(t)
	c.Now.Loss, c.Now.Accuracy = t.Measure(p)
	c.Dense.Loss, c.Dense.Accuracy = t.MeasureDense(p)
	return c
}
