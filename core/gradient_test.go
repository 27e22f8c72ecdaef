package core_test

import (
	"math"
	"slices"
	"testing"
)

func TestAccumulatedBatchesAreOneLargeBatch(t *testing.T) {
	small := trainer(t, numbersTOML, "train.batch=5", "train.accumulate=3", "train.shuffle=false", "optimizer.name=adam")
	large := trainer(t, numbersTOML, "train.batch=15", "train.shuffle=false", "optimizer.name=adam")
	for range 40 {
		a, b := small.Step(), large.Step()
		if !near(a.Loss, b.Loss, 1e-12) || small.Epoch() != large.Epoch() {
			t.Fatalf("step %d: loss %v after %v epochs, in one batch %v after %v", a.Step, a.Loss, small.Epoch(), b.Loss, large.Epoch())
		}
	}
}

func TestAnEpochOfAccumulatedBatchesHasFewerSteps(t *testing.T) {
	tr := trainer(t, numbersTOML, "train.batch=5", "train.accumulate=3") // 30 rows to train on
	if first, second := tr.Step(), tr.Step(); first.Evaluated || !second.Evaluated {
		t.Error("the second step is not the end of the epoch")
	}
}

func TestGradientNoiseIsAsLargeAsItSaysAndShrinksAsItSays(t *testing.T) {
	for _, decay := range []float64{0, 0.5} {
		tr := trainer(t, wideTOML, "optimizer.name=sgd", "optimizer.lr=1", "train.noise=0.3")
		clean := trainer(t, wideTOML, "optimizer.name=sgd", "optimizer.lr=1")
		if decay > 0 {
			turn(t, tr, "train.noise_decay=0.5")
		}
		tr.Step()
		clean.Step()
		sum, square, n := 0.0, 0.0, float64(len(tr.Params()))
		for i, p := range tr.Params() {
			d := p - clean.Params()[i]
			sum, square = sum+d, square+d*d
		}
		want := 0.3 * math.Pow(2, -decay/2)
		if got := math.Sqrt(square / n); math.Abs(got/want-1) > 0.02 || math.Abs(sum/n) > 0.01 {
			t.Errorf("decay %v: noise of mean %v and deviation %v, want %v", decay, sum/n, got, want)
		}
	}
}

func TestGradientNoiseDoesNotMoveWhatIsPruned(t *testing.T) {
	tr := trainer(t, numbersTOML, "prune.sparsity=0.5", "train.noise=0.1")
	before := slices.Clone(tr.Params())
	steps(tr, 5)
	still := 0
	for i, p := range tr.Params() {
		if p == before[i] {
			still++
		}
	}
	if want := (3*6 + 6*2) / 2; still != want {
		t.Errorf("%d weights stand still, %d are pruned", still, want)
	}
}
