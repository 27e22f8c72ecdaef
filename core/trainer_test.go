package core_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/optim"
	"descent/presets"
)

func TestAWarmStepAllocatesNothing(t *testing.T) {
	for _, o := range optim.Catalogue {
		for _, toml := range []string{classesTOML, numbersTOML} {
			tr := trainer(t, toml, "optimizer.name="+o.Name, "prune.sparsity=0.5", "quant.bits=4", "train.clip_norm=1", "train.eval_every=1000000000")
			steps(tr, 20)
			if n := testing.AllocsPerRun(50, func() { tr.Step() }); n != 0 {
				t.Errorf("%s: %v allocations a step", o.Name, n)
			}
		}
	}
}

func TestAnEvaluatedStepAllocatesNothing(t *testing.T) {
	for _, l := range []string{"mse", "cross-entropy", "bce", "huber"} {
		tr := trainer(t, classesTOML, "loss.name="+l, "train.eval_every=1")
		steps(tr, 20)
		if n := testing.AllocsPerRun(50, func() { tr.Step() }); n != 0 {
			t.Errorf("%s: %v allocations a step", l, n)
		}
	}
}

func TestEveryOptimizerAndLossTrains(t *testing.T) {
	for _, o := range optim.Catalogue {
		for _, l := range loss.Catalogue {
			tr := trainer(t, classesTOML, "optimizer.name="+o.Name, "loss.name="+l.Name, "train.batch=0")
			if o.Name == "lbfgs" { // which without a line search may go anywhere
				turn(t, tr, "optimizer.line_search_fn=strong_wolfe")
			}
			first := tr.Step().Loss
			if last := steps(tr, 300).Loss; !(last < first) {
				t.Errorf("%s on %s: from %v to %v in 300 steps", o.Name, l.Name, first, last)
			}
		}
	}
}

func TestTwoRunsAreTheSameToTheBit(t *testing.T) {
	for _, o := range optim.Catalogue {
		hash := func(processors int) string {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			tr := trainer(t, classesTOML, "optimizer.name="+o.Name, "prune.sparsity=0.3", "quant.bits=5", "train.noise=0.01")
			tr.Share(processors)
			defer tr.Close()
			steps(tr, 100)
			return tr.Hash()
		}
		for _, processors := range []int{1, 2, 8} {
			if a, b := hash(1), hash(processors); a != b {
				t.Errorf("%s: %s, and on %d processors %s", o.Name, a, processors, b)
			}
		}
	}
}

func TestTheNumberOfProcessorsChangesNoBit(t *testing.T) {
	hash := func(processors int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		tr := trainer(t, wideTOML)
		steps(tr, 15)
		return tr.Hash()
	}
	if one, two := hash(1), hash(2); one != two {
		t.Errorf("%s on one, %s on two", one, two)
	}
}

func TestTheSeedDecidesEverything(t *testing.T) {
	a, b := trainer(t, "seed = 1"+classesTOML), trainer(t, "seed = 2"+classesTOML)
	if a.Hash() == b.Hash() || a.Step().Loss == b.Step().Loss {
		t.Error("two seeds, one run")
	}
}

func TestTheHashSeesTheStepAndEveryBit(t *testing.T) {
	tr := trainer(t, classesTOML, "optimizer.lr=0")
	start := tr.Hash()
	tr.Step() // moves nothing
	if tr.Hash() == start {
		t.Error("the step is not in the hash")
	}
	s := tr.Snapshot()
	s.Params[3] = math.Nextafter(s.Params[3], 9)
	kept := tr.Hash()
	tr.Restore(s)
	if tr.Hash() == kept {
		t.Error("a bit of a weight is not in the hash")
	}
}

// On one row of x = 1, y = 0 with the net ŷ = wx + b, the error is multiplied
// by 1 − 4 lr at every step.
func TestGradientDescentFollowsTheClosedForm(t *testing.T) {
	r := recipeFrom(t, "[data]\nfile = \"f.csv\"\n[model]\nlayers = [1, 1]\n[loss]\nname = \"mse\"\n[optimizer]\nname = \"gd\"\nlr = 0.05")
	tr, err := core.New(r, shelf{"f.csv": "x,y\n1,0\n"})
	if err != nil {
		t.Fatal(err)
	}
	first := tr.Step().Loss
	for s := 2; s <= 30; s++ {
		if got, want := tr.Step().Loss, first*math.Pow(0.8, 2*float64(s-1)); !near(got, want, 1e-10) {
			t.Fatalf("step %d: %v, want %v", s, got, want)
		}
	}
}

