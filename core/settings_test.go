package core_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/knob"
	"descent/core/loss"
	"descent/core/objective"
	"descent/core/optim"
	"descent/core/recipe"

	"pgregory.net/rapid"
)

func TestTheCatalogueNamesEveryPathOnceWithHelp(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range recipe.Catalogue() {
		k := e.Knob
		if seen[k.Path] || k.Path == "" || strings.TrimSpace(k.Help) == "" {
			t.Errorf("%q stands twice or has no help (%q)", k.Path, k.Help)
		}
		seen[k.Path] = true
		for _, o := range k.Options {
			if o.Name == "" || o.Help == "" {
				t.Errorf("%s: choice %q has help %q", k.Path, o.Name, o.Help)
			}
		}
	}
}

func TestEveryDefaultIsAValueThatTheKnobTakes(t *testing.T) {
	for _, e := range recipe.Catalogue() {
		v := e.Knob.Value()
		if list := e.Knob.Kind == knob.List; list && len(v.Items()) == 0 {
			continue // not given
		}
		if got, err := e.Knob.Check(v); err != nil || !got.Equal(v) {
			t.Errorf("%s: %v", e.Knob.Path, err)
		}
		if k := e.Knob; (k.Kind == knob.Number || k.Kind == knob.Integer) && k.Min >= k.Max {
			t.Errorf("%s ranges from %v to %v", k.Path, k.Min, k.Max)
		}
	}
}

func TestTheTablesOfTheCatalogueStandTogether(t *testing.T) {
	var tables []string
	for _, e := range recipe.Catalogue() {
		table, _, _ := strings.Cut(e.Knob.Path, ".")
		if len(tables) == 0 || tables[len(tables)-1] != table {
			tables = append(tables, table)
		}
	}
	if got := strings.Join(tables, " "); got != "title summary seed data model surface pretrain teacher optimizer schedule loss train prune quant distill augment finetune" {
		t.Errorf("%s", got)
	}
}

func TestTheCatalogueSaysWhoseAKnobIs(t *testing.T) {
	owners := map[string][]string{}
	offers := func(name string, knobs []knob.Knob) {
		for _, k := range knobs {
			if !slices.Contains(owners[k.Path], name) {
				owners[k.Path] = append(owners[k.Path], name)
			}
		}
	}
	for _, row := range optim.Catalogue {
		offers(row.Name, row.New(&optim.Clip{}, &optim.UpdateMask{}, &optim.Average{}).Knobs())
	}
	for _, row := range optim.Schedules {
		offers(row.Name, row.New().Knobs())
	}
	for _, row := range loss.Catalogue {
		offers(row.Name, row.New().Knobs())
	}
	for _, k := range append((&optim.Clip{}).Knobs(), (&optim.Average{}).Knobs()...) {
		delete(owners, k.Path) // the run's, whatever the optimizer
	}
	for _, e := range recipe.Catalogue() {
		if got, want := slices.Sorted(slices.Values(e.Owners)), slices.Sorted(slices.Values(owners[e.Knob.Path])); !slices.Equal(got, want) {
			t.Errorf("%s belongs to %v, want %v", e.Knob.Path, got, want)
		}
	}
	for path, want := range map[string][]string{"optimizer.lr": nil, "optimizer.etaminus": {"rprop"}, "loss.delta": {"huber"}} {
		if !slices.Equal(owners[path], want) {
			t.Errorf("%s is offered by %v, want %v", path, owners[path], want)
		}
	}
}

func TestThePanelHoldsTheLiveKnobsOfTheChosenRows(t *testing.T) {
	var s recipe.Settings
	for _, c := range []struct {
		path, name    string
		have, haveNot []string
	}{
		{"optimizer.name", "adam", []string{"optimizer.beta1", "optimizer.lr"}, []string{"optimizer.momentum", "seed", "model.layers"}},
		{"optimizer.name", "momentum", []string{"optimizer.momentum"}, []string{"optimizer.beta1"}},
		{"loss.name", "huber", []string{"loss.delta"}, []string{"loss.label_smoothing"}},
		{"schedule.name", "cosine", []string{"schedule.t_max"}, nil},
		{"schedule.name", "constant", nil, []string{"schedule.t_max"}},
	} {
		var err error
		if s, err = s.With(c.path, knob.Word(c.name)); err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, p := range s.Panel() {
			paths = append(paths, p.Knob.Path)
		}
		for _, p := range c.have {
			if !slices.Contains(paths, p) {
				t.Errorf("%s: %s is not on the panel", c.name, p)
			}
		}
		for _, p := range c.haveNot {
			if slices.Contains(paths, p) {
				t.Errorf("%s: %s is on the panel", c.name, p)
			}
		}
	}
}

