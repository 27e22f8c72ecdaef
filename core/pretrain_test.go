package core_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/loss"
	"descent/core/recipe"
	"descent/presets"
)

// before is classesTOML after a lesson of so many steps on the same data.
func before(t *testing.T, steps int, extra string, settings ...string) *core.Trainer {
	t.Helper()
	r := recipeFrom(t, classesTOML+extra)
	first := recipeFrom(t, classesTOML)
	first.Data.Degree = 7 // which this set has no use for: another task by name only
	r.Pretrain.Pretraining = recipe.Pretraining{Preset: "first", Steps: steps, Recipe: &first}
	tr := build(t, r)
	turn(t, tr, settings...)
	return tr
}

func TestTrainingStartsFromWhatWasLearntBefore(t *testing.T) {
	first := trainer(t, classesTOML)
	steps(first, 60)
	tr := before(t, 60, "")
	if !slices.Equal(first.Params(), tr.Params()) {
		t.Error("it starts from other weights")
	}
	report := tr.Step()
	tr.Evaluate()
	if report = tr.Last(); !report.HasOld || report.OldLoss != report.ValLoss || report.OldAccuracy != report.ValAccuracy {
		t.Errorf("the old task, which is the new one, measures %+v", report)
	}
	if line := string(report.AppendJSON(nil)); !strings.Contains(line, `"old_loss":`) || !strings.Contains(line, `"old_accuracy":`) {
		t.Error(line)
	}
}

func TestALessonThatDoesNotFitIsRefused(t *testing.T) {
	r := recipeFrom(t, classesTOML)
	other := recipeFrom(t, strings.Replace(classesTOML, "[2, 7, 5, 2]", "[2, 6, 2]", 1))
	r.Pretrain.Pretraining = recipe.Pretraining{Preset: "other", Steps: 3, Recipe: &other}
	if _, err := core.New(r, presets.Files{}); err == nil || !strings.Contains(err.Error(), "other has another model") {
		t.Errorf("error %v", err)
	}
}

// The Fisher information is what the gradients of the log-likelihood are on
// average; for one output of softmax it is p (1 − p) of a bias.
func TestConsolidationHoldsWhatMatters(t *testing.T) {
	tr := before(t, 200, "", "optimizer.name=sgd", "optimizer.lr=0.1")
	plain := before(t, 200, "", "optimizer.name=sgd", "optimizer.lr=0.1")
	start := slices.Clone(tr.Params())
	steps(tr, 10)
	steps(plain, 10)
	turn(t, tr, "finetune.ewc=1")
	at := slices.Clone(tr.Params())
	tr.Advance()
	plain.Advance()
	x := tr.Data().Train.X
	fresh := before(t, 200, "")
	out := fresh.Outputs(x)
	loss.Softmax(out)
	want := 0.0
	for r := range out.Rows {
		p := out.Data[r*out.Stride]
		want += p * (1 - p) / float64(out.Rows)
	}
	for _, seg := range tr.Layout() {
		for i := seg.Offset; i < seg.Offset+seg.Size(); i++ {
			d := at[i] - start[i]
			if math.Abs(d) < 1e-6 {
				continue
			}
			f := (plain.Params()[i] - tr.Params()[i]) / 0.1 / d
			if f < -1e-9 {
				t.Errorf("%s: information of %v", seg.Name, f)
			}
			if seg.Name == "4.bias" && math.Abs(f-want) > 0.5*want {
				t.Errorf("the last bias has information %v, want about %v", f, want)
			}
		}
	}
}

// What the old task hangs on follows from the recipe, not from when it is asked
// for: running statistics, the loss and the rounding of that moment are others.
func TestConsolidationIsTheSameWheneverItBegins(t *testing.T) {
	text := strings.Replace(classesTOML, "layers = [2, 7, 5, 2]\nactivation = \"tanh\"", "stack = [\"dense 6\", \"batch-norm\", \"tanh\", \"dense 2\"]", 1)
	r, first := recipeFrom(t, text), recipeFrom(t, text)
	first.Data.Degree = 7
	r.Pretrain.Pretraining = recipe.Pretraining{Preset: "first", Steps: 40, Recipe: &first}
	early, late := build(t, r), build(t, r)
	begin := early.Snapshot()
	steps(late, 50)
	turn(t, late, "quant.activations=4", "loss.name=mse", "finetune.ewc=100")
	late.Restore(begin)
	for _, tr := range []*core.Trainer{early, late} {
		turn(t, tr, "finetune.ewc=100")
		steps(tr, 20)
	}
	fresh := build(t, r)
	fresh.Restore(early.Snapshot())
	if early.Hash() != late.Hash() {
		t.Error("it depends on what was asked for before")
	}
	steps(fresh, 10)
	steps(early, 10)
	if early.Hash() != fresh.Hash() {
		t.Error("it is another after going back")
	}
}

