package optim_test

import (
	"math"
	"testing"

	"descent/core/knob"
	"descent/core/optim"
)

// The equal average is the mean of the weights after the steps that are due, as
// torch.optim.swa_utils.AveragedModel keeps it, and goes on from a saved state.
func TestTheEqualAverageIsTheMeanOfWhatIsDue(t *testing.T) {
	layout := knob.Layout{{Name: "w", Shape: []int{2}}}
	a := &optim.Average{Decay: 0.9, Start: 3, Every: 2}
	a.Init(layout)
	params := []float64{1, -2}
	var due [][]float64
	for step := 1; step <= 9; step++ {
		update := []float64{0.1 * float64(step), -0.05 * float64(step*step)}
		a.Apply(update, params, optim.At{Step: step})
		for i := range params {
			params[i] -= update[i]
		}
		if step >= 3 && (step-3)%2 == 0 {
			due = append(due, []float64{params[0], params[1]})
		}
		if step == 6 { // saved and restored in the middle
			state := a.State()
			a = &optim.Average{Decay: 0.9, Start: 3, Every: 2}
			a.Init(layout)
			a.Restore(state)
		}
	}
	for i := range params {
		mean := 0.0
		for _, w := range due {
			mean += w[i] / float64(len(due))
		}
		if got := a.EvalParams(params)[i]; math.Abs(got-mean) > 1e-12 {
			t.Errorf("weight %d is averaged to %v, want %v", i, got, mean)
		}
	}
	a.Start = 0
	a.Apply([]float64{0, 0}, params, optim.At{Step: 10})
	if got := a.EvalParams(params)[0]; got != params[0] {
		t.Errorf("switched off it evaluates %v, want the exponential average begun anew at %v", got, params[0])
	}
}
