package core_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/optim"
)

func TestLearnedStepsTrainUnderEveryOptimizer(t *testing.T) {
	for _, o := range optim.Catalogue {
		tr := trainer(t, classesTOML, "optimizer.name="+o.Name, "optimizer.lr=0.001", "quant.bits=3", "quant.granularity=channel", "quant.step=learned")
		n := tr.Layout().Size()
		before := slices.Clone(tr.Params()[n:])
		if len(before) != 7+5+2 {
			t.Fatalf("%d steps, want one for each output", len(before))
		}
		steps(tr, 30)
		if slices.Equal(before, tr.Params()[n:]) {
			t.Errorf("%s: no step has moved", o.Name)
		}
	}
}

func TestAStepOfOtherBitsBeginsAnew(t *testing.T) {
	tr := trainer(t, classesTOML, "optimizer.name=adam", "train.ema=0.9", "quant.bits=3", "quant.step=learned", "quant.layers=2:5")
	steps(tr, 20)
	of := func(kernel int) float64 { return tr.Params()[tr.Layout().Size()+kernel] }
	first, second := of(0), of(1)
	turn(t, tr, "quant.bits=8")
	if of(0) > first/2 || of(1) != second {
		t.Errorf("steps %v and %v are %v and %v with 8 bits for the first", first, second, of(0), of(1))
	}
	steps(tr, 3)
}

func TestBitsOfLayersAreReportedAndRefused(t *testing.T) {
	tr := trainer(t, classesTOML, "quant.bits=4", "quant.layers=0:8,4:0")
	var bits []int
	for _, l := range tr.Layers() {
		bits = append(bits, l.Bits)
	}
	if want := []int{8, 0, 4, 0, 0}; !slices.Equal(bits, want) {
		t.Errorf("bits %v, want %v", bits, want)
	}
	// 2×7 weights of 8 bits and 7×5 of 4 with a scale each, 5×2 and 14 biases of 32.
	if want := (14*8+32)/8 + (35*4+32+7)/8 + 10*4 + 14*4; tr.Size().Bytes != want {
		t.Errorf("%d bytes, want %d", tr.Size().Bytes, want)
	}
	settings := text(t, tr.Settings())
	want := `quant.layers: there is no layer "1" with a kernel; there are 0, 2, 4`
	path, v := parse(t, tr.Settings(), "quant.layers=1:8")
	if err := tr.Set(path, v); err == nil || err.Error() != want || text(t, tr.Settings()) != settings {
		t.Errorf("%v, want %s", err, want)
	}
	_, err := core.New(recipeFrom(t, classesTOML+"[quant]\nlayers = [\"9:8\"]\n"), shelf{})
	if err == nil || !strings.Contains(err.Error(), "test.toml:") || !strings.HasSuffix(err.Error(), `there is no layer "9" with a kernel; there are 0, 2, 4`) {
		t.Errorf("%v", err)
	}
}

func TestTrainingInFloatDoesNotSeeTheRounding(t *testing.T) {
	plain := trainer(t, classesTOML)
	after := trainer(t, classesTOML, "quant.bits=2", "quant.when=after")
	for range 20 {
		a, b := plain.Step(), after.Step()
		if a.Loss != b.Loss {
			t.Fatalf("the loss is %v, in float %v", b.Loss, a.Loss)
		}
	}
	if !slices.Equal(plain.Params(), after.Params()) || slices.Equal(plain.Weights(), after.Weights()) {
		t.Error("the stored weights differ, or the effective ones do not")
	}
}

