package core_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
)

// trainerIn trains a preset in a precision.
func trainerIn(t *testing.T, precision, preset string) *core.Trainer {
	t.Helper()
	r, err := presets.Decode(filepath.Join("testdata", "case.toml"), []byte(preset))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Set("train.precision", knob.Word(precision)); err != nil {
		t.Fatal(err)
	}
	trainer, err := core.New(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	return trainer
}

// Where PyTorch's losses in float32 are those of its own rows in another order to 1e-5,
// ours are PyTorch's to 1e-4. Mixed precision rounds less than PyTorch does: to 1e-3.
func TestFloat32FollowsPyTorchInFloat32(t *testing.T) {
	content, err := os.ReadFile("testdata/single.json")
	if err != nil {
		t.Fatal(err)
	}
	var single []struct {
		Name   string
		Spread float64   // by how much of itself a loss moves at most when rows change places
		Steady int       // steps before one has moved by 1e-5
		Losses []float64 // each tenth
	}
	if err := json.Unmarshal(content, &single); err != nil {
		t.Fatal(err)
	}
	held, all := 0, 0
	for i, c := range torchCases(t) {
		s := single[i]
		if s.Name != c.Name {
			t.Fatalf("case %d is %q here and %q there: run single.py", i, c.Name, s.Name)
		}
		all += len(s.Losses)
		for precision, tolerance := range map[string]float64{recipe.Float32: 1e-4, recipe.Mixed: 1e-3} {
			trainer := trainerIn(t, precision, c.Preset)
			for step := range s.Steady {
				got := trainer.Step().Loss
				if step%10 != 0 {
					continue
				}
				held++
				want := s.Losses[step/10]
				if !(math.Abs(got-want) <= tolerance*math.Abs(want)) {
					t.Errorf("%s, %s, step %d: loss %v, PyTorch has %v (%.1e off)", c.Name, precision, step+1, got, want, math.Abs(got-want)/math.Abs(want))
					break
				}
			}
		}
	}
	if held < all*2*9/10 {
		t.Errorf("only %d of %d losses are held", held, 2*all)
	}
	t.Logf("%d of %d losses held", held, 2*all)
}

// Every loss, activation and optimizer of the cases: the first gradients in float32 are
// those of float64.
func TestGradientsOfEveryLossInFloat32AreThoseOfFloat64(t *testing.T) {
	for _, c := range torchCases(t) {
		double, single := trainerIn(t, recipe.Float64, c.Preset), trainerIn(t, recipe.Float32, c.Preset)
		of, _ := double.Network()
		in, _ := single.Network()
		exact, rounded := make([]float64, len(double.Params())), make([]float64, len(double.Params()))
		want, got := of.Eval(double.Params(), exact, 1, 1), in.Eval(single.Params(), rounded, 1, 1)
		if math.Abs(got-want) > 1e-6*math.Abs(want) {
			t.Errorf("%s: loss %v in float32, %v in float64", c.Name, got, want)
		}
		for i, g := range exact {
			if math.Abs(rounded[i]-g) > 2e-6*max(math.Abs(g), 0.1) {
				t.Errorf("%s: gradient %d is %v in float32, %v in float64", c.Name, i, rounded[i], g)
				break
			}
		}
	}
}

// desks are what a run can have on, each on its data.
var desks = []struct {
	toml  string
	turns string
	near  float64 // what rounding makes of the loss, of which much hangs on choices and differences
}{
	{classesTOML, "train.accumulate=3 train.accumulate_by=rows train.noise=0.1", 2e-3},
	{classesTOML, "augment.mixup=0.4 train.clip_norm=0.5", 2e-3},
	{digitsTOML, "augment.rotate=20 augment.elastic=0.5 augment.cutmix=1 augment.noise=0.1", 2e-3},
	{classesTOML, "prune.sparsity=0.5", 2e-3},
	{classesTOML, "prune.sparsity=0.6 prune.method=structured", 2e-3},
	{classesTOML, "prune.sparsity=0.5 prune.method=movement prune.every=3", 2e-3},
	{classesTOML, "prune.sparsity=0.5 prune.method=taylor prune.regrow=0.3 prune.every=4", 2e-3},
	{classesTOML, "prune.method=n:m prune.sparsity=0.5", 2e-3},
	{classesTOML, "quant.bits=4 quant.activations=6", 2e-3},
	{classesTOML, "quant.bits=3 quant.step=learned quant.granularity=channel", 2e-3},
	{classesTOML, "quant.bits=8 quant.scheme=affine quant.when=after quant.activations=8", 2e-3},
	{classesTOML, "quant.bits=2 quant.scheme=ternary", 2e-3},
	{classesTOML, "finetune.lora_rank=2 quant.bits=6", 2e-3},
	{classesTOML, "finetune.freeze=0 finetune.rate_decay=0.5", 2e-3},
	{classesTOML, "finetune.unfreeze=4", 2e-3},
	{classesTOML, "finetune.l2_sp=0.3 optimizer.weight_decay=0.1", 2e-3},
	{classesTOML, "train.ema=0.9", 2e-3},
	{classesTOML, "train.swa_start=5 train.swa_every=2", 2e-3},
	{classesTOML, "optimizer.name=sam optimizer.base=adam", 2e-3},
	{numbersTOML, "optimizer.name=lbfgs optimizer.line_search_fn=strong_wolfe", 0.5},
	{numbersTOML, "optimizer.name=lbfgs train.ema=0.5", 0.1},
	{numbersTOML, "optimizer.name=nadam finetune.freeze=0", 2e-3},
	{numbersTOML, "optimizer.name=schedule-free", 2e-3},
	{numbersTOML, "optimizer.name=adafactor prune.sparsity=0.3", 2e-3},
	{imagesTOML, "optimizer.name=muon quant.bits=8 quant.activations=8", 2e-3},
	{imagesTOML, "prune.sparsity=0.5 prune.method=structured optimizer.name=adam", 0.1},
	{classesTOML, "optimizer.name=adam train.metrics=f1,train_loss", 2e-3},
}

// Every desk works in float32 and in mixed precision: a run that goes back to a snapshot
// ends with the same bits, and so does a copy; and what it learns is what float64 learns.
func TestEveryDeskWorksInEveryPrecision(t *testing.T) {
	for _, d := range desks {
		var ends [3]float64
		for i, precision := range []string{recipe.Float64, recipe.Float32, recipe.Mixed} {
			tr := trainer(t, d.toml, append([]string{"train.precision=" + precision}, strings.Fields(d.turns)...)...)
			steps(tr, 9)
			saved, copied := tr.Snapshot(), tr.Copy()
			if copied.Hash() != tr.Hash() {
				t.Errorf("%s, %s: a copy is in another state", d.turns, precision)
			}
			steps(tr, 8)
			shown, hash := tr.Present(), tr.Hash()
			ends[i] = shown.ValLoss
			steps(copied, 8)
			if copied.Hash() != hash || copied.Present().ValLoss != shown.ValLoss {
				t.Errorf("%s, %s: a copy goes on with other bits", d.turns, precision)
			}
			tr.Restore(saved)
			steps(tr, 8)
			if tr.Hash() != hash || tr.Present().ValLoss != shown.ValLoss {
				t.Errorf("%s, %s: restored, the run goes on with other bits", d.turns, precision)
			}
			if precision != recipe.Float32 {
				continue
			}
			for k, p := range tr.Params() {
				if float64(float32(p)) != p {
					t.Errorf("%s: parameter %d is %v, which is no float32", d.turns, k, p)
					break
				}
			}
		}
		for _, end := range ends[1:] {
			if !near(end, ends[0], d.near) {
				t.Errorf("%s: losses %v in float64, float32 and mixed", d.turns, ends)
				break
			}
		}
	}
}

// A precision that changes in the middle of a run is a decision like any other.
func TestThePrecisionChangesInTheMiddleOfARun(t *testing.T) {
	run := func(back bool) (hash string, loss float64) {
		tr := trainer(t, classesTOML, "optimizer.name=adam")
		steps(tr, 5)
		if back {
			saved := tr.Snapshot()
			turn(t, tr, "train.precision=mixed")
			steps(tr, 7)
			tr.Restore(saved)
		}
		turn(t, tr, "train.precision=float32")
		steps(tr, 5)
		turn(t, tr, "train.precision=float64")
		return tr.Hash(), steps(tr, 5).Loss
	}
	hash, loss := run(false)
	if again, same := run(true); again != hash || same != loss {
		t.Errorf("loss %v, after a detour through mixed precision %v", loss, same)
	}
}

// A teacher that is set in float32 answers in float32, before a snapshot and after.
func TestATeacherAnswersInThePrecisionOfTheStudent(t *testing.T) {
	tr := trainer(t, classesTOML, "train.precision=float32")
	steps(tr, 5)
	if err := tr.SetTeacher(tr.Snapshot()); err != nil {
		t.Fatal(err)
	}
	saved := tr.Snapshot()
	turn(t, tr, "distill.features=hint")
	tr.Restore(saved)
	turn(t, tr, "distill.alpha=0.5")
	steps(tr, 6)
	want := tr.Hash()
	tr = trainer(t, classesTOML, "train.precision=float32")
	steps(tr, 5)
	if err := tr.SetTeacher(tr.Snapshot()); err != nil {
		t.Fatal(err)
	}
	n, _ := tr.Network()
	teacher, _ := n.Teacher()
	x := n.Data().Val.X
	got := slices.Clone(teacher.Answer(x).Data)
	if !slices.Equal(got, n.Outputs(tr.Weights(), x).Data) {
		t.Error("the teacher does not answer as the student that it was")
	}
	turn(t, tr, "distill.alpha=0.5")
	if steps(tr, 6); tr.Hash() != want {
		t.Error("a teacher that was set answers otherwise than one of a snapshot")
	}
}

// What a finite update makes of a weight can be too large for float32.
func TestAWeightBeyondFloat32IsNotFinite(t *testing.T) {
	tr := trainer(t, "[surface]\nname = \"rosenbrock\"\nx = 1e6\ny = 1\n[optimizer]\nname = \"gd\"\nlr = 1e6\n[train]\nsteps = 5\n", "train.precision=float32")
	if tr.Step(); !tr.Finite() {
		t.Fatal("the first step leaves float32 already")
	}
	if tr.Step(); tr.Finite() {
		t.Errorf("an infinite weight is finite: %v", tr.Params())
	}
}
