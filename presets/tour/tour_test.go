package tour

import (
	"math"
	"slices"
	"strings"
	"testing"

	"descent/core"
	"descent/core/recipe"
	"descent/presets"
)

func TestEveryPresetHasOneSubjectAndThreeSteps(t *testing.T) {
	var all []string
	for _, s := range Subjects() {
		all = append(all, s.Presets...)
	}
	for _, name := range presets.Names() {
		if n := len(slices.DeleteFunc(slices.Clone(all), func(p string) bool { return p != name })); n != 1 {
			t.Errorf("%s is in %d subjects", name, n)
		}
		if n := len(Steps(name)); n != 3 {
			t.Errorf("%s has %d steps to try", name, n)
		}
		for _, s := range Steps(name) {
			if s.Text == "" || len(s.Keys) == 0 || len(s.Text)+len(strings.Join(s.Keys, " ")) > 61 { // what 80 cells have room for
				t.Errorf("%s: %+v", name, s)
			}
			if s.When.Path != "" && !slices.ContainsFunc(recipe.Catalogue(), func(e recipe.Entry) bool { return e.Knob.Path == s.When.Path }) {
				t.Errorf("%s: there is no knob %s", name, s.When.Path)
			}
		}
	}
	for _, name := range all {
		if !slices.Contains(presets.Names(), name) {
			t.Errorf("there is no preset %s", name)
		}
	}
	if len(read().Story) != len(presets.Names()) {
		t.Errorf("%d stories of %d presets", len(read().Story), len(presets.Names()))
	}
}

func TestConditions(t *testing.T) {
	knob := func(path string) string {
		return map[string]string{"optimizer.lr": "0.004", "optimizer.name": "sgd"}[path]
	}
	did := func(name string) bool { return name == "undo" }
	for text, want := range map[string]bool{
		"optimizer.lr >= 0.004": true, "optimizer.lr > 0.004": false, "optimizer.lr < 1": true, "optimizer.lr <= 0.001": false,
		"optimizer.name = sgd": true, "optimizer.name = adam": false, "optimizer.name > sgd": false, "train.batch = 1": false,
		"undo": true, "view Data": false,
	} {
		var c Condition
		if err := c.UnmarshalText([]byte(text)); err != nil || c.Holds(knob, did) != want {
			t.Errorf("%s: %v, want %v", text, c.Holds(knob, did), want)
		}
	}
	var c Condition
	if c.UnmarshalText([]byte(" ")) == nil {
		t.Error("an empty condition is taken")
	}
}

// Par is what the preset itself reaches; those that train long are held by the
// stories.
func TestParIsWhatThePresetReaches(t *testing.T) {
	for _, name := range []string{"seed", "moons", "iris", "penguins", "wine", "digits", "prune-cliff"} {
		want, ok := Par(name)
		if !ok {
			t.Errorf("%s has no par", name)
			continue
		}
		r, err := presets.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := core.New(r, presets.Files{})
		if err != nil {
			t.Fatal(err)
		}
		steps, err := tr.Recipe().Settings.Find("train.steps")
		if err != nil {
			t.Fatal(err)
		}
		best := math.Inf(1)
		for range int(steps.Value.Num()) {
			if r := tr.Step(); r.Evaluated && r.HasVal {
				best = min(best, r.ValLoss)
			}
		}
		if math.Abs(best-want) > 0.001*want {
			t.Errorf("%s reaches %.4g, not %.4g", name, best, want)
		}
	}
	if _, ok := Par("rosenbrock"); ok {
		t.Error("a surface has a par")
	}
}