func TestThePrunedWeightsDoNotMoveByABit(t *testing.T) {
	for _, o := range optim.Catalogue {
		tr := trainer(t, classesTOML, "optimizer.name="+o.Name)
		if _, err := tr.Settings().Find("optimizer.weight_decay"); err == nil {
			turn(t, tr, "optimizer.weight_decay=0.01")
		}
		steps(tr, 10) // so that there is momentum
		turn(t, tr, "prune.sparsity=0.5", "quant.bits=4", "train.clip_norm=1")
		before := slices.Clone(tr.Params())
		steps(tr, 50)
		mask := tr.Snapshot().State
		i := slices.IndexFunc(mask, func(b knob.Buffer) bool { return b.Name == "prune/mask" })
		moved := 0
		for j, kept := range mask[i].Data {
			same := math.Float64bits(before[j]) == math.Float64bits(tr.Params()[j])
			if kept == 0 && !same {
				t.Errorf("%s: pruned weight %d moved from %v to %v", o.Name, j, before[j], tr.Params()[j])
			}
			if kept == 1 && !same {
				moved++
			}
		}
		if moved == 0 {
			t.Errorf("%s: nothing moved at all", o.Name)
		}
	}
}

// The gradient is masked first, so that neither the clip nor any state sees
// what is pruned. Of the buffers, these gather gradients weight by weight.
func TestNoStateIsKeptForPrunedWeights(t *testing.T) {
	gathers := []string{"momentum", "mean", "square mean", "square sum", "largest square mean", "update square mean", "last gradient"}
	for _, o := range optim.Catalogue {
		tr := trainer(t, classesTOML, "optimizer.name="+o.Name, "prune.sparsity=0.5")
		steps(tr, 10)
		state := tr.Snapshot().State
		mask := state[len(state)-1].Data
		for _, b := range state[:len(state)-1] {
			if _, meaning, _ := strings.Cut(b.Name, "/"); !slices.Contains(gathers, meaning) {
				continue
			}
			for i, v := range b.Data {
				if mask[i] == 0 && v != 0 {
					t.Errorf("%s: %s is %v at pruned weight %d", o.Name, b.Name, v, i)
				}
			}
		}
	}
}

func TestTheMaskIsChosenAnewOnlyWhenAPruneKnobTurns(t *testing.T) {
	mask := func(tr *core.Trainer) []float64 { s := tr.Snapshot().State; return s[len(s)-1].Data }
	tr := trainer(t, classesTOML, "prune.sparsity=0.5", "optimizer.lr=0.5")
	chosen := mask(tr)
	steps(tr, 50)
	turn(t, tr, "optimizer.lr=0.1", "quant.bits=3", "optimizer.name=adam", "train.batch=4", "loss.name=mse")
	if !slices.Equal(mask(tr), chosen) {
		t.Error("another mask without a prune knob turned")
	}
	turn(t, tr, "prune.sparsity=0.5")
	if slices.Equal(mask(tr), chosen) {
		t.Error("the mask does not follow the weights when the knob is turned")
	}
}

func TestSwitchingCompressionOnAndOffLeavesTheRunAlone(t *testing.T) {
	plain, other := trainer(t, classesTOML), trainer(t, classesTOML)
	steps(plain, 10)
	steps(other, 10)
	turn(t, other, "prune.sparsity=0.9", "quant.bits=2", "prune.scope=layer", "quant.granularity=channel")
	if slices.Equal(other.Weights(), plain.Weights()) {
		t.Fatal("the view does nothing")
	}
	turn(t, other, "prune.sparsity=0", "quant.bits=0")
	if !slices.Equal(other.Weights(), plain.Weights()) {
		t.Error("the weights are not back")
	}
	if a, b := steps(plain, 20), steps(other, 20); !a.Equal(b) || plain.Hash() != other.Hash() {
		t.Errorf("%+v, with a detour %+v", a, b)
	}
}

func TestTheLossIsThatOfTheEffectiveWeightsBeforeTheUpdate(t *testing.T) {
	tr := trainer(t, classesTOML, "train.batch=0", "prune.sparsity=1") // all kernels zero
	tr.Step()
	turn(t, tr, "optimizer.lr=0")
	zeroed := tr.Step().Loss
	bias := tr.Layout()[len(tr.Layout())-1].Of(tr.Params())
	share := 1 / (1 + math.Exp(bias[1]-bias[0])) // of the first class, whatever the input
	if want := -(math.Log(share) + math.Log(1-share)) / 2; !near(zeroed, want, 0.05) {
		t.Errorf("loss %v, want about %v", zeroed, want)
	}
}