func TestWithLeavesTheOldSettingsAlone(t *testing.T) {
	var s recipe.Settings
	before := text(t, s)
	one, err := s.With("optimizer.lr", knob.Num(0.5))
	if err != nil {
		t.Fatal(err)
	}
	kept := text(t, one)
	if _, err := one.With("optimizer.lr", knob.Num(0.25)); err != nil {
		t.Fatal(err)
	}
	if text(t, s) != before || text(t, one) != kept {
		t.Error("a value of Settings has changed")
	}
}

// settings draws some, turned at random from the defaults.
func settings(t *rapid.T) recipe.Settings {
	var s recipe.Settings
	for range rapid.IntRange(0, 15).Draw(t, "turns") {
		panel := s.Panel()
		at := panel[rapid.IntRange(0, len(panel)-1).Draw(t, "knob")]
		next, err := s.With(at.Knob.Path, at.Knob.Turn(at.Value, rapid.IntRange(-5, 5).Draw(t, "stops")))
		if err != nil {
			t.Fatal(err)
		}
		s = next
	}
	return s
}

func TestSettingsReadBackFromJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := settings(t)
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got recipe.Settings
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(got)
		if err != nil || string(again) != string(b) {
			t.Fatalf("%s came back as %s (%v)", b, again, err)
		}
	})
}

func TestChangesLeadFromOneToTheOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from, to := settings(t), settings(t)
		for _, c := range from.Changes(to) {
			next, err := from.With(c.Path, c.Value)
			if err != nil {
				t.Fatal(err)
			}
			from = next
		}
		have, want := from.Panel(), to.Panel()
		if len(have) != len(want) {
			t.Fatalf("%d knobs, want %d", len(have), len(want))
		}
		for i := range want {
			if have[i].Knob.Path != want[i].Knob.Path || !have[i].Value.Equal(want[i].Value) {
				t.Fatalf("%s = %v, want %s = %v", have[i].Knob.Path, have[i].Value, want[i].Knob.Path, want[i].Value)
			}
		}
		if more := from.Changes(to); len(more) != 0 {
			t.Fatalf("arrived, and yet %v", more)
		}
	})
}

func TestBadSettingsAreRefused(t *testing.T) {
	for _, c := range []struct{ json, want string }{
		{`{"optimizer.lr":-1}`, "optimizer.lr takes a number from 0 to 1000000, not -1"},
		{`{"optimizer.lrr":1}`, `unknown key "optimizer.lrr"; did you mean "optimizer.lr"?`},
		{`{"optimizer.beta1@adma":0.5}`, `unknown key "optimizer.beta1@adma"; did you mean "optimizer.beta1"?`},
		{`{"optimizer.amsgrad":true}`, `optimizer.amsgrad is no setting of "sgd"; it belongs to adam, adamw`},
		{`{"seed":1}`, `seed is part of the recipe's shape and cannot turn while training`},
		{`{"loss.delta@huber":0}`, "loss.delta takes a number from 1e-6 to 1000000, not 0"},
		{`[]`, "json: cannot unmarshal array into Go value of type map[string]knob.Value"},
	} {
		var s recipe.Settings
		if err := json.Unmarshal([]byte(c.json), &s); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.json, err, c.want)
		}
	}
}

func TestRecipesReadBackFromJSON(t *testing.T) {
	r := recipeFrom(t, "title = \"a\\nb\"\nseed = 9007199254740992\n"+wideTOML)
	r.Name = "wide"
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var got recipe.Recipe
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(got)
	if err != nil || string(again) != string(b) || got.Name != "wide" || got.Seed != 1<<53 {
		t.Errorf("%s came back as %s (%v)", b, again, err)
	}
	if x, y := build(t, r), build(t, got); x.Hash() != y.Hash() || !x.Step().Equal(y.Step()) {
		t.Error("the recipe read back trains otherwise")
	}
}

