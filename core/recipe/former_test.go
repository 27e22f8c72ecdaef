package recipe_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core/knob"
	"descent/core/recipe"
	"descent/presets"
	"descent/session"
	"descent/session/journal"
)

// percent is how a share was once given.
func percent(v knob.Value) knob.Value { return knob.Num(v.Num() / 100) }

// renamed lets knobs of every kind have had other names: a fixed one, a live one
// with values of another unit, one of an optimizer, and the optimizer itself.
func renamed(t *testing.T) {
	recipe.Formerly(t, "data.validation", knob.Former{Path: "data.held_out", Value: percent})
	recipe.Formerly(t, "prune.sparsity", knob.Former{Path: "prune.cut", Value: percent})
	recipe.Formerly(t, "optimizer.beta1", knob.Former{Path: "optimizer.first_decay"})
	recipe.Formerly(t, "optimizer.name", knob.Former{Value: knob.FormerWords(map[string]string{"adaptive": "adam"})})
}

const former = `title = "t"
[data]
set = "moons"
samples = 60
held_out = 20
[model]
layers = [2, 4, 2]
activation = "tanh"
[loss]
name = "cross-entropy"
[optimizer]
name = "adam"
first_decay = 0.8
`

func TestFormerNamesAreReadInPresets(t *testing.T) {
	renamed(t)
	r, err := presets.Decode("f.toml", []byte(former))
	if err != nil {
		t.Fatal(err)
	}
	beta, _ := r.Settings.Find("optimizer.beta1")
	if r.Data.Validation != 0.2 || beta.Value.Num() != 0.8 {
		t.Errorf("validation %v and β₁ %v, want 0.2 and 0.8", r.Data.Validation, beta.Value)
	}
	_, err = presets.Decode("f.toml", []byte(strings.Replace(former, "held_out = 20", "held_out = 20\nvalidation = 0.3", 1)))
	if err == nil || !strings.Contains(err.Error(), `f.toml:6:1: the key "data.validation" is given twice`) {
		t.Errorf("both names at once: %v", err)
	}
	_, err = presets.Override("moons", "prune.cut=50")
	if err == nil || !strings.Contains(err.Error(), "prune.cut is called prune.sparsity now") {
		t.Errorf("a former name that is typed: %v", err)
	}
}

func TestFormerNamesAreReadInLogs(t *testing.T) {
	r, err := presets.Decode("f.toml", []byte(strings.NewReplacer("held_out = 20", "validation = 0.2", "first_decay", "beta1").Replace(former)))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "s.jsonl")
	tr, hashes, err := session.Open(r, presets.Files{})
	if err != nil {
		t.Fatal(err)
	}
	log, err := journal.Create(path, journal.NewHeader(r, hashes), false)
	if err != nil {
		t.Fatal(err)
	}
	s := session.New(tr, log)
	for range 5 {
		if _, err := s.Step(); err != nil {
			t.Fatal(err)
		}
	}
	for path, v := range map[string]knob.Value{"prune.sparsity": knob.Num(0.5)} {
		if err := s.Set(path, v); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Step(); err != nil {
		t.Fatal(err)
	}
	want := tr.Hash()
	if err := s.Finish(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n") { // as an earlier release wrote it
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		delete(m, "sum")
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.NewReplacer(
			`"data.validation":0.2`, `"data.held_out":20`, `"prune.sparsity":0`, `"prune.cut":0`,
			`"optimizer.beta1@adam"`, `"optimizer.first_decay@adaptive"`, `"path":"prune.sparsity","value":0.5`, `"path":"prune.cut","value":50`,
		).Replace(string(b)))
	}
	text := strings.Join(lines, "\n") + "\n"
	for _, name := range []string{"held_out", "prune.cut\":0", "first_decay@adaptive", "prune.cut\",\"value\":50"} {
		if !strings.Contains(text, name) {
			t.Fatalf("the log does not hold %q", name)
		}
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	renamed(t)
	back, err := session.Resume(path, presets.Files{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := back.Session.Trainer().Hash(); got != want || len(back.Notes) > 0 {
		t.Errorf("state %s, want %s; notes %q", got, want, back.Notes)
	}
	if err := back.Session.Abandon(); err != nil {
		t.Error(err)
	}
}

// Nothing is renamed under a name that is in use, and no two knobs had one name.
func TestFormerNamesLeadToOneKnob(t *testing.T) {
	was := map[string]string{}
	current := map[string]bool{}
	for _, e := range recipe.Catalogue() {
		current[e.Knob.Path] = true
	}
	for _, e := range recipe.Catalogue() {
		for _, f := range e.Knob.Was {
			switch other := was[f.Path]; {
			case f.Path == "":
			case current[f.Path]:
				t.Errorf("%s was called %s, which is a knob", e.Knob.Path, f.Path)
			case other != "" && other != e.Knob.Path:
				t.Errorf("%s was the name of %s and of %s", f.Path, other, e.Knob.Path)
			}
			was[f.Path] = e.Knob.Path
		}
	}
}