func TestEvaluationsFallOnTheirSteps(t *testing.T) {
	for _, c := range []struct {
		turns []string
		want  []int
	}{
		{nil, []int{6, 12, 18}}, // 48 rows by 8
		{[]string{"train.eval_every=5"}, []int{5, 10, 15, 20}},
		{[]string{"train.batch=20"}, []int{3, 6, 9, 12, 15, 18}},
		{[]string{"optimizer.name=gd", "train.eval_every=7"}, []int{7, 14}},
	} {
		tr := trainer(t, classesTOML, c.turns...)
		var got []int
		for range 20 {
			if r := tr.Step(); r.Evaluated {
				got = append(got, r.Step)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: evaluated at %v, want %v", c.turns, got, c.want)
		}
	}
}

// 700 rows, so that an evaluation takes several blocks; every row is off by
// the same, so that it matters not which are held out.
func TestEvaluationValues(t *testing.T) {
	for _, c := range []struct {
		name, loss, layers string
		weights            []float64 // kernel, then bias
		y                  func(x float64) string
		valLoss, accuracy  float64
	}{
		{"2 too low", "mse", "[1, 1]", []float64{1, 0}, func(x float64) string { return fmt.Sprint(x + 2) }, 4, -1},
		{"even odds", "bce", "[1, 1]", []float64{0, 0}, func(float64) string { return "0" }, math.Ln2, 1},
		{"even odds, all wrong", "bce", "[1, 1]", []float64{0, 0}, func(float64) string { return "1" }, math.Ln2, 0},
		{"one logit ahead by 1", "cross-entropy", "[1, 2]", []float64{0, 0, 0, 1}, func(float64) string { return "1" }, math.Log(1 + math.Exp(-1)), 1},
		{"one logit behind by 1", "cross-entropy", "[1, 2]", []float64{0, 0, 0, 1}, func(float64) string { return "0" }, math.Log(1 + math.E), 0},
		{"classes under mse", "mse", "[1, 2]", []float64{0, 0, 0, 1}, func(float64) string { return "1" }, 0, 1},
	} {
		var csv strings.Builder
		csv.WriteString("x,y\n")
		for i := range 700 {
			fmt.Fprintf(&csv, "%d,%s\n", i%9, c.y(float64(i%9)))
		}
		r := recipeFrom(t, "[data]\nfile = \"f.csv\"\nvalidation = 0.5\n[model]\nlayers = "+c.layers+"\nweights = \"w.safetensors\"\n[loss]\nname = \""+c.loss+"\"\n[optimizer]\nlr = 0")
		model, err := nn.New(r.Model)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := core.New(r, shelf{"f.csv": csv.String(), "w.safetensors": string(nn.EncodeWeights(model.Layout(), c.weights))})
		if err != nil {
			t.Fatal(err)
		}
		got := tr.Evaluate()
		if !near(got.ValLoss, c.valLoss, 1e-12) || got.HasAccuracy != (c.accuracy >= 0) ||
			got.HasAccuracy && (got.Accuracy != c.accuracy || got.ValAccuracy != c.accuracy) {
			t.Errorf("%s under %s: %+v", c.name, c.loss, got)
		}
	}
}

func TestMeasuringDoesNotTouchTheRun(t *testing.T) {
	a, b := trainer(t, classesTOML), trainer(t, classesTOML)
	for range 20 {
		a.Step()
		b.Step()
		b.Evaluate()
		b.Layers()
		b.Weights()
		b.Blame()
		b.Snapshot()
	}
	if a.Hash() != b.Hash() {
		t.Error("measured, the run is another")
	}
}

func TestEvaluatingTwiceSaysTheSame(t *testing.T) {
	tr := trainer(t, classesTOML)
	tr.Step()
	if a, b := tr.Evaluate(), tr.Evaluate(); !a.Equal(b) || !a.Evaluated || !a.HasVal || !a.HasAccuracy {
		t.Errorf("%+v, %+v", a, b)
	}
}

func TestEpochCountsRows(t *testing.T) {
	for _, c := range []struct {
		batch string
		steps int
		want  float64
	}{
		{"8", 9, 1.5}, {"20", 3, 1}, {"20", 4, 68. / 48}, {"0", 2, 2}, {"1000", 2, 2},
	} {
		tr := trainer(t, classesTOML, "train.batch="+c.batch) // of 48 rows
		steps(tr, c.steps)
		if got := tr.Epoch(); got != c.want {
			t.Errorf("%d batches of %s: %v epochs, want %v", c.steps, c.batch, got, c.want)
		}
	}
}

func TestInertSaysWhyAKnobDoesNothing(t *testing.T) {
	for _, c := range []struct {
		turns      []string
		path, want string
	}{
		{nil, "train.batch", ""},
		{nil, "train.shuffle", ""},
		{nil, "optimizer.lr", ""},
		{[]string{"optimizer.name=gd"}, "train.batch", "gd takes all rows at every step"},
		{[]string{"optimizer.name=gd"}, "train.shuffle", "gd takes all rows at every step"},
		{[]string{"train.batch=0"}, "train.shuffle", "a batch of all rows is not shuffled"},
		{[]string{"train.batch=48"}, "train.shuffle", "a batch of all rows is not shuffled"},
		{[]string{"train.batch=47"}, "train.shuffle", ""},
		{[]string{"train.batch=0"}, "train.batch", ""},
		{nil, "prune.scope", ""},
		{nil, "prune.m", "only n:m uses it"},
		{[]string{"prune.method=n:m"}, "prune.m", ""},
		{[]string{"prune.method=structured"}, "prune.scope", "structured compares within each layer"},
		{[]string{"prune.method=n:m"}, "prune.regrow", "n:m prunes by a pattern, in which single weights cannot grow"},
		{nil, "finetune.replay", "nothing was learnt before; give the preset a [pretrain]"},
		{nil, "distill.alpha", "there is no teacher; give the preset a [teacher], or let a branch teach"},
	} {
		if got := trainer(t, classesTOML, c.turns...).Inert(c.path); got != c.want {
			t.Errorf("%v, %s: %q, want %q", c.turns, c.path, got, c.want)
		}
	}
}

func TestAnInertKnobMovesNoBit(t *testing.T) {
	a, b := trainer(t, classesTOML, "optimizer.name=gd"), trainer(t, classesTOML, "optimizer.name=gd", "train.batch=3", "train.shuffle=off")
	steps(a, 10)
	steps(b, 10)
	if a.Hash() != b.Hash() {
		t.Error("gd follows the batch")
	}
}

func TestFitsSaysWhyALossCannotBeChosen(t *testing.T) {
	for _, c := range []struct{ toml, loss, want string }{
		{classesTOML, "cross-entropy", ""},
		{classesTOML, "mse", ""},
		{classesTOML, "bce", ""},
		{numbersTOML, "huber", ""},
		{numbersTOML, "cross-entropy", "cross-entropy needs classes, one target column with a class in each row, or columns of probabilities that sum to 1; these targets are numbers"},
		{numbersTOML, "bce", "bce needs targets of 0 and 1, or two names in a column; these are other numbers"},
	} {
		tr, got := trainer(t, c.toml), ""
		if err := tr.Fits(c.loss); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.loss, got, c.want)
		}
		if err := tr.Set("loss.name", knob.Word(c.loss)); (err == nil) != (c.want == "") {
			t.Errorf("%s is set: %v", c.loss, err)
		}
	}
}

