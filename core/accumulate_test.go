package core_test

import (
	"math"
	"testing"

	"descent/core/knob"
)

const accumulateTOML = `
[data]
file = "classes.csv"
[model]
layers = [3, 8, 3]
activation = "tanh"
[loss]
name = "cross-entropy"
[optimizer]
name = "adam"
lr = 0.01
[train]
shuffle = false
`

// Batches of other sizes that count by their rows, or by the weights of their
// classes, make the step of one batch of them all.
func TestBatchesThatCountByTheirRowsAreOne(t *testing.T) {
	for _, knobs := range [][]string{
		nil, {"loss.weights=[1, 4, 0.25]"}, {"loss.name=focal"}, {"loss.name=mse"}, {"loss.weights=[1, 2, 0.5]", "loss.label_smoothing=0.1"},
	} {
		whole, rows, batches := recipeOf(t, accumulateTOML), recipeOf(t, accumulateTOML), recipeOf(t, accumulateTOML)
		turn(t, whole, append([]string{"train.batch=0"}, knobs...)...)
		parts := append([]string{"train.batch=7", "train.accumulate=5"}, knobs...) // 7, 7, 7, 7 and 2 of 30 rows
		turn(t, rows, append(parts, "train.accumulate_by=rows")...)
		turn(t, batches, parts...)
		first := 0.0
		for step := range 30 {
			want, got, other := whole.Advance().Loss, rows.Advance().Loss, batches.Advance().Loss
			if math.Abs(got-want) > 1e-12*math.Abs(want) {
				t.Fatalf("%v, step %d: loss %v, of one batch %v", knobs, step+1, got, want)
			}
			if step == 0 {
				first = math.Abs(other-want) / want
			}
		}
		for i, want := range whole.Params() {
			if got := rows.Params()[i]; math.Abs(got-want) > 1e-10 {
				t.Fatalf("%v: weight %d is %v, of one batch %v", knobs, i, got, want)
			}
		}
		if first < 1e-4 {
			t.Errorf("%v: the mean of means is the same, which shows nothing", knobs)
		}
	}
	tr := recipeOf(t, accumulateTOML)
	if why := tr.Inert("train.accumulate_by"); why == "" {
		t.Error("it does something to a step of one batch")
	}
	if err := tr.Set("train.accumulate", knob.Num(2)); err != nil || tr.Inert("train.accumulate_by") != "" {
		t.Errorf("%v, %q", err, tr.Inert("train.accumulate_by"))
	}
}
