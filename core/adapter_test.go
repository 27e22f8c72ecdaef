package core_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/optim"
	"descent/core/recipe"
)

func outputs(tr *core.Trainer) []float64 {
	x := tr.Data().Val.X
	out := tr.Outputs(x)
	return slices.Clone(out.Data[:out.Rows*out.Cols])
}

// tensor is a parameter by its name, as a snapshot holds it.
func tensor(t *testing.T, tr *core.Trainer, name string) (values []float64, shape []int) {
	t.Helper()
	for _, seg := range tr.Tensors() {
		if seg.Name == name {
			return seg.Of(tr.Params()), seg.Shape
		}
	}
	t.Fatalf("there is no tensor %q", name)
	return nil, nil
}

func TestAdaptersChangeNothingUntilTheyTrain(t *testing.T) {
	for _, toml := range []string{classesTOML, imagesTOML} {
		tr := trainer(t, toml)
		steps(tr, 20)
		before, base := outputs(tr), slices.Clone(tr.Params())
		turn(t, tr, "finetune.lora_rank=3")
		if !slices.Equal(outputs(tr), before) {
			t.Error("fresh adapters change the outputs")
		}
		steps(tr, 30)
		if slices.Equal(outputs(tr), before) {
			t.Error("adapters do not train")
		}
		if !slices.Equal(tr.Params()[:len(base)], base) {
			t.Error("the weights below the adapters moved")
		}
		turn(t, tr, "finetune.lora_alpha=0")
		if !slices.Equal(tr.Weights(), base) {
			t.Error("with an alpha of 0 the adapters still count")
		}
		turn(t, tr, "finetune.lora_rank=0")
		if !slices.Equal(tr.Weights(), base) || len(tr.Params()) != len(base) {
			t.Error("without adapters the network is not what it was")
		}
	}
}

func TestRankZeroIsNoAdapterAtAll(t *testing.T) {
	a, b := trainer(t, classesTOML), trainer(t, classesTOML, "finetune.lora_rank=0", "finetune.lora_alpha=3")
	steps(a, 40)
	steps(b, 40)
	if a.Hash() != b.Hash() {
		t.Error("it changes something")
	}
}

// The way through the adapter, x Wᵀ + (α/r) (x Aᵀ) Bᵀ, computed on its own.
func TestMergedAdaptersAreTheWayThroughThem(t *testing.T) {
	tr := trainer(t, classesTOML, "finetune.lora_rank=2", "finetune.lora_alpha=5", "optimizer.lr=0.05", "optimizer.name=adam")
	steps(tr, 100)
	a, shape := tensor(t, tr, "2.lora_a") // 2×7
	b, _ := tensor(t, tr, "2.lora_b")     // 5×2
	w, _ := tensor(t, tr, "2.weight")     // 5×7
	r, in := shape[0], shape[1]
	for _, seg := range tr.Layout() {
		if seg.Name != "2.weight" {
			continue
		}
		effective := seg.Of(tr.Weights())
		for try := range 20 {
			x := make([]float64, in)
			for i := range x {
				x[i] = math.Sin(float64(try*in + i))
			}
			for o := range seg.Shape[0] {
				merged, apart := 0.0, 0.0
				for i, v := range x {
					merged += effective[o*in+i] * v
					apart += w[o*in+i] * v
				}
				for k := range r {
					h := 0.0
					for i, v := range x {
						h += a[k*in+i] * v
					}
					apart += 5.0 / float64(r) * b[o*r+k] * h
				}
				if !near(merged, apart, 1e-12) {
					t.Fatalf("output %d is %v, through the adapter %v", o, merged, apart)
				}
			}
		}
	}
	before := outputs(tr)
	if err := tr.Merge(); err != nil {
		t.Fatal(err)
	}
	for i, v := range outputs(tr) {
		if !near(v, before[i], 1e-12) {
			t.Fatalf("merging made %v of %v", v, before[i])
		}
	}
	if b, _ := tensor(t, tr, "2.lora_b"); slices.ContainsFunc(b, func(v float64) bool { return v != 0 }) {
		t.Error("the adapters do not begin anew")
	}
}

func TestMergingChangesNothingThatIsShown(t *testing.T) {
	for _, with := range [][]string{{"optimizer.name=adam", "train.ema=0.99"}, {"optimizer.name=schedule-free"}, {"optimizer.name=asgd"}} {
		tr := trainer(t, classesTOML, append(with, "optimizer.lr=0.05", "finetune.lora_rank=2")...)
		steps(tr, 200)
		before := outputs(tr)
		if err := tr.Merge(); err != nil {
			t.Fatal(err)
		}
		for i, v := range outputs(tr) {
			if !near(v, before[i], 1e-12) {
				t.Fatalf("%v: merging made %v of %v", with, v, before[i])
			}
		}
	}
}