func TestARefusedValueChangesNothing(t *testing.T) {
	for _, c := range []struct {
		path string
		v    knob.Value
		want string
	}{
		{"optimizer.lr", knob.Num(-1), "optimizer.lr takes a number from 0 to 1000000, not -1"},
		{"optimizer.lr", knob.Num(math.NaN()), "optimizer.lr takes a number, not NaN"},
		{"optimizer.lr", knob.Word("fast"), `optimizer.lr takes a number, not "fast"`},
		{"optimizer.name", knob.Word("adma"), `optimizer.name has no choice "adma"; did you mean "adam"?`},
		{"optimizer.amsgrad", knob.Flag(true), `optimizer.amsgrad is no setting of "sgd"; it belongs to adam, adamw`},
		{"loss.name", knob.Word("bce"), "bce needs targets of 0 and 1, or two names in a column; these are other numbers"},
		{"loss.delta", knob.Num(1), `loss.delta is no setting of "mse"; it belongs to huber`},
		{"train.batch", knob.Num(1.5), "train.batch takes an integer, not 1.5"},
		{"train.shuffle", knob.Num(1), "train.shuffle takes true or false, not 1"},
		{"prune.sparsity", knob.Num(1.1), "prune.sparsity takes a number from 0 to 1, not 1.1"},
		{"quant.bits", knob.Num(17), "quant.bits takes an integer from 0 to 16, not 17"},
		{"model.layers", knob.Items([]string{"3", "2"}), "model.layers is part of the recipe's shape and cannot turn while training"},
		{"seed", knob.Num(2), "seed is part of the recipe's shape and cannot turn while training"},
		{"optimzer.lr", knob.Num(1), `unknown key "optimzer.lr"; did you mean "optimizer.lr"?`},
		{"frobnicate", knob.Num(1), "unknown key \"frobnicate\"; `descent list knobs` names them all"},
	} {
		tr, copied := trainer(t, numbersTOML), trainer(t, numbersTOML)
		steps(tr, 3)
		steps(copied, 3)
		err := tr.Set(c.path, c.v)
		if err == nil || err.Error() != c.want {
			t.Errorf("%s = %v: %v, want %s", c.path, c.v, err, c.want)
		}
		if text(t, tr.Settings()) != text(t, copied.Settings()) || !steps(tr, 5).Equal(steps(copied, 5)) || tr.Hash() != copied.Hash() {
			t.Errorf("%s = %v was refused and yet changed something", c.path, c.v)
		}
	}
}

