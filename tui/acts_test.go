package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"descent/presets"
)

func TestWeightsGoBackAndBranchesTeachByKeys(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.train(30)
	b.press("A")
	b.sees("Do at step 30", "rewind", "teach", "compact")
	b.press("enter")
	b.sees("weights of step", "from 0 to 30")
	b.press("backspace", "1", "0", "enter")
	b.sees("weights of step 10")
	b.press("A", "down", "enter")
	b.sees("step 30 teaches")
	b.press("R")
	b.sees("with and without teacher")
	b.press("esc", "u")
	b.sees("undone: step 30 teaches")
	got, err := os.ReadFile(b.log)
	if err != nil || strings.Count(string(got), `"act":`) != 2 {
		t.Errorf("%v: the log:\n%s", err, got)
	}
}

func TestACompactNetworkIsSavedAndOpens(t *testing.T) {
	dir := t.TempDir()
	b := newRobot(t, "digits", 120, 36)
	b.train(5)
	b.press("p", "i", "A", "down", "down", "down", "enter")
	b.sees("save compact")
	path := filepath.Join(dir, "small")
	for range len("digits-5-small.toml") {
		b.press("backspace")
	}
	for _, r := range path {
		b.press(string(r))
	}
	b.press("enter")
	b.sees("saved", "64-")
	r, err := presets.Load(path + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	if r.Model.Weights != path+".safetensors" {
		t.Errorf("weights %q", r.Model.Weights)
	}
	content, err := os.ReadFile(path + ".toml")
	if err != nil || strings.Contains(string(content), "sparsity") || strings.Contains(string(content), "bits") {
		t.Errorf("%v: the preset still cuts or rounds:\n%s", err, content)
	}
}

func TestDesksAndDrawersFold(t *testing.T) {
	b := newRobot(t, "digits", 120, 36)
	b.sees("more", "fine-tune")
	b.press("home", "down", "down", "down") // optimizer, lr, beta1, and the line of the rest
	b.sees("further settings of the optimizer")
	b.press("enter")
	b.sees("beta2", "fewer")
	b.press("left")
	b.misses("beta2")
	b.press("end", "right")
	b.press("down", "down")
	b.sees("finetune.only")
	b.press("right")
	b.sees("last layer")
	b.press("home", "p")
	b.sees("sparsity")
}

func TestKnobsBeyondTheEdgeAreCounted(t *testing.T) {
	b := newRobot(t, "digits", 80, 24)
	b.press("home", "down", "down", "down", "enter") // the rest of the optimizer unfolds
	b.sees("↓", "more ╌")
	b.press("end")
	b.sees("↑", "more ╌")
	b.press("home")
	b.misses("↑ ")
	b = newRobot(t, "digits", 200, 55)
	b.misses("more ╌")
}
