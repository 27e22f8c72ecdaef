package core_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
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
	if why := build(t, recipeFrom(t, classesTOML)).Inert("augment.rotate"); why == "" {
		t.Error("points in the plane can be turned")
	}
}

const digitsTOML = `
[data]
set = "digits"
shape = [8, 8]
standardize = true
validation = 0.2
[model]
layers = [64, 6, 10]
activation = "tanh"
[loss]
name = "cross-entropy"
[train]
batch = 8
`

// mixtures are recipes with each kind of target, and what mixes them.
var mixtures = map[string]struct {
	toml  string
	turns []string
}{
	"classes":              {classesTOML, []string{"augment.mixup=0.7"}},
	"focal":                {classesTOML, []string{"augment.mixup=0.7", "loss.name=focal"}},
	"hinge":                {classesTOML, []string{"augment.mixup=0.7", "loss.name=hinge"}},
	"yes or no":            {classesTOML, []string{"augment.mixup=0.7", "loss.name=bce"}},
	"weights and smoothed": {classesTOML, []string{"augment.mixup=0.7", "loss.weights=1,3", "loss.label_smoothing=0.1"}},
	"numbers":              {numbersTOML, []string{"augment.mixup=0.7"}},
	"numbers, log-cosh":    {numbersTOML, []string{"augment.mixup=0.7", "loss.name=log-cosh"}},
	"images":               {digitsTOML, []string{"augment.cutmix=1"}},
	"images, both":         {digitsTOML, []string{"augment.mixup=0.4", "augment.cutmix=1", "augment.crop=1"}},
}

// with is a list of turns with some more, leaving the list as it is.
func with(turns []string, more ...string) []string { return append(slices.Clone(turns), more...) }

// The gradient of a step, which at rate 1 is what it takes off, against the
// difference of the step's loss on either side.
func TestTheGradientOfAMixedLossIsItsSlope(t *testing.T) {
	for name, m := range mixtures {
		t.Run(name, func(t *testing.T) {
			tr := trainer(t, m.toml, with(m.turns, "optimizer.name=sgd", "optimizer.lr=1")...)
			from := tr.Snapshot()
			steps(tr, 1)
			after := slices.Clone(tr.Params())
			for i := 0; i < len(after); i += 1 + len(after)/40 {
				side := func(by float64) float64 {
					s := *from
					s.Params = slices.Clone(from.Params)
					s.Params[i] += by
					tr.Restore(&s)
					return tr.Advance().Loss
				}
				const h = 1e-5
				want := (side(h) - side(-h)) / (2 * h)
				if got := from.Params[i] - after[i]; math.Abs(got-want) > 1e-7*max(1, math.Abs(want)) {
					t.Errorf("parameter %d: %v, by difference %v", i, got, want)
				}
			}
		})
	}
}

// The loss of a mixed step is λ L(y) + (1 − λ) L(y of the partner) of the rows
// as they come out of the mixing.
func TestTheLossOfAMixedBatchCountsBothTargetsInTheirShares(t *testing.T) {
	for name, m := range mixtures {
		tr := trainer(t, m.toml, m.turns...)
		steps(tr, 2)
		b := tr.Preview(0, 8)
		after := b.After
		first, _ := tr.Measure(after)
		after.Values, after.Classes = b.Partner.Values, b.Partner.Classes
		second, _ := tr.Measure(after)
		want := b.Share*first + (1-b.Share)*second
		if got := tr.Advance().Loss; !near(got, want, 1e-12) || b.Share == 1 || first == second {
			t.Errorf("%s: %v, want %v of %v and %v in shares of %v", name, got, want, first, second, b.Share)
		}
	}
}

func TestMixedBatchesReplayToTheBitAndAllocateNothing(t *testing.T) {
	for name, m := range mixtures {
		t.Run(name, func(t *testing.T) {
			tr := trainer(t, m.toml, with(m.turns, "optimizer.name=adam", "train.accumulate=2")...)
			steps(tr, 5)
			at := tr.Snapshot()
			copied := tr.Copy()
			steps(tr, 20)
			end := tr.Hash()
			steps(copied, 20)
			tr.Restore(at)
			steps(tr, 20)
			if tr.Hash() != end || copied.Hash() != end {
				t.Error("gone through again it comes out otherwise")
			}
			if n := testing.AllocsPerRun(20, func() { tr.Advance() }); n != 0 {
				t.Errorf("%v allocations a step", n)
			}
		})
	}
}