func TestOldRowsTakeTheirShareOfABatch(t *testing.T) {
	r := recipeFrom(t, classesTOML)
	first := recipeFrom(t, classesTOML)
	first.Data.Validation = 0.5 // other rows to train on
	r.Pretrain.Pretraining = recipe.Pretraining{Preset: "first", Steps: 1, Recipe: &first}
	a, b := build(t, r), build(t, r)
	turn(t, a, "finetune.replay=1", "optimizer.lr=0.05")
	turn(t, b, "optimizer.lr=0.05")
	if steps(a, 5); a.Hash() == func() string { steps(b, 5); return b.Hash() }() {
		t.Error("batches of old rows are like those of new ones")
	}
	saved := a.Snapshot()
	steps(a, 20)
	want := a.Hash()
	a.Restore(saved)
	if steps(a, 20); a.Hash() != want {
		t.Error("it does not come out again")
	}
}

func TestATeacherIsTrainedOnTheSpot(t *testing.T) {
	of := recipeFrom(t, strings.Replace(classesTOML, "[2, 7, 5, 2]", "[2, 16, 2]", 1))
	r := recipeFrom(t, classesTOML+"[distill]\nalpha = 0.5\n")
	r.Teacher.Pretraining = recipe.Pretraining{Preset: "large", Steps: 50, Recipe: &of}
	kept := &memory{content: map[string][]byte{}}
	a, err := core.New(r, kept)
	if err != nil {
		t.Fatal(err)
	}
	if len(kept.content) != 1 || kept.done != kept.total || kept.total != 50 {
		t.Fatalf("kept %d, told %d of %d", len(kept.content), kept.done, kept.total)
	}
	kept.total = 0
	b, err := core.New(r, kept)
	if err != nil {
		t.Fatal(err)
	}
	if kept.total != 0 {
		t.Error("it is trained again")
	}
	if steps(a, 20); a.Hash() != func() string { steps(b, 20); return b.Hash() }() {
		t.Error("a teacher from the shelf teaches something else")
	}
}

// memory is a shelf that keeps lessons.
type memory struct {
	presets.Files
	content     map[string][]byte
	done, total int
}

func (m *memory) Kept(key string) []byte            { return m.content[key] }
func (m *memory) Keep(key string, content []byte)   { m.content[key] = content }
func (m *memory) Learning(_ string, d, t int) error { m.done, m.total = d, t; return nil }

func TestFeaturesPullTheStudent(t *testing.T) {
	for _, features := range []string{"hint", "similarity"} {
		of := recipeFrom(t, classesTOML)
		r := recipeFrom(t, classesTOML)
		r.Teacher.Pretraining = recipe.Pretraining{Preset: "same", Steps: 100, Recipe: &of}
		tr := build(t, r)
		turn(t, tr, "distill.features="+features, "distill.feature_weight=3", "optimizer.name=sgd", "optimizer.lr=0.1", "train.batch=0")
		steps(tr, 3)
		at := tr.Snapshot()
		loss := func(i int, d float64) float64 {
			s := *at
			s.Params = slices.Clone(at.Params)
			s.Params[i] += d
			tr.Restore(&s)
			return tr.Advance().Loss
		}
		tr.Advance()
		moved := slices.Clone(tr.Params())
		for i := 0; i < len(moved); i += 3 {
			grad := (at.Params[i] - moved[i]) / 0.1
			if quotient := (loss(i, 1e-6) - loss(i, -1e-6)) / 2e-6; math.Abs(grad-quotient) > 1e-6 {
				t.Errorf("%s: gradient %d is %v, the difference %v", features, i, grad, quotient)
			}
		}
	}
}

func TestABranchCanTeach(t *testing.T) {
	tr := trainer(t, classesTOML, "distill.alpha=0.5")
	plain := trainer(t, classesTOML)
	steps(tr, 10)
	steps(plain, 10)
	if tr.Last().Loss != plain.Last().Loss {
		t.Fatal("without a teacher alpha counts")
	}
	wise := trainer(t, classesTOML)
	steps(wise, 200)
	before := tr.Snapshot()
	if err := tr.SetTeacher(wise.Snapshot()); err != nil {
		t.Fatal(err)
	}
	after := tr.Snapshot()
	steps(tr, 10)
	want := tr.Hash()
	tr.Restore(before)
	if steps(tr, 10); tr.Hash() == want {
		t.Error("the teacher changes nothing")
	}
	fresh := trainer(t, classesTOML)
	fresh.Restore(after)
	if steps(fresh, 10); fresh.Hash() != want {
		t.Error("a snapshot does not hold the teacher")
	}
	if copied := fresh.Copy(); copied.Hash() != want {
		t.Error("a copied has another state")
	}
}

func TestARewoundNetworkKeepsItsMask(t *testing.T) {
	tr := trainer(t, classesTOML, "optimizer.name=adam")
	steps(tr, 5)
	early := tr.Snapshot()
	steps(tr, 50)
	turn(t, tr, "prune.sparsity=0.5")
	mask := buffer(tr, "prune/mask")
	if err := tr.Rewind(early); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(tr.Params(), early.Params) || !slices.Equal(buffer(tr, "prune/mask"), mask) || tr.StepCount() != 55 {
		t.Error("weights, mask or step are others")
	}
	if steps(tr, 3); !slices.Equal(buffer(tr, "prune/mask"), mask) {
		t.Error("the mask does not stay")
	}
}
