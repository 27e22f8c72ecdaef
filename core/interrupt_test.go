package core_test

import (
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/optim"
)

const interruptTOML = `
[data]
file = "classes.csv"
[model]
input = [3]
[[model.layer]]
kind = "dense"
out = 8
[[model.layer]]
kind = "batch-norm"
[[model.layer]]
kind = "tanh"
[[model.layer]]
kind = "dropout"
p = 0.2
[[model.layer]]
kind = "dense"
out = 3
[loss]
name = "cross-entropy"
[train]
batch = 5
`

// A step that is broken off anywhere leaves nothing behind: the state is what it
// was to the bit, and training goes on as if nobody had asked.
func TestABrokenStepLeavesNothingBehind(t *testing.T) {
	defer core.AllLong()()
	for n, knobs := range [][]string{
		nil,
		{"train.accumulate=3", "train.ema=0.9"},
		{"train.batch=0", "train.noise=0.1"},
		{"quant.bits=4", "quant.activations=5", "quant.step=learned"},
		{"prune.method=movement", "prune.sparsity=0.5", "prune.regrow=0.3", "prune.every=3"},
		{"finetune.unfreeze=4", "finetune.lora_rank=2"},
		{"train.eval_every=2", "schedule.name=plateau"},
	} {
		for _, o := range optim.Catalogue {
			if few := []string{"adam", "lbfgs", "muon", "sam", "sophia"}; n > 1 && !slices.Contains(few, o.Name) {
				continue
			}
			knobs := append([]string{"optimizer.name=" + o.Name}, knobs...)
			straight, asked := recipeOf(t, interruptTOML), recipeOf(t, interruptTOML)
			turn(t, straight, knobs...)
			turn(t, asked, knobs...)
			breaks := 0
			for step := range 5 {
				straight.Step()
				before, report := asked.Hash(), asked.Last()
				for at := 0; ; at += 1 + at/8 { // broken off at the first question, at the second, ...
					asks := 0
					asked.Interrupt(func() bool { asks++; return asks > at })
					asked.Step()
					if !asked.Broken() {
						break
					}
					breaks++
					if got := asked.Hash(); got != before || !asked.Last().Equal(report) {
						t.Fatalf("%v, step %d: broken off at question %d it leaves something behind", knobs, step+1, at)
					}
				}
				if asked.Hash() != straight.Hash() || !asked.Last().Equal(straight.Last()) {
					t.Fatalf("%v: after step %d the one that was broken off is another", knobs, step+1)
				}
			}
			if breaks < 5 {
				t.Errorf("%v: broken off %d times only", knobs, breaks)
			}
		}
	}
}

// An update that takes long is asked in too, with a small batch as with a large one.
func TestALongUpdateIsBrokenOff(t *testing.T) {
	tr := recipeOf(t, strings.Replace(interruptTOML, "[loss]", "[optimizer]\nname = \"muon\"\n[loss]", 1))
	tr.Step()
	defer core.AllLong()()
	passes := 0
	tr.Interrupt(func() bool { passes++; return false })
	tr.Step()
	turn(t, tr, "optimizer.name=momentum")
	without := 0
	tr.Interrupt(func() bool { without++; return false })
	tr.Step()
	if passes < without+15 {
		t.Errorf("asked %d times, and %d times where the update is short", passes, without)
	}
}

// The bits of a pass do not hang on whether anybody asks.
func TestAPassInBlocksHasTheSameBits(t *testing.T) {
	defer core.AllLong()()
	a, b := recipeOf(t, interruptTOML), recipeOf(t, interruptTOML)
	b.Interrupt(func() bool { return false })
	steps(a, 20)
	steps(b, 20)
	if !slices.Equal(a.Params(), b.Params()) {
		t.Error("they do")
	}
}