func TestARewindToBeforeAdaptersTakesWhatTheyLearnt(t *testing.T) {
	tr := trainer(t, classesTOML, "optimizer.name=adam", "optimizer.lr=0.05")
	begin, said := tr.Snapshot(), outputs(tr)
	turn(t, tr, "finetune.lora_rank=2")
	steps(tr, 100)
	if err := tr.Rewind(begin); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(outputs(tr), said) {
		t.Error("the network is another than it was at the start")
	}
}

func TestAdaptersArePulledBackToTheStart(t *testing.T) {
	far := func(settings ...string) float64 {
		tr := trainer(t, classesTOML, append(settings, "finetune.lora_rank=2", "optimizer.name=adam")...)
		begin := slices.Clone(tr.Stored())
		steps(tr, 200)
		sum := 0.0
		for i, w := range tr.Stored() {
			sum += (w - begin[i]) * (w - begin[i])
		}
		return sum
	}
	if free, held := far(), far("finetune.l2_sp=10"); !(held < free/100) {
		t.Errorf("the weights went %v from the start, held back %v", free, held)
	}
}

func TestTheGradientOfAdaptersIsTheDifferenceQuotient(t *testing.T) {
	for _, sparsity := range []string{"0", "0.4"} {
		tr := trainer(t, numbersTOML, "finetune.lora_rank=2", "optimizer.name=sgd", "optimizer.lr=0.1", "train.batch=0")
		steps(tr, 5)
		turn(t, tr, "prune.sparsity="+sparsity)
		at := tr.Snapshot()
		loss := func(i int, d float64) float64 {
			s := *at
			s.Params = slices.Clone(at.Params)
			s.Params[i] += d
			tr.Restore(&s)
			return tr.Advance().Loss
		}
		tr.Restore(at)
		tr.Advance()
		moved := slices.Clone(tr.Params())
		for _, seg := range tr.Tensors() {
			if !strings.Contains(seg.Name, "lora") {
				continue
			}
			for i := seg.Offset; i < seg.Offset+seg.Size(); i++ {
				grad := (at.Params[i] - moved[i]) / 0.1
				quotient := (loss(i, 1e-6) - loss(i, -1e-6)) / 2e-6
				if math.Abs(grad-quotient) > 1e-7 {
					t.Errorf("sparsity %s, %s: gradient %v, difference %v", sparsity, seg.Name, grad, quotient)
				}
			}
		}
	}
}

func TestAGrowingRankKeepsWhatIsLearnt(t *testing.T) {
	for _, o := range optim.Catalogue {
		tr := trainer(t, classesTOML, "optimizer.name="+o.Name, "finetune.lora_rank=1", "finetune.lora_alpha=1", "train.ema=0.5")
		steps(tr, 10)
		a, _ := tensor(t, tr, "2.lora_a")
		a, base := slices.Clone(a), slices.Clone(tr.Params()[:73])
		turn(t, tr, "finetune.lora_rank=3")
		if now, _ := tensor(t, tr, "2.lora_a"); !slices.Equal(now[:len(a)], a) || !slices.Equal(tr.Params()[:73], base) {
			t.Errorf("%s: it does not", o.Name)
		}
		for _, rank := range []string{"4", "5"} { // what it computes stays, but for rounding
			said := outputs(tr)
			turn(t, tr, "finetune.lora_rank="+rank)
			for i, v := range outputs(tr) {
				if !near(v, said[i], 1e-12) {
					t.Fatalf("%s: rank %s made %v of %v", o.Name, rank, v, said[i])
				}
			}
		}
		steps(tr, 10)
		turn(t, tr, "finetune.lora_rank=0")
		if !tr.Finite() || tr.Step().Step != 21 {
			t.Errorf("%s: it does not go on without adapters", o.Name)
		}
	}
}

func TestBesideAdaptersTrainsWhatIsNamed(t *testing.T) {
	for only, want := range map[string]func(knob.Segment) bool{
		"all":        func(s knob.Segment) bool { return strings.Contains(s.Name, "lora") },
		"biases":     func(s knob.Segment) bool { return strings.Contains(s.Name, "lora") || s.Role == knob.Bias },
		"last layer": func(s knob.Segment) bool { return strings.Contains(s.Name, "lora") || s.Layer == "4" },
	} {
		tr := trainer(t, classesTOML, "finetune.lora_rank=2", "finetune.only="+only)
		before := slices.Clone(tr.Params())
		steps(tr, 5)
		for _, seg := range tr.Tensors() {
			if moved := !slices.Equal(seg.Of(before), seg.Of(tr.Params())); moved != want(seg) {
				t.Errorf("%s: %s moves: %v", only, seg.Name, moved)
			}
		}
	}
}

