package probe_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core/objective"
	"descent/core/probe"
	"descent/presets/presettest"

	"gonum.org/v1/gonum/blas/blas64"
)

const (
	oneNumber = `
[data]
set = "linear-teacher"
inputs = 5
outputs = 1
samples = 900
validation = 0.5
[model]
layers = [5, 1]
[loss]
name = "mse"
`
)

func TestConfusionCountsWhatEvaluationCounts(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 60)
	m := presettest.Find[probe.ConfusionMatrix](probe.Confusion{}, tr)
	_, accuracy := tr.Measure(tr.Data().Val)
	if m.Rows != 120 || math.Abs(float64(m.Right)/120-accuracy) > 1e-15 {
		t.Errorf("%d of %d right, the accuracy is %v", m.Right, m.Rows, accuracy)
	}
	for truth, guesses := range m.Counts {
		want := 0
		for _, c := range tr.Data().Val.Classes {
			if c == truth {
				want++
			}
		}
		got := 0
		for _, n := range guesses {
			got += n
		}
		if got != want {
			t.Errorf("%d rows of class %d, there are %d", got, truth, want)
		}
	}
}

func TestANetworkThatKnowsNothingIsOffByWhatItIsRight(t *testing.T) {
	tr := presettest.Trainer(t, strings.Replace(presettest.ThreeClasses, "[model]", "[model]\ninit = \"zero\"", 1))
	r := presettest.Find[probe.Reliability](probe.Calibration{Bins: 10}, tr)
	b := r.Bins[3] // it says 1/3 of everything
	if b.Rows != 120 || math.Abs(b.Said-1./3) > 1e-15 || math.Abs(r.Error-math.Abs(b.Right-1./3)) > 1e-15 {
		t.Errorf("%+v, error %v", b, r.Error)
	}
}

func TestImportanceOfALinearModelFollowsItsWeights(t *testing.T) {
	tr := presettest.Trained(t, oneNumber, 2000)
	w := tr.Params()[:5]
	found := presettest.Find[probe.Importances](probe.Importance{Repeats: 20}, tr)
	x := tr.Data().Val.X
	for j, name := range tr.Data().Inputs {
		mean, square := 0.0, 0.0
		for r := range x.Rows {
			mean += x.Data[r*x.Stride+j] / float64(x.Rows)
			square += x.Data[r*x.Stride+j] * x.Data[r*x.Stride+j] / float64(x.Rows)
		}
		want := 2 * w[j] * w[j] * (square - mean*mean)
		i := slices.IndexFunc(found, func(c probe.ColumnImportance) bool { return c.Name == name })
		if got := found[i].Rise; math.Abs(got-want) > 0.1*want+0.01 {
			t.Errorf("%s of weight %v: shuffled, the loss rises by %v, want about %v", name, w[j], got, want)
		}
	}
	if !slices.IsSortedFunc(found, func(a, b probe.ColumnImportance) int {
		if a.Rise >= b.Rise {
			return -1
		}
		return 1
	}) {
		t.Errorf("not sorted: %v", found)
	}
	again := presettest.Find[probe.Importances](probe.Importance{Repeats: 20}, tr)
	if !slices.Equal(found, again) {
		t.Error("a second look finds something else")
	}
}

func TestWordsOfOneColumnAreShuffledTogether(t *testing.T) {
	tr := presettest.Trainer(t, `
[data]
set = "penguins"
missing = "drop"
[model]
layers = [10, 3]
[loss]
name = "cross-entropy"
`)
	var names []string
	for _, c := range presettest.Find[probe.Importances](probe.Importance{Repeats: 1}, tr) {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	if want := tr.Data().Columns; len(names) != len(want) || len(names) == len(tr.Data().Inputs) {
		t.Errorf("%v of inputs %v", names, tr.Data().Inputs)
	}
}

func TestSaliencyIsTheSlopeOfTheGuess(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 40)
	examples := presettest.Find[[]probe.Example](probe.Examples{First: 2, Count: 4}, tr)
	if len(examples) != 4 || examples[0].Of != 120 {
		t.Fatalf("%d examples of %d", len(examples), examples[0].Of)
	}
	score := func(x []float64, class int) float64 {
		out := tr.Outputs(blas64.General{Rows: 1, Cols: len(x), Stride: len(x), Data: x})
		return out.Data[class]
	}
	for _, e := range examples {
		for j, got := range e.Saliency {
			x := slices.Clone(e.Input)
			x[j] += 1e-5
			above := score(x, e.Guess)
			x[j] -= 2e-5
			want := math.Abs(above-score(x, e.Guess)) / 2e-5
			if math.Abs(got-want) > 1e-6*max(1, want) {
				t.Errorf("row %d input %d: %v, by difference %v", e.Row, j, got, want)
			}
		}
	}
	times := presettest.Find[[]probe.Example](probe.Examples{First: 2, Count: 1, TimesInput: true}, tr)[0]
	if want := math.Abs(examples[0].Saliency[0] * examples[0].Input[0]); math.Abs(times.Saliency[0]-want) > 1e-15 {
		t.Errorf("times the input: %v, want %v", times.Saliency[0], want)
	}
}

func TestTheWorstExamplesComeFirst(t *testing.T) {
	tr := presettest.Trained(t, presettest.ThreeClasses, 40)
	examples := presettest.Find[[]probe.Example](probe.Examples{Count: 120}, tr)
	wrong := 0
	for i, e := range examples {
		if e.Truth == e.Guess {
			continue
		}
		wrong++
		if i > 0 && wrong == i+1 && examples[i-1].Share < e.Share-0.5 {
			t.Errorf("example %d is worse than the one before", i)
		}
	}
	_, accuracy := tr.Measure(tr.Data().Val)
	if want := int(math.Round(120 * (1 - accuracy))); wrong != want {
		t.Errorf("%d wrong, want %d", wrong, want)
	}
}