func TestMixingThatIsOffAgainLeavesNoTrace(t *testing.T) {
	off := []string{"augment.mixup=0", "augment.cutmix=0", "augment.crop=0"}
	for name, m := range mixtures {
		once, never := trainer(t, m.toml, m.turns...), trainer(t, m.toml, with(m.turns, off...)...)
		start := never.Snapshot()
		steps(once, 7)
		turn(t, once, off...)
		once.Restore(start)
		steps(once, 7)
		steps(never, 7)
		if once.Hash() != never.Hash() {
			t.Errorf("%s: it does", name)
		}
	}
}

func TestATeacherAnswersTheMixedRows(t *testing.T) {
	s, teacher := student(t, "[optimizer]\nname = \"sgd\"\n[distill]\nalpha = 1\ntemperature = 1\n[augment]\nmixup = 1\n")
	b := s.Preview(0, 8)
	mine := slices.Clone(s.Outputs(b.After.X).Data[:16])
	its := slices.Clone(teacher.Outputs(b.After.X).Data[:16])
	want := 0.0 // KL(teacher ‖ student), the mean over the rows
	for r := range 8 {
		p := 1 / (1 + math.Exp(its[2*r+1]-its[2*r]))
		q := 1 / (1 + math.Exp(mine[2*r+1]-mine[2*r]))
		want += (p*math.Log(p/q) + (1-p)*math.Log((1-p)/(1-q))) / 8
	}
	if got := s.Advance().Loss; !near(got, want, 1e-9) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestLookingAtABatchLeavesTrainingAsItIs(t *testing.T) {
	for name, m := range mixtures {
		tr, other := trainer(t, m.toml, m.turns...), trainer(t, m.toml, m.turns...)
		for range 12 {
			tr.Preview(2, 3)
			tr.Step()
			other.Step()
		}
		if tr.Hash() != other.Hash() {
			t.Errorf("%s: it does not", name)
		}
	}
}

func TestTheBatchToComeIsThatOfTheStepAndBeforeAreTheRowsThemselves(t *testing.T) {
	tr := trainer(t, digitsTOML, "augment.noise=0.2")
	steps(tr, 4)
	b := tr.Preview(0, 100)
	if b.Step != 5 || b.Of != 8 || b.Before.Rows() != 8 || b.Share != 1 || !b.On {
		t.Fatalf("step %d, %d of %d rows, share %v, on %v", b.Step, b.Before.Rows(), b.Of, b.Share, b.On)
	}
	all := tr.Data().Train
	for r := range 8 {
		was := b.Before.X.Data[r*64 : (r+1)*64]
		found := false
		for i := range all.Rows() {
			found = found || slices.Equal(was, all.X.Data[i*64:(i+1)*64]) && all.Classes[i] == b.Before.Classes[r]
		}
		if !found || slices.Equal(was, b.After.X.Data[r*64:(r+1)*64]) || b.After.Classes[r] != b.Before.Classes[r] {
			t.Errorf("row %d is none of the data, or unchanged", r)
		}
	}
	if again := tr.Preview(3, 2); !slices.Equal(again.Before.X.Data, b.Before.X.Data[3*64:5*64]) || again.Before.Rows() != 2 {
		t.Error("rows 3 and 4 alone are others")
	}
	if none := tr.Preview(8, 5); none.Before.Rows() != 0 {
		t.Errorf("%d rows after the last", none.Before.Rows())
	}
	turn(t, tr, "augment.noise=0")
	if b := tr.Preview(0, 8); b.On || !slices.Equal(b.Before.X.Data, b.After.X.Data) {
		t.Error("nothing is on, and rows are changed")
	}
}

func TestAugmentationThatDoesNothingSaysWhy(t *testing.T) {
	points := trainer(t, classesTOML)
	words := trainer(t, strings.NewReplacer("linear-teacher", "modular", "layers = [3, 6, 2]\nactivation = \"tanh\"", "stack = [\"embedding num=2 dim=3\", \"flatten\", \"dense out=97\"]", "name = \"mse\"", "name = \"cross-entropy\"").Replace(numbersTOML))
	for _, c := range []struct {
		tr   *core.Trainer
		path string
		want string
	}{
		{points, "augment.cutmix", "these inputs are no images"},
		{points, "augment.mixup", ""},
		{words, "augment.mixup", "there is no value between two"},
		{words, "augment.noise", "there is no value between two"},
		{words, "augment.drop", ""},
	} {
		if got := c.tr.Inert(c.path); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
	}
	turn(t, words, "augment.mixup=1", "augment.noise=1")
	steps(words, 2)
	if !words.Finite() {
		t.Error("integers were mixed")
	}
}