func TestLayersThawFromAbove(t *testing.T) {
	tr := trainer(t, classesTOML, "finetune.unfreeze=10", "optimizer.name=adam")
	for _, still := range [][]string{{"0", "2"}, {"0"}, {}, {}} {
		before := slices.Clone(tr.Params())
		steps(tr, 10)
		for _, seg := range tr.Layout() {
			if moved := !slices.Equal(seg.Of(before), seg.Of(tr.Params())); moved == slices.Contains(still, seg.Layer) {
				t.Errorf("up to step %d %s moves: %v", tr.StepCount(), seg.Name, moved)
			}
		}
	}
}

func TestAProbeComesFirst(t *testing.T) {
	tr := trainer(t, classesTOML, "finetune.probe=7")
	before := slices.Clone(tr.Params())
	steps(tr, 7)
	if !slices.Equal(before[:61], tr.Params()[:61]) || slices.Equal(before[61:], tr.Params()[61:]) { // 2-7-5-2
		t.Error("up to step 7 more than the last layer moves, or less")
	}
	tr.Step()
	if slices.Equal(before[:61], tr.Params()[:61]) {
		t.Error("at step 8 the other layers still stand")
	}
}

func TestLayersLearnAtTheirShareOfTheRate(t *testing.T) {
	tr, plain := trainer(t, classesTOML, "finetune.rate_decay=0.5", "optimizer.name=sgd"), trainer(t, classesTOML, "optimizer.name=sgd")
	before := slices.Clone(tr.Params())
	tr.Step()
	plain.Step()
	for _, seg := range tr.Layout() {
		share := map[string]float64{"0": 0.25, "2": 0.5, "4": 1}[seg.Layer]
		for i, was := range seg.Of(before) {
			if got, want := seg.Of(tr.Params())[i]-was, share*(seg.Of(plain.Params())[i]-was); math.Abs(got-want) > 1e-15 {
				t.Fatalf("%s moved by %v, want %v", seg.Name, got, want)
			}
		}
	}
}

func TestTheStartPullsAsFarAsItIsAway(t *testing.T) {
	tr, plain := trainer(t, classesTOML, "optimizer.name=sgd", "optimizer.lr=0.1"), trainer(t, classesTOML, "optimizer.name=sgd", "optimizer.lr=0.1")
	start := slices.Clone(tr.Params())
	steps(tr, 10)
	steps(plain, 10)
	turn(t, tr, "finetune.l2_sp=0.3")
	at := slices.Clone(tr.Params())
	tr.Step()
	plain.Step()
	for i, w := range tr.Params() {
		if want := plain.Params()[i] - 0.1*0.3*(at[i]-start[i]); math.Abs(w-want) > 1e-14 {
			t.Fatalf("weight %d is %v, want %v", i, w, want)
		}
	}
	if tr.Last().Loss != plain.Last().Loss {
		t.Error("the loss counts the pull")
	}
}

func TestAWarmStepOfTheDesksAllocatesNothing(t *testing.T) {
	first := recipeFrom(t, classesTOML)
	r := recipeFrom(t, classesTOML)
	r.Pretrain.Pretraining = recipe.Pretraining{Preset: "first", Steps: 5, Recipe: &first}
	r.Teacher.Pretraining = recipe.Pretraining{Preset: "first", Steps: 5, Recipe: &first}
	for _, knobs := range [][]string{
		{"finetune.lora_rank=2", "prune.sparsity=0.3"},
		{"distill.alpha=0.5", "distill.features=similarity"},
		{"distill.features=hint"},
		{"finetune.ewc=1", "finetune.l2_sp=0.1", "finetune.replay=0.3"},
		{"prune.method=movement", "prune.sparsity=0.5", "finetune.rate_decay=0.5"},
		{"augment.mixup=0.4", "augment.noise=0.1", "quant.bits=4", "quant.activations=6", "quant.step=learned"},
	} {
		tr := build(t, r)
		turn(t, tr, append(knobs, "train.eval_every=1000000000")...)
		steps(tr, 20)
		if n := testing.AllocsPerRun(50, func() { tr.Step() }); n != 0 {
			t.Errorf("%v: %v allocations a step", knobs, n)
		}
	}
}
