package core_test

import (
	"testing"

	"descent/presets"
)

func TestAugmentedBatchesReplayAndEvaluationSeesTheRowsThemselves(t *testing.T) {
	r, err := presets.Load("digits")
	if err != nil {
		t.Fatal(err)
	}
	turns := []string{"augment.crop=1", "augment.rotate=10", "augment.elastic=0.5", "augment.noise=0.1", "augment.flip=0.2"}
	a, b, plain := build(t, r), build(t, r), build(t, r)
	_, before := plain.Measure(plain.Data().Val)
	turn(t, a, turns...)
	turn(t, b, turns...)
	if _, got := a.Measure(a.Data().Val); got != before {
		t.Errorf("evaluated %v, without augmentation %v", got, before)
	}
	steps(a, 20)
	steps(b, 20)
	steps(plain, 20)
	if a.Hash() != b.Hash() || a.Hash() == plain.Hash() {
		t.Error("two augmented runs differ, or augmentation does nothing")
	}
	if n := testing.AllocsPerRun(20, func() { a.Advance() }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
	turn(t, a, "augment.crop=0", "augment.rotate=0", "augment.elastic=0", "augment.noise=0", "augment.flip=0", "train.batch=0", "augment.noise=0.5")
	first := a.Data().Train.X.Data[0]
	steps(a, 2)
	if a.Data().Train.X.Data[0] != first {
		t.Error("a batch of all rows was changed in the data themselves")
	}
	if why := build(t, recipe(t, classesTOML)).Inert("augment.rotate"); why == "" {
		t.Error("points in the plane can be turned")
	}
}
