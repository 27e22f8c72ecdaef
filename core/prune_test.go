package core_test

import (
	"math"
	"slices"
	"testing"

	"descent/core"
	"descent/core/knob"
)

// gradient is that of the coming step, by a step of plain descent on a copy.
func gradient(t *testing.T, tr *core.Trainer) []float64 {
	t.Helper()
	copied := tr.Copy()
	turn(t, copied, "optimizer.name=sgd", "optimizer.lr=1")
	before := slices.Clone(copied.Params())
	copied.Advance()
	for i, p := range copied.Params() {
		before[i] -= p
	}
	return before
}

func TestTaylorCutsWhatTheLossHangsOnLeast(t *testing.T) {
	tr := trainer(t, classesTOML, "prune.method=taylor", "train.batch=0", "optimizer.name=sgd")
	steps(tr, 30)
	grad := gradient(t, tr) // all rows: every batch to come has this one
	turn(t, tr, "prune.sparsity=0.5")
	mask := buffer(tr, "prune/mask")
	most, least := 0.0, math.Inf(1) // of those cut, of those kept
	for _, seg := range tr.Layout() {
		if seg.Role != knob.Kernel {
			continue
		}
		for i := seg.Offset; i < seg.Offset+seg.Size(); i++ {
			score := math.Abs(tr.Params()[i] * grad[i])
			if mask[i] == 0 {
				most = max(most, score)
			} else {
				least = min(least, score)
			}
		}
	}
	if !(most <= least+1e-15) {
		t.Errorf("one of score %v is cut and one of %v kept", most, least)
	}
}

func TestMovementIsWhatTrainingDid(t *testing.T) {
	tr := trainer(t, classesTOML, "prune.method=movement", "optimizer.name=adam", "quant.bits=0")
	want := make([]float64, len(tr.Params()))
	for range 12 {
		w, g := slices.Clone(tr.Params()), gradient(t, tr)
		tr.Advance()
		for i := range want {
			want[i] -= w[i] * g[i]
		}
	}
	for i, s := range buffer(tr, "prune/movement") {
		if math.Abs(s-want[i]) > 1e-14 {
			t.Fatalf("weight %d: %v, want %v", i, s, want[i])
		}
	}
	turn(t, tr, "prune.sparsity=0.5", "prune.scope=layer")
	mask := buffer(tr, "prune/mask")
	for _, seg := range tr.Layout() {
		if seg.Role != knob.Kernel {
			continue
		}
		most, least := math.Inf(-1), math.Inf(1)
		for i := seg.Offset; i < seg.Offset+seg.Size(); i++ {
			if mask[i] == 0 {
				most = max(most, want[i])
			} else {
				least = min(least, want[i])
			}
		}
		if !(most <= least+1e-14) {
			t.Errorf("%s: one of score %v is cut and one of %v kept", seg.Name, most, least)
		}
	}
}

func TestRegrowthMovesConnectionsAndKeepsTheirNumber(t *testing.T) {
	tr := trainer(t, classesTOML, "prune.method=random", "prune.sparsity=0.6", "prune.scope=layer", "prune.regrow=0.5", "prune.every=10", "prune.steps=100", "train.batch=0", "optimizer.name=sgd")
	steps(tr, 10)
	before := buffer(tr, "prune/mask")
	weights := slices.Clone(tr.Params())
	grad := gradientUnmasked(t, tr)
	tr.Advance() // regrows first
	after := buffer(tr, "prune/mask")
	f := 0.25 * (1 + math.Cos(math.Pi*0.1))
	for _, seg := range tr.Layout() {
		if seg.Role != knob.Kernel {
			continue
		}
		kept, now, moved := 0, 0, 0
		smallest := math.Inf(1) // gradient of those that grew
		largest := 0.0          // of those that could have
		for i := seg.Offset; i < seg.Offset+seg.Size(); i++ {
			kept += int(before[i])
			now += int(after[i])
			switch {
			case before[i] == 0 && after[i] == 1:
				moved++
				smallest = min(smallest, math.Abs(grad[i]))
				if step := tr.Params()[i]; math.Abs(step) > 0.1*math.Abs(grad[i])+1e-12 {
					t.Errorf("%s: weight %d was %v and grew from something else than 0: %v", seg.Name, i, weights[i], step)
				}
			case before[i] == 0 && after[i] == 0:
				largest = max(largest, math.Abs(grad[i]))
			}
		}
		if kept != now {
			t.Errorf("%s: %d weights became %d", seg.Name, kept, now)
		}
		if room := min(int(math.RoundToEven(f*float64(kept))), seg.Size()-kept); moved > room {
			t.Errorf("%s: %d weights grew, room was for %d", seg.Name, moved, room)
		}
		if moved > 0 && smallest < largest-1e-15 {
			t.Errorf("%s: one of gradient %v grew, one of %v did not", seg.Name, smallest, largest)
		}
	}
}