func TestUnitsThatNeverAnswerAreDead(t *testing.T) {
	relu := strings.Replace(presettest.ThreeClasses, "tanh", "relu", 1)
	for toml, want := range map[string]probe.LayerUnits{
		strings.Replace(relu, "[model]", "[model]\ninit = \"zero\"", 1): {Layer: "1", Units: 9, Dead: 9},
		presettest.ThreeClasses: {Layer: "1", Units: 9},
		strings.Replace(presettest.ThreeClasses, "[model]", "[model]\ninit = \"constant\"\ninit_value = 1000", 1): {Layer: "1", Units: 9, Saturated: 9},
	} {
		if got := presettest.Find[[]probe.LayerUnits](probe.Units{}, presettest.Trainer(t, toml)); len(got) != 1 || got[0] != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

func TestAConstantExplainsNothing(t *testing.T) {
	tr := presettest.Trainer(t, strings.Replace(oneNumber, "[model]", "[model]\ninit = \"zero\"", 1))
	f := presettest.Find[probe.Fit](probe.Residuals{}, tr)
	mean, square := 0.0, 0.0
	for _, y := range f.True {
		mean += y / float64(len(f.True))
		square += y * y
	}
	if want := 1 - square/(square-float64(len(f.True))*mean*mean); math.Abs(f.R2-want) > 1e-12 || len(f.True) != 450 {
		t.Errorf("r² %v of %d rows, want %v", f.R2, len(f.True), want)
	}
	if f := presettest.Find[probe.Fit](probe.Residuals{}, presettest.Trained(t, oneNumber, 3000)); f.R2 < 0.95 {
		t.Errorf("trained, r² is %v", f.R2)
	}
}

func TestABatchLookedAtIsThatOfTheStepToComeAndKept(t *testing.T) {
	tr := presettest.Trained(t, strings.Replace(presettest.ThreeClasses, "[train]", "[augment]\nmixup = 1\n[train]", 1), 7)
	before := tr.Hash()
	b := presettest.Find[objective.Batch](probe.Batch{First: 6, Count: 3}, tr)
	copied := presettest.Find[objective.Batch](probe.Batch{First: 6, Count: 3}, tr.Copy())
	x := slices.Clone(b.After.X.Data)
	tr.Preview(0, 20)
	if b.Step != 8 || b.First != 6 || b.Before.Rows() != 3 || !slices.Equal(b.After.X.Data, x) || !slices.Equal(copied.After.X.Data, x) || tr.Hash() != before {
		t.Errorf("step %d, %d rows from %d, kept %v, of a twin %v", b.Step, b.Before.Rows(), b.First, b.After.X.Data, copied.After.X.Data)
	}
	if last := presettest.Find[objective.Batch](probe.Batch{First: 600, Count: 6}, tr); last.First != 18 || last.Before.Rows() != 2 {
		t.Errorf("beyond the end: %d rows from %d", last.Before.Rows(), last.First)
	}
}

// What is predicted and what is true are told in units of the table.
func TestResidualsAreInUnitsOfTheTable(t *testing.T) {
	const preset = "[data]\nset = \"concrete\"\nvalidation = 0.2\nstandardize = true\nstandardize_target = %v\n[model]\nlayers = [8, 8, 1]\n[loss]\nname = \"mse\"\n"
	raw := presettest.Find[probe.Fit](probe.Residuals{}, presettest.Trainer(t, fmt.Sprintf(preset, false)))
	standard := presettest.Find[probe.Fit](probe.Residuals{}, presettest.Trainer(t, fmt.Sprintf(preset, true)))
	if len(raw.True) != len(standard.True) || len(raw.True) == 0 {
		t.Fatalf("%d and %d rows", len(raw.True), len(standard.True))
	}
	for i, want := range raw.True {
		if got := standard.True[i]; math.Abs(got-want) > 1e-9*math.Abs(want) {
			t.Fatalf("row %d: %v, want %v", i, got, want)
		}
	}
}

// One logit is two classes: the second where it is above 0.
func TestConfusionAndCalibrationOfOneLogit(t *testing.T) {
	const twoClasses = `
[data]
set = "moons"
samples = 300
validation = 0.4
[model]
layers = [2, 8, 1]
[loss]
name = "bce"
`
	tr := presettest.Trained(t, twoClasses, 60)
	m := presettest.Find[probe.ConfusionMatrix](probe.Confusion{}, tr)
	value, accuracy := tr.Measure(tr.Data().Val)
	if m.Rows != 120 || len(m.Counts) != 2 || math.Abs(float64(m.Right)/120-accuracy) > 1e-15 {
		t.Errorf("%v, %d of %d right; loss %v, accuracy %v", m.Counts, m.Right, m.Rows, value, accuracy)
	}
	r := presettest.Find[probe.Reliability](probe.Calibration{Bins: 10}, tr)
	rows, right := 0, 0.0
	for i, b := range r.Bins {
		if rows += b.Rows; i < 5 && b.Rows > 0 {
			t.Errorf("%d rows of a confidence below a half", b.Rows)
		}
		right += b.Right * float64(b.Rows)
	}
	if rows != 120 || math.Abs(right-float64(m.Right)) > 1e-9 || r.Error <= 0 {
		t.Errorf("%d rows, %v right, error %v", rows, right, r.Error)
	}
}
