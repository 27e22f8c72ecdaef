package probe

import (
	"context"

	"descent/core"
	"descent/core/data"
	"descent/core/loss"
	"descent/core/metric"

	"gonum.org/v1/gonum/blas/blas64"
)

// Calibration asks whether the network is right as often as it says: rows are
// sorted by the probability of the class they are given to into Bins equal bins.
// It finds a Reliability.
// Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017.
type Calibration struct{ Bins int }

// Reliability has for each bin how many rows fell into it, the mean
// probability given and the share that was right. Error is the expected
// calibration error, Σ |said − right| weighted by rows (Guo et al., eq. 3).
type Reliability struct {
	Bins  []ReliabilityBin
	Error float64
}

// ReliabilityBin is one bin; Said and Right are 0 in an empty one.
type ReliabilityBin struct {
	Rows        int
	Said, Right float64
}

// Measure is asked only where each row has a class and outputs are scores, or where a
// target has two values.
func (c Calibration) Measure(ctx context.Context, t *core.Trainer) any {
	bins := make(metric.Reliability, c.Bins)
	eachBlock(ctx, t, Held(t), func(_ int, p data.Part, out blas64.General) {
		if t.Data().ByClass {
			loss.Softmax(out)
		}
		for i := range p.Rows() {
			truth, guess, said := judged(t, p, out, i)
			bins.Add(said, guess == truth, 1)
		}
	})
	r := Reliability{Error: bins.End()}
	for _, b := range bins {
		r.Bins = append(r.Bins, ReliabilityBin{Rows: b.Rows, Said: b.Said, Right: b.Right})
	}
	return r
}
