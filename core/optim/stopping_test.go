package optim_test

import (
	"math"
	"testing"

	"descent/core/optim"
)

// The rule of EarlyStopping in Keras and Lightning: patience evaluations in a row
// without an improvement by more than delta.
func TestEarlyStoppingCountsEvaluationsWithoutImprovement(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values   []float64
		patience int
		delta    float64
		monitor  string
		stop     int // the evaluation, from 1; 0 for never
		best     int
	}{
		{[]float64{3, 2, 1, 1.5, 1.2, 1.1, 0}, 3, 0, "val_loss", 6, 3},
		{[]float64{3, 2, 1, 1.5, 1.2, 0.9, 1, 1}, 3, 0, "val_loss", 0, 6},
		{[]float64{1, 0.95, 0.9, 0.85, 0.8, 0.75}, 3, 0.12, "val_loss", 0, 6}, // the fourth improves on the first
		{[]float64{1, 0.99, 0.98, 0.97}, 2, 0.1, "val_loss", 3, 3},
		{[]float64{0.5, 0.7, 0.6, 0.7}, 2, 0, "val_accuracy", 4, 2},
		{[]float64{nan, nan, 5, nan, nan}, 2, 0, "val_loss", 2, 0},
		{[]float64{5, nan, nan}, 2, 0, "val_loss", 3, 1},
		{[]float64{5, 5, 5, 5}, 1, 0, "val_loss", 2, 1},
	} {
		s := optim.NewStopping()
		s.Patience, s.Delta, s.Monitor = c.patience, c.delta, c.monitor
		var m optim.StoppingMemory
		stopped := 0
		for i, v := range c.values {
			if _, stop := s.Observe(&m, i+1, v); stop {
				stopped = i + 1
				break
			}
		}
		if stopped != c.stop || m.Step != c.best {
			t.Errorf("%v, patience %d, delta %v: it stops at %d, best %d; want %d, %d", c.values, c.patience, c.delta, stopped, m.Step, c.stop, c.best)
		}
	}
}
