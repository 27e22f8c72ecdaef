package core_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/presets"
)

var scriptTOMLs = []string{`
[data]
file = "classes.csv"
[model]
input = [3]
[[model.layer]]
kind = "dense"
out = 8
[[model.layer]]
kind = "residual"
of = ["dense 8", "batch-norm", "tanh", "dropout 0.2"]
[[model.layer]]
kind = "batch-norm"
[[model.layer]]
kind = "relu"
[[model.layer]]
kind = "dense"
out = 3
[loss]
name = "cross-entropy"
[train]
batch = 5
eval_every = 7
`, `
[data]
set = "digits"
validation = 0.9
[model]
input = [1, 8, 8]
[[model.layer]]
kind = "conv2d"
out = 2
kernel = 3
[[model.layer]]
kind = "batch-norm"
[[model.layer]]
kind = "relu"
[[model.layer]]
kind = "flatten"
[[model.layer]]
kind = "dense"
out = 10
[loss]
name = "cross-entropy"
[train]
batch = 8
eval_every = 5
`, `
[data]
set = "moons"
samples = 60
[model]
layers = [2, 6, 5, 2]
activation = "tanh"
[pretrain]
preset = "pre.toml"
[teacher]
preset = "pre.toml"
[loss]
name = "cross-entropy"
[train]
batch = 7
eval_every = 4
[finetune]
replay = 0.2
ewc = 0.5
[distill]
alpha = 0.3
features = "similarity"
`}

const scriptBefore = `
[data]
set = "moons"
samples = 80
noise = 0.3
[model]
layers = [2, 6, 5, 2]
activation = "tanh"
[loss]
name = "cross-entropy"
[train]
batch = 16
steps = 40
`

// scripted is a trainer of a preset in a folder of its own.
func scripted(t *testing.T, text string) *core.Trainer {
	t.Helper()
	dir := t.TempDir()
	classes, err := os.ReadFile("testdata/classes.csv")
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"pre.toml": scriptBefore, "classes.csv": string(classes), "case.toml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := presets.Load(filepath.Join(dir, "case.toml"))
	if err != nil {
		t.Fatal(err)
	}
	tr, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// scriptTurns are what scripts turn more often than chance would.
var scriptTurns = strings.Fields(`
	finetune.freeze=["0"] finetune.freeze=[] finetune.freeze=["1.1"] finetune.freeze=["1"] finetune.lora_rank=2 finetune.lora_rank=0
	finetune.lora_rank=1 finetune.unfreeze=6 finetune.unfreeze=0 finetune.rate_decay=0.5 finetune.probe=30 finetune.only=biases
	finetune.only=last_layer finetune.only=all optimizer.name=adam optimizer.name=sam optimizer.name=schedule-free optimizer.name=asgd
	optimizer.name=lbfgs optimizer.name=sophia optimizer.name=muon optimizer.name=adafactor optimizer.name=momentum optimizer.name=lamb
	optimizer.base=adam optimizer.base=momentum optimizer.swap_state=carry optimizer.swap_lr=match optimizer.line_search_fn=strong_wolfe
	train.ema=0.9 train.ema=0 train.accumulate=3 train.accumulate_by=rows train.noise=0.1 train.batch=0 train.batch=6 quant.bits=4 quant.bits=0
	quant.step=learned quant.when=qat quant.activations=4 quant.activations=0 quant.granularity=channel prune.sparsity=0.5 prune.sparsity=0
	prune.method=movement prune.method=taylor prune.when=gradual prune.begin=5 prune.steps=20 prune.every=3 prune.regrow=0.3
	prune.method=magnitude prune.scope=global prune.regrow=0 augment.mixup=0.4 augment.cutmix=0.4 augment.noise=0.1 augment.elastic=0.5
	augment.rotate=10 distill.features=hint distill.features=similarity distill.features=off distill.alpha=0.5 finetune.ewc=1
	finetune.replay=0.5 finetune.l2sp=0.1 schedule.name=plateau schedule.name=cosine loss.name=mse loss.name=cross-entropy loss.name=focal
`)

// Whatever the knobs are turned to, a trainer that is broken off, copied and
// taken back has the bits of one that only goes on.
func TestScriptsOfKnobs(t *testing.T) {
	defer core.AllLong()()
	for which, text := range scriptTOMLs {
		first := scripted(t, text)
		for seed := range uint64(5) {
			script(t, first, rand.New(rand.NewPCG(seed, uint64(which))))
		}
	}
}

func script(t *testing.T, first *core.Trainer, rng *rand.Rand) {
	t.Helper()
	straight, tried := first.Copy(), first.Copy()
	var done []string
	set := func(path string, v knob.Value) {
		want, got := straight.Set(path, v), tried.Set(path, v)
		if done = append(done, path+"="+v.String()); (want == nil) != (got == nil) {
			t.Fatalf("%v and %v after %v", want, got, done)
		}
	}
	train := func() {
		before := straight.Snapshot()
		if straight.Step(); !straight.Finite() {
			straight.Restore(before)
			return
		}
		hash, report := tried.Hash(), fmt.Sprint(tried.Last())
		for range rng.IntN(3) {
			asks, at := 0, rng.IntN(40)
			tried.Interrupt(func() bool { asks++; return asks > at })
			if tried.Step(); !tried.Broken() {
				return
			}
			if tried.Hash() != hash || fmt.Sprint(tried.Last()) != report {
				t.Fatalf("a step that was broken off leaves something behind, after %v", done)
			}
		}
		tried.Interrupt(func() bool { return false })
		tried.Step()
	}
	for range 60 {
		switch rng.IntN(8) {
		case 0, 1:
			panel := straight.Settings().Panel()
			k := panel[rng.IntN(len(panel))]
			set(k.Knob.Path, k.Knob.Turn(k.Value, rng.IntN(7)-3))
		case 2:
			path, text, _ := strings.Cut(scriptTurns[rng.IntN(len(scriptTurns))], "=")
			if k, err := straight.Settings().Find(path); err == nil {
				if v, err := k.Knob.Parse(strings.ReplaceAll(text, "_", " ")); err == nil {
					set(path, v)
				}
			}
		case 3:
			state, hash := tried.Snapshot(), tried.Hash()
			for range rng.IntN(4) {
				tried.Advance()
			}
			if tried.Restore(state); tried.Hash() != hash {
				t.Fatalf("taken back it is another, after %v", done)
			}
		case 4:
			tried = tried.Copy()
		default:
			for range 1 + rng.IntN(6) {
				train()
			}
		}
		if tried.Hash() != straight.Hash() || fmt.Sprint(tried.Last()) != fmt.Sprint(straight.Last()) {
			t.Fatalf("other bits at step %d, after %v", straight.StepCount(), done)
		}
	}
}