// A recipe of a log that is older than data.na is read as it was meant, and
// stays so when it is written again.
func TestARecipeWithoutTheKeyForMissingValuesIsOfOldLogs(t *testing.T) {
	b, err := json.Marshal(recipeFrom(t, wideTOML))
	if err != nil {
		t.Fatal(err)
	}
	old := strings.Replace(string(b), `"data.na":[],`, "", 1)
	for text, lax := range map[string]bool{string(b): false, old: true} {
		var r recipe.Recipe
		if err := json.Unmarshal([]byte(text), &r); err != nil || r.Data.Lax != lax {
			t.Errorf("%s: %v, %v", text, r.Data.Lax, err)
		}
		if again, err := json.Marshal(r); err != nil || string(again) != text {
			t.Errorf("%s: %v, want %s", again, err, text)
		}
	}
}

func TestRecipeErrorsSayWhere(t *testing.T) {
	const model, lossTable = "[model]\nlayers = [2, 2]\n", "[loss]\nname = \"mse\"\n"
	for _, c := range []struct{ name, toml, want string }{
		{"another width", "[data]\nset = \"moons\"\n[model]\nlayers = [3, 2]\n" + lossTable, "test.toml:4:1: model.layers starts with 3 but the data has 2 inputs"},
		{"a single width", "[data]\nset = \"moons\"\n[model]\nlayers = [2]\n" + lossTable, "test.toml:4:1: model.layers needs at least an input and an output width, not [2]"},
		{"too large a model", "[data]\nset = \"moons\"\n[model]\nlayers = [2, 100000, 100000, 2]\n" + lossTable, "test.toml:4:1: model.layers [2 100000 100000 2] would make 1e+10 parameters; the most is 2^28"},
		{"too few outputs", "[data]\nset = \"linear-teacher\"\ninputs = 2\noutputs = 3\n" + model + lossTable, "test.toml:6:1: the model has 2 outputs but the data has 3 target columns"},
		{"an unknown class", "[data]\nset = \"moons\"\nonly = [0, 7]\n" + model + lossTable, "test.toml:3:1: there is no class \"7\" for data.only; there are 0, 1"},
		{"classes of numbers", "[data]\nset = \"linear-teacher\"\nonly = [\"0\"]\ninputs = 2\noutputs = 2\n" + model + lossTable, "test.toml:3:1: data.only names classes, and these targets are numbers; leave it out"},
		{"a loss for classes", "[data]\nset = \"linear-teacher\"\ninputs = 2\noutputs = 2\n" + model + "[loss]\nname = \"cross-entropy\"\n", "test.toml:8:1: cross-entropy needs classes, one target column with a class in each row, or columns of probabilities that sum to 1; these targets are numbers"},
		{"no such set", "[data]\nset = \"moon\"\n" + model + lossTable, "test.toml:2:1: there is no data set \"moon\"; `descent list data` names them all"},
		{"a target of a generator", "[data]\nset = \"moons\"\ntarget = \"y\"\n" + model + lossTable, `test.toml:3:1: data.target cannot be chosen for the generator "moons"`},
	} {
		_, err := core.New(recipeFrom(t, c.toml), shelf{})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

// What a metrics file holds reads back to the bit; NaN is a string.
func TestReportsAreJSON(t *testing.T) {
	for _, c := range []struct {
		report core.Report
		want   string
	}{
		{core.Report{Step: 1, Loss: 0.1, LR: 1e-3}, `{"step":1,"loss":0.1,"lr":0.001}`},
		{core.Report{Step: 2, Loss: math.NaN(), LR: math.Inf(1)}, `{"step":2,"loss":"NaN","lr":"+Inf"}`},
		{core.Report{Step: 3, Loss: 1. / 3, LR: 1e-7, Evaluated: true}, `{"step":3,"loss":0.3333333333333333,"lr":1e-07}`},
		{core.Report{Step: 4, Loss: 1e300, Evaluated: true, Measures: objective.Measures{HasVal: true, ValLoss: math.Inf(-1)}}, `{"step":4,"loss":1e+300,"lr":0,"val_loss":"-Inf"}`},
		{core.Report{Step: 5, Evaluated: true, Measures: objective.Measures{HasAccuracy: true, Accuracy: 0.5, ValAccuracy: 1}}, `{"step":5,"loss":0,"lr":0,"accuracy":0.5}`},
		{core.Report{Step: 6, Evaluated: true, Measures: objective.Measures{HasVal: true, HasAccuracy: true, ValLoss: 2, Accuracy: 0.5, ValAccuracy: 1}}, `{"step":6,"loss":0,"lr":0,"val_loss":2,"accuracy":0.5,"val_accuracy":1}`},
	} {
		got := string(c.report.AppendJSON(nil))
		if got != c.want || !json.Valid([]byte(got)) {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
