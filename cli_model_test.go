package main_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// modelled is a folder with a table, a preset and a model that was trained on it.
func modelled(t *testing.T) string {
	t.Helper()
	dir := tutorial(t)
	succeed(t, dir, "run", "iris.toml", "--steps", "60", "--quiet", "--model-out", "m.safetensors", "--best")
	return dir
}

func TestAModelAnswersIsMeasuredAndTrainedOn(t *testing.T) {
	dir := modelled(t)
	answers := strings.Split(succeed(t, dir, "predict", "m.safetensors", "iris.csv").out, "\n")
	if len(answers) != 152 || answers[0] != "species" || answers[1] != "setosa" {
		t.Errorf("%d lines: %.60q", len(answers), answers)
	}
	succeed(t, dir, "predict", "m.safetensors", "iris.csv", "--proba", "--keep", "species", "-o", "a.tsv", "--quiet")
	if got := read(t, dir, "a.tsv"); !strings.HasPrefix(got, "species\tsetosa\tversicolor\tvirginica\nsetosa\t0.") {
		t.Errorf("probabilities: %.80q", got)
	}
	var e struct {
		Rows           int
		Accuracy, Loss float64
		Classes        []struct{ Name string }
		Confusion      [][]float64
	}
	if err := json.Unmarshal([]byte(succeed(t, dir, "eval", "m.safetensors", "iris.csv", "--json").out), &e); err != nil || e.Rows != 150 || e.Accuracy < 0.5 || len(e.Classes) != 3 || len(e.Confusion) != 3 {
		t.Errorf("%+v, %v", e, err)
	}
	if text := succeed(t, dir, "eval", "m.safetensors", "iris.csv").out; !strings.Contains(text, "accuracy") || !strings.Contains(text, "TRUE, PREDICTED AS") {
		t.Errorf("the table is\n%s", text)
	}
	// Rows that it was trained on say little: those held out stand beside them.
	if r := succeed(t, dir, "eval", "m.safetensors", "iris.csv"); !strings.Contains(r.err, "holds the rows that the model was trained on") || !strings.Contains(r.out, "VALIDATION") {
		t.Errorf("%s%s", r.err, r.out)
	}
	write(t, dir, "new.csv", read(t, dir, "iris.csv"))
	if r := succeed(t, dir, "eval", "m.safetensors", "new.csv"); strings.Contains(r.err, "trained on") || strings.Contains(r.out, "VALIDATION") {
		t.Errorf("%s%s", r.err, r.out)
	}
	// Training goes on from where it was: the loss at its first step is not that of the start.
	first := func(args ...string) float64 {
		var step struct{ Loss float64 }
		line, _, _ := strings.Cut(succeed(t, dir, append([]string{"run"}, append(args, "--steps", "1", "--quiet", "--metrics", "-")...)...).out, "\n")
		if err := json.Unmarshal([]byte(line), &step); err != nil {
			t.Fatal(err)
		}
		return step.Loss
	}
	if on, begin := first("m.safetensors"), first("iris.toml"); on >= begin/2 || math.IsNaN(on) {
		t.Errorf("the loss begins at %v with the model, %v without", on, begin)
	}
	// Its log is replayed, and begins with the file of the model.
	succeed(t, dir, "run", "m.safetensors", "--steps", "20", "--quiet", "--log", "on.jsonl")
	succeed(t, dir, "replay", "on.jsonl", "--quiet")
	succeed(t, dir, "export", "m.safetensors", "--to", "safetensors", "-o", "w.safetensors")
	succeed(t, dir, "run", "iris.toml", "--set", "model.weights=w.safetensors", "--steps", "1", "--quiet")
	succeed(t, dir, "run", "iris.toml", "--set", "model.weights=m.safetensors", "--steps", "1", "--quiet")
	// Data that are gone are looked for beside it, and named otherwise.
	other := t.TempDir()
	for _, name := range []string{"m.safetensors", "iris.csv"} {
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(other, name)); err != nil {
			t.Fatal(err)
		}
	}
	succeed(t, other, "run", "m.safetensors", "--steps", "1", "--quiet")
	if err := os.Rename(filepath.Join(other, "iris.csv"), filepath.Join(other, "moved.csv")); err != nil {
		t.Fatal(err)
	}
	if r := descent(t, other, "run", "m.safetensors", "--steps", "1", "--quiet"); r.code != 2 || !strings.Contains(r.err, "--set data.file=FILE") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("data that are gone: %d, %s", r.code, r.err)
	}
	succeed(t, other, "run", "m.safetensors", "--steps", "1", "--quiet", "--set", "data.file=moved.csv")
}

func TestWhatAModelCannotDoIsRefusedInASentence(t *testing.T) {
	dir := modelled(t)
	for name, content := range map[string]string{"few.csv": "sepal_length,species\n1,setosa\n", "text.safetensors": "hello, this is no model at all", "old.csv": "x\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	model := read(t, dir, "m.safetensors")
	if err := os.WriteFile(filepath.Join(dir, "cut.safetensors"), []byte(model[:len(model)-9]), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, says string }{
		{"predict m.safetensors few.csv", `there are no columns "sepal_width", "petal_length", "petal_width", which the model takes`},
		{"predict m.safetensors none.csv", "none.csv cannot be read"},
		{"predict m.safetensors iris.csv --keep nothing", "--keep nothing: there is no such column"},
		{"predict m.safetensors iris.csv -o old.csv", "old.csv exists already"},
		{"predict m.safetensors iris.csv -o iris.csv --force", "would be overwritten"},
		{"predict text.safetensors iris.csv", "no safetensors file"},
		{"predict cut.safetensors iris.csv", "not as it was written"},
		{"predict iris.csv iris.csv", "no safetensors file"},
		{"predict none.safetensors iris.csv", "none.safetensors cannot be read"},
		{"eval m.safetensors few.csv", "which the model takes"},
		{"export text.safetensors --to safetensors", "no model and no log"},
		{"run iris.toml --best", "--model-out"},
		{"run ravine --model-out r.safetensors", "--model-out: a test surface has no network"},
		{"run m.safetensors --model-out m.safetensors", "input of the run"},
		{"run iris.toml --weights-out m.safetensors", "does not contain weights written by descent"},
		{"run cut.safetensors --steps 1", "not as it was written"},
	} {
		r := descent(t, dir, strings.Fields(c.args)...)
		if r.code != 2 || !strings.Contains(r.err, c.says) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("descent %s: exit %d, %s", c.args, r.code, r.err)
		}
	}
}

func TestATableOnStdinIsNotOverwritten(t *testing.T) {
	dir := modelled(t)
	before := read(t, dir, "iris.csv")
	table, err := os.Open(filepath.Join(dir, "iris.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	c := command(t, dir, "predict", "m.safetensors", "-", "-o", "iris.csv", "--force")
	c.Stdin = table
	out, err := c.CombinedOutput()
	if exitCode(t, err) != 2 || !strings.Contains(string(out), "would be overwritten") || read(t, dir, "iris.csv") != before {
		t.Errorf("it says %q, %v", out, err)
	}
}

func TestAFullDiskIsSaidOnce(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("there is no /dev/full")
	}
	dir := modelled(t)
	for _, args := range []string{"predict m.safetensors iris.csv -o /dev/full", "run iris.toml --steps 1 --split-out /dev/full --force"} {
		r := descent(t, dir, append(strings.Fields(args), "--quiet")...)
		if r.code != 1 || strings.Count(r.err, "/dev/full cannot be written: no space left on device\n") != 1 {
			t.Errorf("descent %s: exit %d, %s", args, r.code, r.err)
		}
	}
}
