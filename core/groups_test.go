package core_test

import (
	"math"
	"strings"
	"testing"

	"descent/core/nn"
	"descent/core/optim"
)

// Whatever the optimizer, a group of rate 0 stands still, and biases decay no more
// when that is turned off.
func TestEveryOptimizerHonoursParameterGroups(t *testing.T) {
	for _, o := range optim.Catalogue {
		tr := trainer(t, classesTOML, "optimizer.name="+o.Name, "optimizer.groups=0.* lr=0,*.bias lr=0.5x")
		before := append([]float64(nil), tr.Params()...)
		steps(tr, 3)
		for i, seg := range tr.Layout() {
			same := equal(seg.Of(before), seg.Of(tr.Params()))
			if still := seg.Name == "0.weight" && o.Name != "rprop"; same != still { // which has a smallest step
				t.Errorf("%s: tensor %d, %s, stands still: %v", o.Name, i, seg.Name, same)
			}
		}
		if _, err := tr.Settings().Find("optimizer.weight_decay"); err != nil {
			continue
		}
		all := trainer(t, classesTOML, "optimizer.name="+o.Name, "optimizer.weight_decay=0.5")
		some := trainer(t, classesTOML, "optimizer.name="+o.Name, "optimizer.weight_decay=0.5", "optimizer.decay_biases=off")
		steps(all, 3)
		steps(some, 3)
		if all.Hash() == some.Hash() {
			t.Errorf("%s: optimizer.decay_biases changes nothing", o.Name)
		}
	}
}

func equal(a, b []float64) bool {
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) {
			return false
		}
	}
	return len(a) == len(b)
}

// Factors of 1 and the optimizer's own values leave every bit as it is.
func TestGroupsThatSayNothingChangeNothing(t *testing.T) {
	for _, o := range []string{"momentum", "adamw", "schedule-free", "lamb"} {
		plain := trainer(t, classesTOML, "optimizer.name="+o, "optimizer.weight_decay=0.1")
		grouped := trainer(t, classesTOML, "optimizer.name="+o, "optimizer.weight_decay=0.1", "optimizer.groups=* lr=1x weight_decay=1x")
		steps(plain, 5)
		steps(grouped, 5)
		if plain.Hash() != grouped.Hash() {
			t.Errorf("%s: another state", o)
		}
	}
}

func TestGroupsAreRefusedInASentence(t *testing.T) {
	tr := trainer(t, classesTOML)
	for text, want := range map[string]string{
		"0.*":                "is not of the form",
		"9.* lr=1":           `no tensor is called "9.*"; there are 0.weight, 0.bias`,
		"0.* lr=-1":          "lr has to be a number from 0 to 1e6",
		"0.* lr=nan":         "lr has to be a number",
		"0.* momentum=0.9":   `a group has lr and weight_decay, not "momentum"`,
		"[ lr=1":             "is not a pattern of names",
		"0.* weight_decay 1": "is not of the form",
	} {
		path, v := parse(t, tr.Settings(), "optimizer.groups="+text)
		if err := tr.Set(path, v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %q", text, err, want)
		}
	}
}

// Of rows that are ignored nothing is said: they are no answers.
func TestIgnoredRowsAreNotAnswers(t *testing.T) {
	tr := trainer(t, classesTOML, "loss.ignore_index=1")
	set := tr.Data()
	_, accuracy := tr.Measure(set.Train)
	right, rows := 0, 0
	out := tr.Outputs(set.Train.X)
	for r, class := range set.Train.Classes {
		if class == 1 {
			continue
		}
		rows++
		best := 0
		for j := range out.Cols {
			if out.Data[r*out.Stride+j] > out.Data[r*out.Stride+best] {
				best = j
			}
		}
		if best == class {
			right++
		}
	}
	if want := float64(right) / float64(rows); rows == set.Train.Rows() || accuracy != want || !nn.Finite(tr.Params()) {
		t.Errorf("accuracy %v over all rows, %v over those that count", accuracy, want)
	}
}
