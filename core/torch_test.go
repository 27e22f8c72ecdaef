package core_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/core"
	"descent/core/loss"
	"descent/core/nn"
	"descent/core/optim"
	"descent/presets"
)

type torchCase struct {
	Name, Preset string
	Losses       []float64
	Average      []float64 // the weights that are shown at the end, where an optimizer averages
}

func torchCases(t *testing.T) []torchCase {
	t.Helper()
	content, err := os.ReadFile("testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []torchCase
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// A preset trained from given weights follows PyTorch's loss at every step.
func TestLossesFollowPyTorch(t *testing.T) {
	for _, c := range torchCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			recipe, err := presets.Decode(filepath.Join("testdata", "case.toml"), []byte(c.Preset))
			if err != nil {
				t.Fatal(err)
			}
			trainer, err := core.New(recipe, presets.Files{})
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range c.Losses {
				got := trainer.Step().Loss
				if !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
					t.Fatalf("step %d: loss %v, PyTorch has %v (%.1e off)", i+1, got, want, math.Abs(got-want)/math.Abs(want))
				}
			}
			shown := trainer.Weights()
			for i, want := range c.Average {
				if !(math.Abs(shown[i]-want) <= 1e-9) {
					t.Fatalf("weight %d: average %v, PyTorch has %v", i, shown[i], want)
				}
			}
		})
	}
}

// What enters a catalogue is held against PyTorch too.
func TestEveryRowHasAPyTorchCase(t *testing.T) {
	var all strings.Builder
	for _, c := range torchCases(t) {
		all.WriteString(c.Preset)
	}
	want := func(table, key, name string) {
		if !strings.Contains(all.String(), key+" = \""+name+"\"") {
			t.Errorf("no case in testdata/cases.json has %s %q", table, name)
		}
	}
	for _, r := range optim.Catalogue {
		want("optimizer", "name", r.Name)
	}
	for _, r := range loss.Catalogue {
		want("loss", "name", r.Name)
	}
	for _, o := range nn.Activations() {
		want("activation", "activation", o.Name)
	}
	for _, r := range optim.Schedules {
		// constant is what every other case has; plateau is a helper of the session
		// and held against PyTorch there, chain is in testdata/schedules.json.
		if r.Name != "constant" && r.Name != "plateau" && r.Name != "chain" {
			want("schedule", "name", r.Name)
		}
	}
}