// gradientUnmasked is that of the weights behind the mask, cut ones too, by
// moving each a little.
func gradientUnmasked(t *testing.T, tr *core.Trainer) []float64 {
	t.Helper()
	w := slices.Clone(tr.Weights())
	out := make([]float64, len(w))
	train := tr.Data().Train
	free := trainer(t, classesTOML)
	loss := func(i int, d float64) float64 {
		s := free.Snapshot()
		copy(s.Params, w)
		s.Params[i] += d
		free.Restore(s)
		value, _ := free.Measure(train)
		return value
	}
	for i := range w {
		out[i] = (loss(i, 1e-6) - loss(i, -1e-6)) / 2e-6
	}
	return out
}

func TestWhatIsSwitchedOffIsAsItWas(t *testing.T) {
	for _, method := range []string{"magnitude", "random", "taylor", "movement", "structured", "n:m"} {
		for _, o := range [][]string{{"optimizer.name=momentum"}, {"optimizer.name=schedule-free", "optimizer.weight_decay=0.1"}} {
			tr := trainer(t, classesTOML, append(o, "prune.method="+method)...)
			steps(tr, 20)
			before := slices.Clone(tr.Weights())
			turn(t, tr, "prune.sparsity=0.7")
			mask := buffer(tr, "prune/mask")
			steps(tr, 20)
			turn(t, tr, "prune.sparsity=0")
			for i, m := range mask {
				if m == 0 && tr.Weights()[i] != before[i] {
					t.Fatalf("%s, %s: weight %d is %v and was %v before it was cut", method, o[0], i, tr.Weights()[i], before[i])
				}
			}
		}
	}
}

func TestRegrowthLeavesWhatIsFrozen(t *testing.T) {
	for _, frozen := range []string{"finetune.freeze=0", "finetune.lora_rank=2"} {
		tr := trainer(t, classesTOML, "optimizer.name=adam", "prune.sparsity=0.6", "prune.regrow=0.5", "prune.every=10", frozen)
		w, _ := tensor(t, tr, "0.weight")
		before := slices.Clone(w)
		steps(tr, 60)
		if w, _ = tensor(t, tr, "0.weight"); !slices.Equal(w, before) {
			t.Errorf("%s: weights have changed", frozen)
		}
	}
}

func TestRegrowthBeginsAtZeroInAveragesToo(t *testing.T) {
	for _, with := range []string{"train.ema=0.99", "optimizer.name=schedule-free", "optimizer.name=asgd"} {
		tr := trainer(t, classesTOML, "optimizer.name=adam", with, "optimizer.lr=0.05")
		steps(tr, 99)
		turn(t, tr, "prune.sparsity=0.6", "prune.regrow=0.5", "prune.every=10", "optimizer.lr=1e-6")
		steps(tr, 1)
		before := slices.Clone(tr.Weights())
		steps(tr, 1)
		grown := 0
		for i, v := range tr.Weights() {
			if before[i] == 0 && v != 0 {
				if grown++; math.Abs(v) > 1e-4 {
					t.Errorf("%s: weight %d grew from %v", with, i, v)
				}
			}
		}
		if grown == 0 {
			t.Errorf("%s: none grew", with)
		}
	}
}

// What is cut hangs on what the network computes, not on whether its adapters
// are merged.
func TestScoresAreThoseOfTheWeightsWithTheirAdapters(t *testing.T) {
	apart := trainer(t, classesTOML, "optimizer.name=adam", "optimizer.lr=0.05", "finetune.lora_rank=3", "prune.method=taylor", "train.batch=0")
	steps(apart, 150)
	merged := apart.Copy()
	if err := merged.Merge(); err != nil {
		t.Fatal(err)
	}
	for _, tr := range []*core.Trainer{apart, merged} {
		turn(t, tr, "prune.sparsity=0.5")
	}
	if !slices.Equal(buffer(apart, "prune/mask"), buffer(merged, "prune/mask")) {
		t.Error("the masks differ")
	}
}

func TestPruningSaysWhatDoesNothing(t *testing.T) {
	for path, with := range map[string][]string{
		"prune.sparsity": {"prune.method=n:m", "prune.n=5"},
		"prune.every":    {"prune.sparsity=0.5"},
		"prune.regrow":   {"prune.sparsity=0.5", "finetune.lora_rank=2"},
		"prune.scope":    {"prune.method=structured"},
		"prune.n":        {"prune.sparsity=0.5"},
	} {
		tr := trainer(t, classesTOML, with...)
		if tr.Inert(path) == "" {
			t.Errorf("%v: %s says nothing", with, path)
		}
	}
}

func TestKnobsThatTimePruningKeepTheMask(t *testing.T) {
	tr := trainer(t, classesTOML, "optimizer.name=adam", "optimizer.lr=0.05", "prune.sparsity=0.6", "prune.regrow=0.5", "prune.every=10")
	steps(tr, 200)
	mask := buffer(tr, "prune/mask")
	for _, turned := range []string{"prune.every=20", "prune.steps=2000", "prune.begin=100", "prune.regrow=0.3", "prune.regrow=0"} {
		if turn(t, tr, turned); !slices.Equal(buffer(tr, "prune/mask"), mask) {
			t.Errorf("%s: it is another", turned)
		}
	}
}