// Every way to quantize goes on from a snapshot to the same bit.
func TestQuantizedRunsRestore(t *testing.T) {
	for _, knobs := range [][]string{
		{"quant.bits=4", "quant.observer=mse"},
		{"quant.bits=4", "quant.observer=percentile", "quant.scheme=affine", "prune.sparsity=0.3"},
		{"quant.bits=3", "quant.step=learned", "quant.granularity=channel"},
		{"quant.bits=3", "quant.step=learned", "finetune.lora_rank=2", "prune.sparsity=0.3"},
		{"quant.layers=2:2"},
		{"quant.bits=4", "quant.when=after"},
		{"quant.activations=4"},
		{"quant.activations=8", "quant.bits=8", "quant.observer=moving average", "quant.scheme=affine"},
		{"quant.activations=3", "quant.observer=percentile", "quant.when=after"},
		{"quant.activations=5", "quant.observer=mse", "train.accumulate=3"},
	} {
		tr := trainer(t, classesTOML, append(knobs, "optimizer.name=adam", "train.ema=0.9")...)
		steps(tr, 9)
		saved := tr.Snapshot()
		copied := tr.Copy()
		steps(tr, 13)
		want := tr.Hash()
		steps(copied, 13)
		fresh := trainer(t, classesTOML)
		fresh.Restore(saved)
		steps(fresh, 13)
		if copied.Hash() != want || fresh.Hash() != want {
			t.Errorf("%v: %s, a copied %s, restored %s", knobs, want, copied.Hash(), fresh.Hash())
		}
		if n := testing.AllocsPerRun(20, func() { tr.Advance() }); n != 0 {
			t.Errorf("%v: %v allocations a step", knobs, n)
		}
	}
}

// buffer is what the state holds under that name.
func buffer(tr *core.Trainer, name string) []float64 {
	for _, b := range tr.Snapshot().State {
		if b.Name == name {
			return b.Data
		}
	}
	return nil
}

func TestInputRangesAreCalibratedWhenTheyAreSwitchedOn(t *testing.T) {
	late := trainer(t, classesTOML)
	turn(t, late, "quant.activations=6")
	early, err := core.New(recipeFrom(t, classesTOML+"[quant]\nactivations = 6\n"), shelf{})
	if err != nil {
		t.Fatal(err)
	}
	want := buffer(early, "quant/ranges")
	if got := buffer(late, "quant/ranges"); len(got) != 6 || !slices.Equal(got, want) {
		t.Errorf("ranges %v, from the start %v", got, want)
	}
	top := 0.0
	x := late.Data().Train.X
	for _, v := range x.Data[:x.Rows*x.Cols] {
		top = max(top, math.Abs(v))
	}
	if want[0] != -top || want[1] != top {
		t.Errorf("the first range is %v, the data reach to %v", want[:2], top)
	}
	steps(late, 40)
	turn(t, late, "quant.activations=4")
	seen := buffer(late, "quant/ranges")
	if slices.Equal(seen, want) {
		t.Error("training moves no range")
	}
	turn(t, late, "quant.observer=percentile", "quant.percentile=0.9")
	if got := buffer(late, "quant/ranges"); got[1] >= seen[1] {
		t.Errorf("with another observer the range is %v, before %v", got, seen)
	}
	turn(t, late, "quant.activations=0")
	if buffer(late, "quant/ranges") != nil {
		t.Error("switched off, the ranges are still there")
	}
}

func TestLookingMovesNoRange(t *testing.T) {
	tr := trainer(t, classesTOML, "quant.activations=6", "quant.bits=6")
	steps(tr, 10)
	before := tr.Hash()
	tr.Measure(tr.Data().Val)
	tr.Outputs(tr.Data().Train.X)
	tr.Evaluate()
	copied := tr.Copy()
	if copied.Hash() != before {
		t.Error("the copied has other ranges")
	}
	steps(copied, 30)
	if tr.Hash() != before {
		t.Error("looking, or the copied, moved something")
	}
}

func TestInputsOnAGridOfSixteenBitsAreNearlyThemselves(t *testing.T) {
	plain, fine := trainer(t, classesTOML), trainer(t, classesTOML, "quant.activations=16")
	for range 20 {
		if a, b := plain.Step().Loss, fine.Step().Loss; !near(a, b, 1e-3) {
			t.Fatalf("the loss is %v, in float %v", b, a)
		}
	}
}
