package core_test

import (
	"slices"
	"strings"
	"testing"

	"descent/core/knob"
)

// From train.swa_start on the mean of the weights after each step is what is
// evaluated, whichever way one came to it; training goes on as without it.
func TestTheEqualAverageIsEvaluated(t *testing.T) {
	plain, averaged := trainer(t, classesTOML), trainer(t, classesTOML, "train.swa_start=5", "train.swa_every=2")
	var mean []float64
	count := 0.0
	for step := 1; step <= 12; step++ {
		plain.Step()
		averaged.Step()
		if step == 8 { // from a snapshot
			at := averaged.Snapshot()
			averaged.Step()
			averaged.Restore(at)
		}
		if step >= 5 && (step-5)%2 == 0 {
			if mean == nil {
				mean = make([]float64, len(plain.Params()))
			}
			count++
			for i, w := range plain.Params() {
				mean[i] += (w - mean[i]) / count
			}
		}
	}
	if !slices.Equal(plain.Params(), averaged.Params()) {
		t.Error("training is another under the average")
	}
	if !slices.Equal(averaged.Weights(), mean) {
		t.Errorf("evaluated are %v, want %v", averaged.Weights()[:3], mean[:3])
	}
}

func TestTheEqualAverageIsRefusedUnderBatchNorms(t *testing.T) {
	tr := trainer(t, strings.Replace(classesTOML, "layers = [2, 7, 5, 2]\nactivation = \"tanh\"", "stack = [\"dense 4\", \"batch-norm\", \"relu\", \"dense 2\"]", 1))
	err := tr.Set("train.swa_start", knob.Num(3))
	if err == nil || !strings.Contains(err.Error(), "layer 1 (batch-norm)") {
		t.Errorf("it says %v", err)
	}
}