func TestARunThatDivergesSaysWhere(t *testing.T) {
	tr := trainer(t, numbersTOML, "optimizer.lr=1000000", "loss.name=mse")
	for range 2000 {
		if tr.Step(); !tr.Finite() {
			break
		}
	}
	if tr.Finite() || !strings.Contains(tr.Blame(), "layer") && tr.Blame() != "the loss" {
		t.Errorf("finite %v, blame %q", tr.Finite(), tr.Blame())
	}
}

func TestLayersReportOnTheStack(t *testing.T) {
	tr := trainer(t, classesTOML, "prune.sparsity=0.5", "prune.scope=layer", "quant.bits=3")
	for _, l := range tr.Layers() {
		if l.Params > 0 && (!math.IsNaN(l.Grad) || !math.IsNaN(l.Ratio)) {
			t.Errorf("layer %s has a gradient before the first step", l.Name)
		}
	}
	tr.Step()
	layers := tr.Layers()
	if len(layers) != 5 {
		t.Fatalf("%d layers", len(layers))
	}
	for i, want := range []string{"0 dense 2→7 21", "1 tanh 7 0", "2 dense 7→5 40", "3 tanh 5 0", "4 dense 5→2 12"} {
		l := layers[i]
		if got := strings.Join([]string{l.Name, l.Kind, l.Shape(), knob.Num(float64(l.Params)).String()}, " "); got != want {
			t.Errorf("layer %s, want %s", got, want)
		}
		if l.Params == 0 {
			continue
		}
		counted, nonzero := 0, 0
		for _, n := range l.Histogram {
			counted += n
		}
		for _, w := range tr.Layout()[i].Of(tr.Weights()) { // a kernel and a bias to two layers
			if w != 0 {
				nonzero++
			}
		}
		if !(l.Grad > 0 && l.Ratio > 0 && l.Weight > 0) || math.Abs(l.Kept-0.5) > 0.1 || l.Bits != 3 || counted != nonzero {
			t.Errorf("layer %s: %+v", l.Name, l)
		}
	}
}

func TestEmbeddedAndGivenWeightsStartTheRun(t *testing.T) {
	tr := trainer(t, classesTOML)
	steps(tr, 5)
	file := nn.EncodeWeights(tr.Layout(), tr.Params())
	r := recipeFrom(t, strings.Replace(classesTOML, "layers", "weights = \"w.safetensors\"\nlayers", 1))
	again, err := core.New(r, shelf{"w.safetensors": string(file)})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.Params(), tr.Params()) {
		t.Error("other weights")
	}
	_, err = core.New(r, shelf{"w.safetensors": string(file[:100])})
	if err == nil || !strings.Contains(err.Error(), "w.safetensors: this is no safetensors file") {
		t.Errorf("%v", err)
	}
	if _, err := core.New(r, presets.Files{}); err == nil || !strings.Contains(err.Error(), "w.safetensors cannot be read: no such file") {
		t.Errorf("%v", err)
	}
}
